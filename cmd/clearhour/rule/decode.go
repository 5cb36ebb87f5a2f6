package rule

import (
	"reflect"
	"strconv"
	"strings"
)

// Tuple says of a struct in which it is embedded that its fields come as an array
// in their order, as in ["2.15", 10], and not as an object.
type Tuple struct{}

// Pair is one key of an object whose keys are data, such as ids.
type Pair[T any] struct {
	Key   string
	Value T
}

// Pairs is an object whose keys are data, in the order of the input.
type Pairs[T any] []Pair[T]

// fromNode is implemented by what reads itself.
type fromNode interface{ fromNode(n *node) error }

// decode reads a node into a struct, slice, pointer, string, bool, int64,
// Decimal or Pairs. Every exported field of a struct must be there unless its
// tag says `json:"name,omitempty"`; a pointer may be null.
func decode(n *node, v reflect.Value) error {
	if d, ok := reflect.TypeAssert[fromNode](v.Addr()); ok {
		return d.fromNode(n)
	}
	switch v.Kind() {
	case reflect.Struct:
		if isTuple(v.Type()) {
			return decodeTuple(n, v)
		}
		return decodeObject(n, v)
	case reflect.Slice:
		return decodeArray(n, v)
	case reflect.Pointer:
		if n.kind == null {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return decode(n, v.Elem())
	default:
		return decodeScalar(n, v)
	}
}

func decodeScalar(n *node, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		if n.kind != text {
			return wrong(n, "a string")
		}
		v.SetString(n.text)
	case reflect.Bool:
		if n.kind != boolean {
			return wrong(n, "true or false")
		}
		v.SetBool(n.truth)
	case reflect.Int64:
		return decodeInt(n, v)
	default:
		panic("rule: an input cannot have a " + v.Type().String()) // A mistake in the table, seen by any test.
	}
	return nil
}

func decodeInt(n *node, v reflect.Value) error {
	if n.kind != number {
		return wrong(n, "a whole number")
	}
	i, err := strconv.ParseInt(n.text, 10, 64)
	if err != nil {
		if strings.ContainsAny(n.text, ".eE") {
			return refuse(n.path, "%s is not a whole number without point and exponent", n.text)
		}
		return refuse(n.path, "%s is out of range", n.text)
	}
	v.SetInt(i)
	return nil
}

func decodeArray(n *node, v reflect.Value) error {
	if n.kind != array {
		return wrong(n, "an array")
	}
	s := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		if err := decode(item, s.Index(i)); err != nil {
			return err
		}
	}
	v.Set(s)
	return nil
}

func decodeTuple(n *node, v reflect.Value) error {
	fields := fieldsOf(v.Type())
	if n.kind != array {
		return wrong(n, "an array")
	}
	if len(n.items) != len(fields) {
		return refuse(n.path, "has %d elements, want %d", len(n.items), len(fields))
	}
	for i, f := range fields {
		if err := decode(n.items[i], v.Field(f.index)); err != nil {
			return err
		}
	}
	return nil
}

func decodeObject(n *node, v reflect.Value) error {
	if n.kind != object {
		return wrong(n, "an object")
	}
	fields := fieldsOf(v.Type())
	got := make([]bool, len(fields))
	for i, key := range n.keys {
		j := indexOf(fields, key)
		if j < 0 {
			return refuse(n.items[i].path, "unknown")
		}
		got[j] = true
		if err := decode(n.items[i], v.Field(fields[j].index)); err != nil {
			return err
		}
	}
	for j, f := range fields {
		if !got[j] && !f.optional {
			return refuse(below(n.path, f.name), "missing")
		}
	}
	return nil
}

func wrong(n *node, want string) error { return refuse(n.path, "is %v, want %s", n.kind, want) }

// field is an exported field of an input or output.
type field struct {
	name     string
	index    int
	optional bool
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Anonymous {
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		fields = append(fields, field{name, i, rest == "omitempty"})
	}
	return fields
}

func indexOf(fields []field, name string) int {
	for i, f := range fields {
		if f.name == name {
			return i
		}
	}
	return -1
}

func isTuple(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() > 0 && t.Field(0).Type == reflect.TypeFor[Tuple]()
}
