package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/clearhour/clearhour/gateway/auth"
	"github.com/clearhour/clearhour/venue"
)

// makeKeys makes the keys of the visitor and of the traders, or finds those of
// an earlier start: secrets are shown once, so they are kept in files for the
// user alone.
func (d *demoVenue) makeKeys() (err error) {
	url := "http://" + d.settings.listen
	mine := map[string]venue.AccountID{useTrade: venue.FirstAccount, useWatch: venue.FirstAccount, usePage: venue.FirstAccount}
	if d.mine, err = d.keysFor(clientFile(d.settings.dir), url, mine); err != nil {
		return err
	}
	traders := map[string]venue.AccountID{}
	for n := range demoMakers + demoTakers {
		traders[agentName(n)] = venue.FirstAccount + 1 + venue.AccountID(n)
	}
	d.agents, err = d.keysFor(filepath.Join(d.settings.dir, "traders.json"), url, traders)
	return err
}

// keysFor returns the credentials in a file, completed with new keys for the
// uses that it lacks.
func (d *demoVenue) keysFor(path, url string, uses map[string]venue.AccountID) (*credentials, error) {
	c := &credentials{Keys: map[string]keyEntry{}}
	if text, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(text, c); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	c.URL = url
	known := map[string]bool{}
	for _, k := range d.keys.Keys() {
		known[k.ID] = !k.Disabled
	}
	for use, account := range uses {
		if known[c.Keys[use].ID] {
			continue
		}
		k, err := d.newKey(use, account, known)
		if err != nil {
			return nil, err
		}
		c.Keys[use] = k
	}
	return c, c.write(path)
}

func (d *demoVenue) newKey(use string, account venue.AccountID, known map[string]bool) (keyEntry, error) {
	id := "demo-" + use
	for n := 2; ; n++ {
		if _, taken := known[id]; !taken {
			break
		}
		id = fmt.Sprintf("demo-%s-%d", use, n)
	}
	known[id] = true
	key, secret, err := d.keys.Create(auth.Key{
		ID: id, Kind: auth.HMAC, Owner: ownerOf(d, account), Accounts: []venue.AccountID{account}, Scopes: tradingScopes,
		MaxSessions: 4, CompID: id,
	})
	if err != nil {
		return keyEntry{}, err
	}
	return keyEntry{ID: key.ID, CompID: key.CompID, Secret: base64.StdEncoding.EncodeToString(secret.Private)}, nil
}

func ownerOf(d *demoVenue, a venue.AccountID) venue.OwnerID {
	owner, _ := d.blotter.Owner(a)
	return owner
}
