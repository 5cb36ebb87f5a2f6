package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

func (p *Pairs[T]) fromNode(n *node) error {
	if n.kind != object {
		return wrong(n, "an object")
	}
	*p = make(Pairs[T], len(n.keys))
	for i, key := range n.keys {
		(*p)[i].Key = key
		if err := decode(n.items[i], reflect.ValueOf(&(*p)[i].Value).Elem()); err != nil {
			return err
		}
	}
	return nil
}

// MarshalJSON writes an object with the keys in their order.
func (p Pairs[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(x.Key)
		if err != nil {
			return nil, fmt.Errorf("rule: encode key: %w", err)
		}
		value, err := json.Marshal(x.Value)
		if err != nil {
			return nil, fmt.Errorf("rule: encode %s: %w", x.Key, err)
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// shaper is implemented by what describes itself.
type shaper interface{ shape() string }

func (p Pairs[T]) shape() string {
	return `{"<key>": ` + shapeOf(reflect.TypeFor[T]()) + "}"
}

// shapeOf describes a type as the JSON that it stands for.
func shapeOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer { // Before shaper, which it would promote.
		return shapeOf(t.Elem()) + " or null"
	}
	if s, ok := reflect.TypeAssert[shaper](reflect.Zero(t)); ok {
		return s.shape()
	}
	switch t.Kind() {
	case reflect.Struct:
		return shapeOfStruct(t)
	case reflect.Slice:
		return "[" + shapeOf(t.Elem()) + "]"
	case reflect.String:
		return `"<text>"`
	case reflect.Bool:
		return `"<bool>"`
	case reflect.Int64:
		return `"<int>"`
	default:
		return `"<any>"`
	}
}

func shapeOfStruct(t reflect.Type) string {
	var parts []string
	for _, f := range fieldsOf(t) {
		s := shapeOf(t.Field(f.index).Type)
		if !isTuple(t) {
			mark := ""
			if f.optional {
				mark = "?"
			}
			s = `"` + f.name + mark + `": ` + s
		}
		parts = append(parts, s)
	}
	if isTuple(t) {
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
