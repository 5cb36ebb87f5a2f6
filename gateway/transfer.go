package gateway

import (
	"slices"
	"strconv"

	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
	"github.com/clearhour/clearhour/views/marketdata"
)

// transfer turns U1 into Transfer: between two accounts of the owner of the key
// (ACC-01). The account that pays is one of the key, the core compares owners.
func (l *Link) transfer(now venue.Time, s *Session) {
	id, ok := clOrdID(l.m.Get(TagClOrdID))
	if !ok {
		s.Reject(now, &l.m, problem(rejOutOfRange, TagClOrdID))
		return
	}
	if !l.grant.Transfer {
		s.BusinessReject(now, &l.m, Business{Code: AuthScope, Ref: l.m.Get(TagClOrdID)})
		return
	}
	c := venue.Transfer{Account: s.who.Account, Ref: id}
	if r := l.transferTerms(&c); r.code != CodeNone {
		l.refuseTransfer(now, s, r)
		return
	}
	if !l.fresh(now) {
		l.refuseTransfer(now, s, refusal{code: Stale, tag: TagTransactTime})
		return
	}
	l.hub.waitTransfer(s.id, &c)
	if err := l.hub.cfg.Submit.Submit(s.id, &c); err != nil {
		l.refuseTransfer(now, s, refusal{code: Overloaded})
	}
}

// transferTerms reads who pays, who receives, what, and how much.
func (l *Link) transferTerms(c *venue.Transfer) refusal {
	if v := l.m.Get(TagAccount); v != nil {
		if c.Account = accountOf(v); !slices.Contains(l.grant.Accounts, c.Account) {
			return refusal{code: UnknownAccount, tag: TagAccount}
		}
	}
	if c.To = accountOf(l.m.Get(TagToAccount)); c.To == venue.NoAccount {
		return refusal{code: UnknownAccount, tag: TagToAccount}
	}
	a, ok := l.hub.asset(l.m.Get(TagAsset))
	if !ok {
		return refusal{code: UnknownAsset, tag: TagAsset}
	}
	n, err := scale.ParseAmount(l.m.Get(TagTransferAmount), a.Decimals)
	if err != nil {
		return numberRefused(err, TagTransferAmount)
	}
	c.Asset, c.Amount = a.ID, n
	return refusal{}
}

// accountOf reads an account, NoAccount when it is no number.
func accountOf(v []byte) venue.AccountID {
	n, err := strconv.ParseUint(string(v), 10, 32)
	if err != nil {
		return venue.NoAccount
	}
	return venue.AccountID(n)
}

// asset finds an asset by its symbol.
func (h *Hub) asset(symbol []byte) (marketdata.Asset, bool) {
	for _, a := range h.cfg.Market.Assets() {
		if a.Symbol == string(symbol) {
			return a, true
		}
	}
	return marketdata.Asset{}, false
}

// assetByID finds an asset, one without a name when it is not listed.
func (h *Hub) assetByID(id venue.AssetID) marketdata.Asset {
	for _, a := range h.cfg.Market.Assets() {
		if a.ID == id {
			return a
		}
	}
	return marketdata.Asset{ID: id, Symbol: strconv.Itoa(int(id))}
}

// Values of TransferStatus(25082).
const (
	transferDone    = '0'
	transferRefused = '8'
)

// refuseTransfer answers U1.
func (l *Link) refuseTransfer(now venue.Time, s *Session, r refusal) {
	w := l.w.Begin()
	l.echo(w, TagClOrdID)
	w.Char(TagTransferStatus, transferRefused)
	l.echo(w, TagAccount, TagToAccount, TagAsset, TagTransferAmount)
	writeLocal(w, r)
	s.Send(now, MsgTransferDone, w.Time(TagTransactTime, now).End())
}

// waitTransfer remembers what a transfer asked for: a refusal and the answer to a
// retry do not say it.
func (h *Hub) waitTransfer(id venue.SessionID, c *venue.Transfer) {
	const most = 4096 // Answers that never come do not pile up.
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.transfers) >= most {
		clear(h.transfers)
	}
	h.transfers[massKey{id, c.Ref}] = *c
}

// awaited returns a transfer that the session asked for, once.
func (h *Hub) awaited(id venue.SessionID, ref venue.ClOrdID) (venue.Transfer, bool) {
	at := massKey{id, ref}
	c, ok := h.transfers[at]
	delete(h.transfers, at)
	return c, ok
}

// transferred reports a transfer to the session that asked for it, and to the
// others of both accounts.
func (h *Hub) transferred(e *venue.Entry, ev *venue.Transferred) {
	h.awaited(e.Session, ev.Ref)
	h.reportTransfer(e, (*venue.Transfer)(ev), venue.Refusal{})
	c := &credit{reason: "transfer", from: ev.Account, to: ev.To, asset: ev.Asset, amount: ev.Amount, ref: ev.Ref, asker: h.session(e.Session)}
	h.credited(e, ev.Account, c)
	h.credited(e, ev.To, c)
}

// transferRejected reports the refusal of a transfer.
func (h *Hub) transferRejected(e *venue.Entry, ev *venue.CommandRejected) {
	c, ok := h.awaited(e.Session, ev.Ref)
	if !ok { // Asked before a restart.
		c = venue.Transfer{Account: ev.Account, Ref: ev.Ref}
	}
	h.reportTransfer(e, &c, ev.Refusal)
}

// transferRepeated reports the first outcome of a transfer that was sent again,
// and says whether the request was one.
func (h *Hub) transferRepeated(e *venue.Entry, ev *venue.RequestRepeated) bool {
	c, ok := h.awaited(e.Session, ev.ClOrdID)
	if ok {
		h.reportTransfer(e, &c, ev.Refusal)
	}
	return ok
}

func (h *Hub) reportTransfer(e *venue.Entry, c *venue.Transfer, why venue.Refusal) {
	s := h.session(e.Session)
	if s == nil {
		return
	}
	w := h.w.Begin().ID(TagClOrdID, &c.Ref)
	if why.Refused() {
		w.Char(TagTransferStatus, transferRefused)
	} else {
		w.Char(TagTransferStatus, transferDone)
	}
	w.Uint(TagAccount, uint64(c.Account))
	a := h.assetByID(c.Asset)
	if c.Asset != 0 {
		w.Uint(TagToAccount, uint64(c.To)).Text(TagAsset, a.Symbol).Amount(TagTransferAmount, c.Amount, a.Decimals)
	}
	if why.Refused() {
		writeTransferRefusal(w, why, a.Decimals)
	}
	h.send(s, e, MsgTransferDone, key(e, false), h.end(e))
}

// fieldNameOf returns the name of a field of the dictionary.
func fieldNameOf(t Tag) string { return dict.defs[dict.id(t)].Name }

// writeTransferRefusal writes Text, ErrorCode and the field; a limit is in units of
// the asset.
func writeTransferRefusal(w *Writer, why venue.Refusal, decimals uint8) {
	code := CodeOf(why.Reason)
	text := code.Entry().Text
	if why.Field == venue.FieldAmount {
		text += " The limit is " + string(scale.AppendAmount(nil, venue.Amount(why.Limit), decimals)) + "."
	}
	w.Text(TagText, text).Int(TagErrorCode, int64(code))
	name := fieldName(why.Field)
	if why.Field == venue.FieldAmount {
		name = fieldNameOf(TagTransferAmount)
	}
	if name != "" {
		w.Text(TagRefFieldName, name)
	}
}
