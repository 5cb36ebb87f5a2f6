package auth

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
)

// fileVersion is the version of the format below.
const fileVersion = 1

// file is the file of keys.
type file struct {
	Version int       `json:"version"`
	Keys    []fileKey `json:"keys"`
}

// fileKey is a key in the file.
type fileKey struct {
	ID                 string            `json:"id"`
	Kind               Kind              `json:"kind"`
	Public             []byte            `json:"public_key,omitempty"`
	Sealed             []byte            `json:"sealed_secret,omitempty"` // Nonce and AES-256-GCM of the secret, bound to the id.
	Owner              venue.OwnerID     `json:"owner"`
	Accounts           []venue.AccountID `json:"accounts"`
	Scopes             []string          `json:"scopes"`
	Operator           venue.OperatorID  `json:"operator,omitempty"`
	Source             venue.SourceID    `json:"source,omitempty"`
	From               []netip.Prefix    `json:"from,omitempty"`
	Expires            *time.Time        `json:"expires,omitempty"`
	MaxSessions        int               `json:"max_sessions"`
	CompID             string            `json:"comp_id,omitempty"`
	CancelOnDisconnect bool              `json:"cancel_on_disconnect,omitempty"`
	Disabled           bool              `json:"disabled,omitempty"`
}

// readPrivate reads a file that nobody else may read.
func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("auth: read keys: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("auth: %s has mode %04o, want 0600: others may read it", path, mode)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("auth: read keys: %w", err)
	}
	return data, nil
}

// openMaster reads the key that encrypts secrets, or makes one.
func openMaster(path string) ([]byte, error) {
	data, err := readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		master := make([]byte, 32)
		rand.Read(master)
		return master, writePrivate(path, []byte(hex.EncodeToString(master)+"\n"))
	}
	if err != nil {
		return nil, err
	}
	master, err := hex.DecodeString(string(bytes.TrimSpace(data)))
	if err != nil || len(master) != 32 {
		return nil, fmt.Errorf("auth: %s holds no key of 32 bytes in hexadecimal", path)
	}
	return master, nil
}

// writePrivate replaces a file: whoever reads it sees the old or the new one.
func writePrivate(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // Mode 0600.
	if err != nil {
		return fmt.Errorf("auth: write keys: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // Fails when it was renamed, as it should be.
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("auth: write keys: %w", err)
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}

// read returns the keys of the file; none when there is no file.
func (s *Store) read() (map[string]*entry, error) {
	keys := map[string]*entry{}
	data, err := readPrivate(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return keys, nil
	}
	if err != nil {
		return nil, err
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("auth: read %s: %w", s.path, err)
	}
	if f.Version != fileVersion {
		return nil, fmt.Errorf("auth: %s has version %d, this program knows %d", s.path, f.Version, fileVersion)
	}
	for i := range f.Keys {
		e, err := s.decode(&f.Keys[i])
		if err != nil {
			return nil, err
		}
		if keys[e.ID] != nil {
			return nil, fmt.Errorf("auth: key %s stands twice in %s", e.ID, s.path)
		}
		keys[e.ID] = e
	}
	return keys, nil
}

// write writes keys to the file and then uses them; the caller holds the lock.
func (s *Store) write(keys map[string]*entry) error {
	f := file{Version: fileVersion, Keys: []fileKey{}}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		k, err := s.encode(keys[id])
		if err != nil {
			return err
		}
		f.Keys = append(f.Keys, k)
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("auth: write keys: %w", err)
	}
	if err := writePrivate(s.path, append(data, '\n')); err != nil {
		return err
	}
	s.keys = keys
	return nil
}

func (s *Store) encode(e *entry) (fileKey, error) {
	k := fileKey{
		ID: e.ID, Kind: e.Kind, Public: e.Public, Owner: e.Owner, Accounts: e.Accounts,
		Scopes: e.Scopes.Names(), Operator: e.Operator, Source: e.Source, From: e.From, MaxSessions: e.MaxSessions,
		CompID: e.CompID, CancelOnDisconnect: e.CancelOnDisconnect, Disabled: e.Disabled,
	}
	if !e.Expires.IsZero() {
		k.Expires = &e.Expires
	}
	if e.Kind == HMAC {
		aead, err := s.cipher()
		if err != nil {
			return fileKey{}, err
		}
		k.Sealed = aead.Seal(nil, nil, e.secret, []byte(e.ID))
	}
	return k, nil
}

func (s *Store) decode(k *fileKey) (*entry, error) {
	e := &entry{Key: Key{
		ID: k.ID, Kind: k.Kind, Public: k.Public, Owner: k.Owner, Accounts: k.Accounts,
		Operator: k.Operator, Source: k.Source, From: k.From, MaxSessions: k.MaxSessions, CompID: k.CompID,
		CancelOnDisconnect: k.CancelOnDisconnect, Disabled: k.Disabled,
	}}
	for _, name := range k.Scopes {
		scope, err := gateway.ParseScope(name)
		if err != nil {
			return nil, err
		}
		e.Scopes |= scope
	}
	if k.Expires != nil {
		e.Expires = *k.Expires
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	if e.Kind == HMAC {
		aead, err := s.cipher()
		if err != nil {
			return nil, err
		}
		e.secret, err = aead.Open(nil, nil, k.Sealed, []byte(k.ID))
		if err != nil {
			return nil, fmt.Errorf("auth: key %s: the secret was sealed under another master key or changed: %w", k.ID, err)
		}
	}
	return e, nil
}

// cipher returns AES-256-GCM that puts a random nonce before the text.
func (s *Store) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.master)
	if err != nil {
		return nil, fmt.Errorf("auth: master key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("auth: master key: %w", err)
	}
	return aead, nil
}
