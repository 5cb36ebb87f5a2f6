package gatewaytest

import "github.com/clearhour/clearhour/venue"

// transfer moves money between two accounts that exist. All are of one owner here,
// but the last one.
func (v *Venue) transfer(c *venue.Transfer) {
	if v.again(c.Account, c.Ref) {
		return
	}
	last := venue.FirstAccount + 3
	if c.To < venue.FirstAccount || c.To >= last {
		why := venue.Refusal{Reason: venue.NotSameOwner, Field: venue.FieldTo}
		if c.To > last {
			why.Reason = venue.UnknownAccount
		}
		v.remember(c.Account, c.Ref, outcome{refusal: why})
		v.emit(&venue.CommandRejected{Command: c.Kind(), Account: c.Account, Ref: c.Ref, Refusal: why})
		return
	}
	if most := venue.Amount(1_000_000_000_000); c.Amount > most {
		why := venue.Refusal{Reason: venue.WithdrawalTooLarge, Field: venue.FieldAmount, Limit: int64(most)}
		v.remember(c.Account, c.Ref, outcome{refusal: why})
		v.emit(&venue.CommandRejected{Command: c.Kind(), Account: c.Account, Ref: c.Ref, Refusal: why})
		return
	}
	v.remember(c.Account, c.Ref, outcome{})
	v.emit(&venue.Transferred{Account: c.Account, To: c.To, Asset: c.Asset, Amount: c.Amount, Ref: c.Ref})
}
