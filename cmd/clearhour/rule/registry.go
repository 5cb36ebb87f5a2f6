package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// Rule is one rule that Run knows.
type Rule struct {
	// ID and Title are those of docs/spec.
	ID, Title string
	// In and Out are the shapes of the JSON, for example
	// {"mark": "<decimal>", "cases": [{"name": "<text>", "contracts": "<int>"}]}.
	// A key with a question mark may be left out.
	In, Out string

	run func(in *node) (any, error)
}

// List returns the rules in the order of docs/spec.
func List() []Rule {
	return slices.Concat(
		matchingRules(),
		marginRules(),
		marksRules(),
		liquidationRules(),
		moneyRules(),
	)
}

// Run reads the input of a rule and returns its output, both as JSON. It refuses
// an unknown id with *UnknownError and an input with *Error.
func Run(id string, in []byte) ([]byte, error) {
	for _, r := range List() {
		if r.ID == id {
			return r.Run(in)
		}
	}
	return nil, &UnknownError{ID: id}
}

// Run reads the input of the rule and returns its output, both as JSON.
func (r *Rule) Run(in []byte) ([]byte, error) {
	root, err := parse(in)
	if err != nil {
		return nil, err
	}
	out, err := r.run(root)
	if err != nil {
		return nil, err
	}
	return encode(out)
}

// UnknownError says that there is no rule with the id.
type UnknownError struct{ ID string }

// Error says which id is unknown.
func (e *UnknownError) Error() string { return fmt.Sprintf("rule %q is unknown", e.ID) }

// define makes a Rule of a function from the struct of its input to that of its
// output.
func define[In, Out any](id, title string, fn func(in *In) (*Out, error)) Rule {
	return Rule{
		ID:    id,
		Title: title,
		In:    shapeOf(reflect.TypeFor[In]()),
		Out:   shapeOf(reflect.TypeFor[Out]()),
		run: func(root *node) (any, error) {
			in := new(In)
			if err := decode(root, reflect.ValueOf(in).Elem()); err != nil {
				return nil, err
			}
			return fn(in)
		},
	}
}

// encode writes the output with one space per level, as people read it.
func encode(out any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("rule: encode output: %w", err)
	}
	return b.Bytes(), nil
}
