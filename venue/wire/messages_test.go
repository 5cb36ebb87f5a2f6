package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clearhour/clearhour/venue"
)

// newCommands returns an empty command of each kind, by rising kind.
func newCommands() []venue.Command {
	return []venue.Command{
		&venue.Tick{}, &venue.SetVersion{}, &venue.ListAsset{}, &venue.ListInstrument{}, &venue.SetPhase{},
		&venue.SetMark{}, &venue.OpenAccount{}, &venue.Deposit{}, &venue.Withdraw{}, &venue.PlaceOrder{},
		&venue.CancelOrder{}, &venue.AmendOrder{}, &venue.MassCancel{},
		&venue.SetSchedule{}, &venue.SetProtections{},
		&venue.ListIndex{}, &venue.PublishReading{}, &venue.SetReference{},
		&venue.SetLiquidation{}, &venue.FundInsurance{},
		&venue.SetFeeTiers{}, &venue.SettleInstrument{},
		&venue.SetCollateral{}, &venue.Transfer{}, &venue.SellCollateral{},
		&venue.SetTerms{}, &venue.ProposeChange{}, &venue.ApproveChange{}, &venue.CancelChange{}, &venue.SetOperator{},
		&venue.PublishMeter{},
		&venue.MassQuote{}, &venue.SetQuoteProtection{}, &venue.CancelQuotes{},
	}
}

// newEvents returns an empty event of each kind, by rising kind.
func newEvents() []venue.Event {
	return []venue.Event{
		&venue.VersionSet{}, &venue.AssetListed{}, &venue.InstrumentListed{}, &venue.PhaseChanged{},
		&venue.MarkChanged{}, &venue.AccountOpened{}, &venue.Deposited{}, &venue.Withdrawn{},
		&venue.CommandRejected{}, &venue.OrderAccepted{}, &venue.OrderRejected{}, &venue.RequestRepeated{},
		&venue.OrderTriggered{}, &venue.OrderAmended{}, &venue.OrderReduced{}, &venue.OrderCanceled{},
		&venue.CancelRejected{}, &venue.MassCanceled{}, &venue.Traded{}, &venue.LevelChanged{},
		&venue.BalanceChanged{}, &venue.PositionChanged{},
		&venue.AuctionIndicative{}, &venue.ScheduleSet{}, &venue.ProtectionsSet{}, &venue.IndexListed{}, &venue.IndexPublished{},
		&venue.ReferenceSet{}, &venue.FundingClosed{}, &venue.FundingPaid{}, &venue.FundingSettled{},
		&venue.LiquidationSet{}, &venue.InsuranceFunded{}, &venue.AccountStateChanged{}, &venue.PositionTransferred{}, &venue.Receipt{},
		&venue.FeeTiersSet{}, &venue.VariationPaid{}, &venue.InstrumentSettled{},
		&venue.CollateralSet{}, &venue.Transferred{}, &venue.CollateralSeized{}, &venue.CollateralSold{},
		&venue.GainsHaircut{}, &venue.DebtPaid{},
		&venue.ChangeProposed{}, &venue.ChangeApproved{}, &venue.ChangeEnded{}, &venue.TermsSet{}, &venue.OperatorSet{},
		&venue.IndexMetered{}, &venue.WindowMetered{},
		&venue.Quoted{}, &venue.MassQuoted{}, &venue.QuoteProtectionSet{}, &venue.QuoteProtectionTriggered{},
		&venue.AuctionUncrossing{},
	}
}

// TestKindsAreComplete finds commands and events of package venue for which
// this package has no layout: the lists above feed all other tests.
func TestKindsAreComplete(t *testing.T) {
	var commands, events []string
	for _, c := range newCommands() {
		commands = append(commands, nameOf(c))
		if commandSize(c.Kind()) == unknown {
			t.Errorf("commandSize(%s) is unknown", nameOf(c))
		}
	}
	for _, e := range newEvents() {
		events = append(events, nameOf(e))
		if eventSize(e.Kind()) == unknown {
			t.Errorf("eventSize(%s) is unknown", nameOf(e))
		}
	}
	slices.Sort(commands)
	slices.Sort(events)
	if want := implementers(t, "isCommand"); !slices.Equal(commands, want) {
		t.Errorf("commands with a layout %v, commands of venue %v", commands, want)
	}
	if want := implementers(t, "isEvent"); !slices.Equal(events, want) {
		t.Errorf("events with a layout %v, events of venue %v", events, want)
	}
}

// implementers returns the types of package venue that have a method, sorted.
func implementers(t *testing.T, method string) []string {
	t.Helper()
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), "../"+entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv != nil && f.Name.Name == method {
				names = append(names, f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func nameOf(m any) string { return reflect.TypeOf(m).Elem().Name() }

// draw fills a message with arbitrary values of all bits.
func draw(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "uint") >> (64 - v.Type().Bits()))
	case reflect.String:
		v.SetString(string(rapid.SliceOfN(rapid.Byte(), 0, MaxString).Draw(t, "string")))
	case reflect.Array:
		for i := range v.Len() {
			draw(t, v.Index(i))
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 10).Draw(t, "len")
		if n == 0 {
			v.SetZero()
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			draw(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, v.Field(i))
		}
	default:
		t.Fatalf("no way to draw a %s", v.Kind())
	}
}

// number fills a message with values that differ from field to field and byte
// to byte, negative ones among them, counting from n. It returns the next n.
func number(v reflect.Value, n uint64) uint64 {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(int64((n*0x0101010101010101 + 0x0706050403020100) * (1 - n%2*2)))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint((n*0x0101010101010101 + 0x0706050403020100) & (1<<v.Type().Bits() - 1))
	case reflect.String:
		v.SetString("text-" + string(rune('a'+n%26)))
	case reflect.Array:
		copy(v.Slice(0, v.Len()).Bytes(), "id-"+string(rune('a'+n%26)))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		n = number(v.Index(1), number(v.Index(0), n))
	case reflect.Struct:
		for i := range v.NumField() {
			n = number(v.Field(i), n)
		}
		return n
	default:
		panic("no way to number a " + v.Kind().String())
	}
	return n + 1
}

// sampleCommands returns a command of each kind with no field zero.
func sampleCommands() []venue.Command {
	commands := newCommands()
	for _, c := range commands {
		number(reflect.ValueOf(c).Elem(), 1)
	}
	return commands
}

// sampleEvents returns an event of each kind with no field zero.
func sampleEvents() []venue.Event {
	events := newEvents()
	for _, e := range events {
		number(reflect.ValueOf(e).Elem(), 1)
	}
	return events
}

func entryOf(e venue.Event) *venue.Entry {
	return &venue.Entry{Seq: 41, Index: 3, Session: 7, Time: 1_800_000_000_123_456_789, Event: e}
}

func batchOf(session venue.SessionID, commands ...venue.Command) []byte {
	b := AppendBatchHeader(nil, 41, 1_800_000_000_123_456_789, uint32(len(commands)))
	for _, c := range commands {
		b = AppendCommand(b, session, c)
	}
	return b
}
