package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/auth"
	"github.com/clearhour/clearhour/venue"
)

// makeKeys makes the keys of the visitor and of the traders, or finds those of
// an earlier start: secrets are shown once, so they are kept in files for the
// user alone.
func (d *demoVenue) makeKeys() (err error) {
	first, second := venue.FirstAccount, isolatedAccount
	mine := map[string][]venue.AccountID{useTrade: {first, second}, useWatch: {first}, usePage: {first}, useIsolated: {second, first}}
	if d.mine, err = d.keysFor(clientFile(d.settings.dir), mine); err != nil {
		return err
	}
	traders := map[string][]venue.AccountID{}
	for n := range demoMakers + demoTakers {
		traders[agentName(n)] = []venue.AccountID{venue.FirstAccount + 1 + venue.AccountID(n)}
	}
	d.agents, err = d.keysFor(filepath.Join(d.settings.dir, "traders.json"), traders)
	return err
}

// keysFor returns the credentials in a file, completed with new keys for the
// uses that it lacks. A key that was revoked is replaced.
func (v *instance) keysFor(path string, uses map[string][]venue.AccountID) (*credentials, error) {
	c, err := loadCredentials(path)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = &credentials{}, nil
	}
	if err != nil {
		return nil, err
	}
	if c.Keys == nil {
		c.Keys = map[string]keyEntry{}
	}
	c.URL = v.url()
	good := map[string]bool{}
	for _, k := range v.keys.Keys() {
		good[k.ID] = !k.Disabled
	}
	for use, accounts := range uses {
		if good[c.Keys[use].ID] {
			continue
		}
		if c.Keys[use], err = v.newKey(use, accounts, good); err != nil {
			return nil, err
		}
	}
	return c, c.write(path)
}

// newKey makes a key with an id that none has had: a revoked one keeps its own.
func (v *instance) newKey(use string, accounts []venue.AccountID, taken map[string]bool) (keyEntry, error) {
	id := "demo-" + use
	for n := 2; ; n++ {
		if _, exists := taken[id]; !exists {
			break
		}
		id = fmt.Sprintf("demo-%s-%d", use, n)
	}
	taken[id] = true
	owner, _ := v.blotter.Owner(accounts[0])
	return v.keyOf(id, owner, accounts)
}

// keyOf makes an HMAC key for trading. Who has several accounts may move money
// between them.
func (v *instance) keyOf(id string, owner venue.OwnerID, accounts []venue.AccountID) (keyEntry, error) {
	scopes := tradingScopes
	if len(accounts) > 1 {
		scopes |= gateway.WriteTransfers
	}
	key, secret, err := v.keys.Create(auth.Key{
		ID: id, Kind: auth.HMAC, Owner: owner, Accounts: accounts, Scopes: scopes,
		MaxSessions: 4, CompID: id,
	})
	if err != nil {
		return keyEntry{}, err
	}
	return keyEntry{ID: key.ID, CompID: key.CompID, Secret: base64.StdEncoding.EncodeToString(secret.Private)}, nil
}
