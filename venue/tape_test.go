package venue

import (
	"reflect"
	"testing"
)

// TestResetGivesTheMemoryBack appends each event once before and once after a
// Reset: the second time it is the memory of the first.
func TestResetGivesTheMemoryBack(t *testing.T) {
	tape := &Tape{}
	v := reflect.ValueOf(tape)
	event := reflect.TypeFor[Event]()
	kinds := 0
	for i := range v.NumMethod() {
		m := v.Method(i)
		if m.Type().NumIn() != 0 || m.Type().NumOut() != 1 || !m.Type().Out(0).Implements(event) {
			continue
		}
		kinds++
		first := m.Call(nil)[0].Pointer()
		tape.Reset()
		if len(tape.Entries) != 0 || m.Call(nil)[0].Pointer() != first {
			t.Errorf("Reset keeps the memory of %s", v.Type().Method(i).Name)
		}
	}
	if kinds < 50 {
		t.Errorf("only %d events were tried", kinds)
	}
}
