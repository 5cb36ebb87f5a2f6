package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/clearhour/clearhour/client"
)

// credentials is the file that tells the command line where the venue is and
// how to sign: client.json.
type credentials struct {
	// URL is the venue's, for example "http://127.0.0.1:8080".
	URL  string              `json:"url"`
	Keys map[string]keyEntry `json:"keys"`
}

// keyEntry is an HMAC key with its secret in base64.
type keyEntry struct {
	ID     string `json:"id"`
	CompID string `json:"comp_id"`
	Secret string `json:"secret"`
}

// Uses of keys. A session has one connection at a time, so what runs at the
// same time has a key of its own.
const (
	useTrade = "trade"
	useWatch = "watch"
	usePage  = "page"
	// useIsolated trades for the visitor's second account.
	useIsolated = "isolated"
)

// key returns the key of a use and its secret.
func (c *credentials) key(use string) (keyEntry, []byte, error) {
	k, ok := c.Keys[use]
	if !ok {
		return k, nil, fmt.Errorf("the credentials hold no key to %s", use)
	}
	secret, err := base64.StdEncoding.DecodeString(k.Secret)
	if err != nil {
		return k, nil, fmt.Errorf("key %s: secret: %w", k.ID, err)
	}
	return k, secret, nil
}

// config returns what a client needs to log on with the key of a use.
func (c *credentials) config(use string) (client.Config, error) {
	k, secret, err := c.key(use)
	return client.Config{
		URL: "ws" + strings.TrimPrefix(c.URL, "http") + "/fix/v1", CompID: k.CompID, KeyID: k.ID, Secret: secret,
	}, err
}

// readCredentials reads the named file, or the first that there is of
// $CLEARHOUR_CLIENT, the demo's in the working directory, and the user's.
func readCredentials(path string) (*credentials, error) {
	tried := []string{path, os.Getenv("CLEARHOUR_CLIENT"), clientFile(defaultData)}
	if home, err := os.UserConfigDir(); err == nil {
		tried = append(tried, filepath.Join(home, "clearhour", "client.json"))
	}
	if path != "" {
		tried = tried[:1]
	}
	for _, p := range tried {
		if p == "" {
			continue
		}
		c, err := loadCredentials(p)
		if errors.Is(err, fs.ErrNotExist) && path == "" {
			continue
		}
		if err == nil && c.URL == "" {
			err = fmt.Errorf("credentials %s: there is no url", p)
		}
		return c, err
	}
	return nil, errors.New("no credentials: start `clearhour demo` in this directory, or name a file with --client or $CLEARHOUR_CLIENT")
}

// loadCredentials reads one file.
func loadCredentials(path string) (*credentials, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	c := credentials{Keys: map[string]keyEntry{}}
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("credentials %s are damaged; without the file `clearhour demo` makes new ones (%w)", path, err)
	}
	return &c, nil
}

func clientFile(dir string) string { return filepath.Join(dir, "client.json") }

// write stores the credentials for nobody but the user.
func (c *credentials) write(path string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	next := path + ".new"
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
