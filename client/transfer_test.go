package client_test

import (
	"errors"
	"testing"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
)

func TestTransfer(t *testing.T) {
	r := start(t, gateway.Limits{})
	c := r.dial(16, "ALICE", nil)
	ctx := timeout(t)
	rep, err := c.Transfer(ctx, client.Transfer{To: 17, Asset: "USD", Amount: "12.50", ID: "t1"})
	if err != nil || rep.Kind != client.TransferReport || rep.Code != 0 || rep.Seq == 0 {
		t.Errorf("Transfer = %+v, %v", rep, err)
	}
	if again, err := c.Transfer(ctx, client.Transfer{To: 17, Asset: "USD", Amount: "12.50", ID: "t1"}); err != nil || again.Code != 0 {
		t.Errorf("the same again = %+v, %v", again, err)
	}
	for _, x := range []struct {
		t     client.Transfer
		code  gateway.Code
		field string
	}{
		{client.Transfer{To: 19, Asset: "USD", Amount: "1"}, gateway.UnknownAccount, "ToAccount"},
		{client.Transfer{From: 18, To: 17, Asset: "USD", Amount: "1"}, gateway.UnknownAccount, "Account"},
		{client.Transfer{To: 17, Asset: "EUR", Amount: "1"}, gateway.UnknownAsset, "Asset"},
		{client.Transfer{To: 17, Asset: "USD", Amount: "2000000"}, gateway.WithdrawalTooLarge, "TransferAmount"},
	} {
		_, err := c.Transfer(ctx, x.t)
		if refusal, ok := errors.AsType[*client.Error](err); !ok || refusal.Code != x.code || refusal.Field != x.field {
			t.Errorf("%+v: %v, want %v of %s", x.t, err, x.code, x.field)
		}
	}
}
