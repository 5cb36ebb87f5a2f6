package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Cmd is one command of a scenario. Its methods mark the arguments they read;
// those left unread when the handler returns are reported as unknown.
type Cmd struct {
	Name  string   // The first word of the line.
	Input []string // The lines between the command and its dashes; often empty.

	t    testing.TB
	args []arg
	file string
	line int
}

type arg struct {
	key, val string // Named: px=100.
	word     string // Positional: buy.
	read     bool
}

// Pos returns the place of the command in its file as "file:line".
func (c *Cmd) Pos() string { return fmt.Sprintf("%s:%d", c.file, c.line) }

// Fatalf ends the scenario with a message that starts with the command's place.
func (c *Cmd) Fatalf(format string, args ...any) {
	c.t.Helper()
	c.t.Fatalf("%s: %s: %s", c.Pos(), c.Name, fmt.Sprintf(format, args...))
}

// Has says whether the named argument is given, and marks it as read.
func (c *Cmd) Has(key string) bool {
	_, ok := c.lookup(key)
	return ok
}

// Arg returns the named argument; the scenario fails if it is missing.
func (c *Cmd) Arg(key string) string {
	c.t.Helper()
	val, ok := c.lookup(key)
	if !ok {
		c.Fatalf("argument %q is missing", key)
	}
	return val
}

// ArgOr returns the named argument, or def if it is missing.
func (c *Cmd) ArgOr(key, def string) string {
	if val, ok := c.lookup(key); ok {
		return val
	}
	return def
}

// Flag says whether the bare word stands among the arguments, and marks it.
func (c *Cmd) Flag(word string) bool {
	for i := range c.args {
		if c.args[i].key == "" && c.args[i].word == word {
			c.args[i].read = true
			return true
		}
	}
	return false
}

// Word returns the n-th bare word, counted from 0; the scenario fails if there
// are fewer.
func (c *Cmd) Word(n int) string {
	c.t.Helper()
	words := 0
	for i := range c.args {
		if c.args[i].key != "" {
			continue
		}
		if words == n {
			c.args[i].read = true
			return c.args[i].word
		}
		words++
	}
	c.Fatalf("word %d is missing, the line has %d", n, words)
	return ""
}

// Words returns all bare words and marks them.
func (c *Cmd) Words() []string {
	var words []string
	for i := range c.args {
		if c.args[i].key == "" {
			c.args[i].read = true
			words = append(words, c.args[i].word)
		}
	}
	return words
}

// List returns the named argument cut at commas, or nil if it is missing.
func (c *Cmd) List(key string) []string {
	val, ok := c.lookup(key)
	if !ok || val == "" {
		return nil
	}
	return strings.Split(val, ",")
}

// Bool returns the named argument as true or false, false if it is missing.
func (c *Cmd) Bool(key string) bool {
	c.t.Helper()
	val, ok := c.lookup(key)
	if !ok {
		return false
	}
	b, err := strconv.ParseBool(val)
	if err != nil {
		c.Fatalf("%s=%s is neither true nor false", key, val)
	}
	return b
}

// Int returns the named argument as an integer; the scenario fails if it is
// missing or no int64. Underscores between digits are allowed: 1_000_000.
func (c *Cmd) Int(key string) int64 {
	c.t.Helper()
	val := c.Arg(key)
	n, err := strconv.ParseInt(strings.ReplaceAll(val, "_", ""), 10, 64)
	if err != nil {
		c.Fatalf("%s=%s is not an integer of 64 bits", key, val)
	}
	return n
}

// IntOr returns the named argument as Int does, or def if it is missing.
func (c *Cmd) IntOr(key string, def int64) int64 {
	c.t.Helper()
	if !c.Has(key) {
		return def
	}
	return c.Int(key)
}

// Integer is any integer type, above all the units of the venue.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Num returns the named argument in the unit asked for, as in
// script.Num[venue.Price](d, "px"). The scenario fails if the argument is
// missing or out of the unit's range.
func Num[T Integer](c *Cmd, key string) T {
	c.t.Helper()
	val := c.Arg(key)
	n, ok := parseNum[T](val)
	if !ok {
		c.Fatalf("%s=%s is not an integer in range", key, val)
	}
	return n
}

// NumOr returns the named argument as Num does, or def if it is missing.
func NumOr[T Integer](c *Cmd, key string, def T) T {
	c.t.Helper()
	if !c.Has(key) {
		return def
	}
	return Num[T](c, key)
}

func parseNum[T Integer](val string) (T, bool) {
	val = strings.ReplaceAll(val, "_", "")
	if n, err := strconv.ParseInt(val, 10, 64); err == nil {
		return T(n), int64(T(n)) == n && (n < 0) == (T(n) < 0)
	}
	n, err := strconv.ParseUint(val, 10, 64)
	return T(n), err == nil && uint64(T(n)) == n && T(n) >= 0
}

func (c *Cmd) lookup(key string) (string, bool) {
	i := slices.IndexFunc(c.args, func(a arg) bool { return a.key == key })
	if i < 0 {
		return "", false
	}
	c.args[i].read = true
	return c.args[i].val, true
}

// unread returns the arguments that no method has read.
func (c *Cmd) unread() []string {
	var left []string
	for _, a := range c.args {
		switch {
		case a.read:
		case a.key != "":
			left = append(left, a.key)
		default:
			left = append(left, a.word)
		}
	}
	return left
}
