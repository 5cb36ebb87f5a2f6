package auth

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// entry is a key with its secret, for an HMAC key, in memory only.
type entry struct {
	Key
	secret []byte
}

// Store is the file of keys. Use Open.
type Store struct {
	path   string
	master []byte

	mu   sync.RWMutex
	keys map[string]*entry // Entries are replaced, never changed.
}

// Secret is what the user of a key must keep; it is shown once.
type Secret struct {
	// ID is the key's.
	ID string
	// Private is the seed of an Ed25519 key (32 bytes, RFC 8032) or the secret
	// of an HMAC key (32 bytes); empty when the user brought a public key.
	Private []byte
}

// Open reads the keys at path, or begins an empty file there. It refuses files
// that others may read.
func Open(path string) (*Store, error) {
	master, err := openMaster(path + ".master")
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, master: master}
	return s, s.Reload()
}

// Reload reads the file again, so that a key that was added or revoked by
// another process counts from now on. On an error the keys stay as they were.
func (s *Store) Reload() error {
	keys, err := s.read()
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.keys = keys
	s.mu.Unlock()
	return nil
}

// Create adds a key and writes the file. The id is given by the store when it
// is empty. For an Ed25519 key without Public a pair is made.
func (s *Store) Create(k Key) (Key, Secret, error) {
	k = k.clone()
	if k.ID == "" {
		k.ID = "ch_" + rand.Text()
	}
	if k.MaxSessions == 0 {
		k.MaxSessions = 1
	}
	private, err := generate(&k)
	if err != nil {
		return Key{}, Secret{}, err
	}
	if err := k.check(); err != nil {
		return Key{}, Secret{}, err
	}
	e := &entry{Key: k}
	if k.Kind == HMAC {
		e.secret = private
	}
	if err := s.add(e); err != nil {
		return Key{}, Secret{}, err
	}
	return k, Secret{ID: k.ID, Private: private}, nil
}

// generate makes the secret half of a key.
func generate(k *Key) ([]byte, error) {
	switch {
	case k.Kind == Ed25519 && len(k.Public) == 0:
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			return nil, fmt.Errorf("auth: make a key: %w", err)
		}
		k.Public = public
		return private.Seed(), nil
	case k.Kind == HMAC:
		secret := make([]byte, 32)
		rand.Read(secret)
		return secret, nil
	}
	return nil, nil
}

// add takes in a new key: its id must be free, and its CompID must not be
// another owner's.
func (s *Store) add(e *entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.keys {
		switch {
		case other.ID == e.ID:
			return fmt.Errorf("auth: key %s exists", e.ID)
		case e.CompID != "" && other.CompID == e.CompID && other.Owner != e.Owner:
			return fmt.Errorf("auth: CompID %s belongs to another owner", e.CompID)
		}
	}
	next := maps.Clone(s.keys)
	next[e.ID] = e
	return s.write(next)
}

// ErrNoKey says that no key has the id.
var ErrNoKey = errors.New("auth: no such key")

// Revoke disables a key for good and writes the file.
func (s *Store) Revoke(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.keys[id]
	if old == nil {
		return ErrNoKey
	}
	revoked := *old
	revoked.Disabled = true
	next := maps.Clone(s.keys)
	next[id] = &revoked
	return s.write(next)
}

// Keys returns all keys by id, without their secrets.
func (s *Store) Keys() []Key {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]Key, 0, len(s.keys))
	for _, id := range slices.Sorted(maps.Keys(s.keys)) {
		list = append(list, s.keys[id].clone())
	}
	return list
}

// find returns a key or nil.
func (s *Store) find(id string) *entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keys[id]
}

// ofComp returns at most n keys of a CompID by id, those that were not revoked.
func (s *Store) ofComp(comp string, n int) []*entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []*entry
	for _, e := range s.keys {
		if e.CompID == comp && !e.Disabled {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(n, len(list))]
}
