package client

import (
	"context"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// Transfer moves money or an asset between two accounts of one owner.
type Transfer struct {
	// From pays: an account of the key, 0 for that of the session.
	From venue.AccountID
	// To receives; it has the owner of From.
	To venue.AccountID
	// Asset is a symbol, as Balances has it.
	Asset string
	// Amount is decimal text in whole units of the asset, for example "12.50".
	Amount string
	// ID identifies the transfer: repeating one is safe. Empty takes a new one.
	ID string
}

// Transfer sends a transfer and returns its report: done, or an *Error. When ctx
// ends first the error is StatusUnknown: the same transfer with the same ID asks
// again what became of it.
func (c *Client) Transfer(ctx context.Context, t Transfer) (Report, error) {
	if t.ID == "" {
		t.ID = c.NewID()
	}
	return c.wait(ctx, t.ID, TransferReport, func() error {
		return c.post(gateway.MsgTransfer, func(w *gateway.Writer, at venue.Time) {
			w.Text(gateway.TagClOrdID, t.ID)
			if t.From != 0 {
				w.Uint(gateway.TagAccount, uint64(t.From))
			}
			w.Uint(gateway.TagToAccount, uint64(t.To)).Text(gateway.TagAsset, t.Asset).Text(gateway.TagTransferAmount, t.Amount)
			w.Time(gateway.TagTransactTime, at)
		})
	})
}
