package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Limits of an input.
const (
	// MaxInput is the size of the largest input in bytes.
	MaxInput = 16 << 20
	maxDepth = 16
)

// Error refuses an input.
type Error struct {
	// Path is where the trouble is, for example "cases[2].mark"; it is empty for
	// the input as a whole.
	Path string
	// Problem is what is wrong there.
	Problem string
}

// Error returns path and problem.
func (e *Error) Error() string {
	if e.Path == "" {
		return "input: " + e.Problem
	}
	return e.Path + ": " + e.Problem
}

func refuse(path, format string, args ...any) error {
	return &Error{Path: path, Problem: fmt.Sprintf(format, args...)}
}

// node is one value of the input with its path. Keys keep their order, which a
// Go map would lose.
type node struct {
	path  string
	kind  kind
	text  string // Of a string or a number.
	truth bool
	keys  []string // Of an object, with its values in items.
	items []*node
}

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	array
	object
)

func (k kind) String() string {
	switch k {
	case null:
		return "null"
	case boolean:
		return "true or false"
	case number:
		return "a number"
	case text:
		return "a string"
	case array:
		return "an array"
	case object:
		return "an object"
	}
	return "kind?"
}

// parse reads one JSON value and refuses what follows it, keys given twice and
// text that is not UTF-8.
func parse(in []byte) (*node, error) {
	if len(in) > MaxInput {
		return nil, refuse("", "%d bytes, at most %d are read", len(in), MaxInput)
	}
	if !utf8.Valid(in) {
		return nil, refuse("", "not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(in))
	d.UseNumber()
	root, err := read(d, "", 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse("", "more than one JSON value")
	}
	return root, nil
}

func read(d *json.Decoder, path string, depth int) (*node, error) {
	t, err := d.Token()
	if err != nil {
		return nil, broken(d, path, err)
	}
	n := &node{path: path}
	switch t := t.(type) {
	case nil:
	case bool:
		n.kind, n.truth = boolean, t
	case json.Number:
		n.kind, n.text = number, t.String()
	case string:
		n.kind, n.text = text, t
	case json.Delim:
		if depth == maxDepth {
			return nil, refuse(path, "deeper than %d levels", maxDepth)
		}
		if t == '[' {
			return n, n.readArray(d, depth)
		}
		return n, n.readObject(d, depth)
	}
	return n, nil
}

func (n *node) readArray(d *json.Decoder, depth int) error {
	n.kind = array
	for d.More() {
		item, err := read(d, fmt.Sprintf("%s[%d]", n.path, len(n.items)), depth+1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	return n.close(d)
}

func (n *node) readObject(d *json.Decoder, depth int) error {
	n.kind = object
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return broken(d, n.path, err)
		}
		key, _ := t.(string)
		path := below(n.path, key)
		if seen[key] {
			return refuse(path, "given twice")
		}
		seen[key] = true
		item, err := read(d, path, depth+1)
		if err != nil {
			return err
		}
		n.keys, n.items = append(n.keys, key), append(n.items, item)
	}
	return n.close(d)
}

// close reads the bracket at the end.
func (n *node) close(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return broken(d, n.path, err)
	}
	return nil
}

func broken(d *json.Decoder, path string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return refuse(path, "the JSON ends too early")
	}
	return refuse(path, "no JSON at byte %d: %v", d.InputOffset(), err)
}

func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
