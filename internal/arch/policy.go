package arch

import (
	"slices"
	"strings"
)

const (
	maxFuncLines = 70
	maxFileLines = 600
)

// core lists the layers of the deterministic core: functions of commands and
// time, the same on every machine.
var core = []string{
	"venue", "matching", "markets", "risk", "risk/ledger", "feeds", "settlement", "changes", "engine",
}

// exact lists the layers around the core where amounts are converted and
// encoded: they may do more than the core, but know no clock and no float.
var exact = []string{"venue/wire", "venue/scale"}

// coreStd is what the core may import of the standard library. Everything
// that waits, asks the world, draws lots or depends on the order of a map is
// absent: time, os, io, net, sync, context, log, math/rand, maps, reflect.
// Snapshots are encoded into []byte, so io is not needed either.
var coreStd = []string{
	"bytes", "cmp", "crypto/sha256", "encoding/binary", "errors", "fmt",
	"hash", "hash/crc32", "hash/crc64", "hash/fnv", "iter", "math", "math/bits",
	"slices", "sort", "strconv", "strings", "unicode", "unicode/utf8",
}

// exactStdDenied is what the layers in exact may not import.
var exactStdDenied = []string{"time", "math/rand", "math/rand/v2", "log", "log/slog", "os", "net", "sync"}

// everywhereDenied is what no package may import, with the way to do it here.
var everywhereDenied = map[string]string{
	"log":                   "use log/slog in cmd and the edges",
	"io/ioutil":             "use io and os",
	"github.com/pkg/errors": "use errors and fmt",
}

// place is a set of packages: "a" is the package, "a/*" those below it and
// "a/**" both.
type place string

func (p place) holds(rel string) bool {
	if base, ok := strings.CutSuffix(string(p), "/**"); ok {
		return rel == base || strings.HasPrefix(rel, base+"/")
	}
	if base, ok := strings.CutSuffix(string(p), "/*"); ok {
		return strings.HasPrefix(rel, base+"/")
	}
	return rel == string(p)
}

// confined says in which packages an import is allowed, tests aside.
type confined struct {
	path   string // Import path, the packages below it included.
	places []place
	why    string
}

// confinedImports lists log/slog and every dependency. An import from outside
// the standard library that stands not here is refused: a dependency needs a
// line in docs/adr/0002-dependencies.md first.
var confinedImports = []confined{
	{
		"log/slog",
		[]place{"cmd/**", "gateway/*", "feeds/*", "settlement/chain", "store/**"},
		"the core answers with reasons and the shell with errors; only cmd and the edges log",
	},
	{
		"github.com/shopspring/decimal",
		[]place{"venue/scale", "gateway/**", "client", "feeds/*", "settlement/chain", "store/**", "cmd/**"},
		"decimals live at the edges; inside the venue use venue.Price, Qty and Amount",
	},
	{
		"github.com/ethereum/go-ethereum",
		[]place{"settlement/*"},
		"only the settlement bridge talks to the chain",
	},
	{"github.com/jackc/pgx", []place{"store/postgres"}, "only store/postgres talks to PostgreSQL"},
	{"github.com/redis/go-redis", []place{"store/redis"}, "only store/redis talks to Redis"},
	{"github.com/gorilla", []place{"gateway/ws", "client"}, "only the WebSocket gateway and the client open WebSockets"},
	{"go.etcd.io/raft/v3", []place{"engine/sequencer"}, "replication belongs to the sequencer"},
	{"github.com/spf13/cobra", []place{"cmd/**"}, "the command line belongs to cmd"},
	{"github.com/danielgtaylor/huma/v2", []place{"gateway/rest"}, "only the REST gateway describes HTTP operations"},
	{"github.com/ulikunitz/xz", []place{"sim/trace"}, "only recorded traces are compressed so"},
	{"github.com/prometheus/client_golang", []place{"cmd/**", "gateway/*"}, "metrics are collected at the edges"},
	{"golang.org/x/sys", []place{"engine/journal", "gateway/outbox", "cmd/**"}, "system calls belong to the files and to cmd"},
	{"github.com/chromedp", []place{"internal/testenv"}, "the browser is driven by tests only"},
	{"pgregory.net/rapid", nil, "property tests only"},
	{"go.uber.org/goleak", nil, "tests only"},
}

// testHelpers may be imported by tests and by each other only.
var testHelpers = []string{"internal/arch", "internal/mutants", "internal/script", "internal/testenv"}

// foundation lists the packages that every package may import, the core
// included, with what they may import beyond coreStd. They import only each
// other and keep the rules of the core: docs/adr/0004.
var foundation = map[string][]string{
	"internal/assert":  nil,
	"internal/offheap": {"syscall", "unsafe"},
	"internal/state":   nil,
	"internal/table":   nil,
}

// pure says whether the package keeps the rules of the core.
func (m *module) pure(rel string) bool {
	_, base := foundation[rel]
	layer, _ := m.layers.of(rel)
	return base || slices.Contains(core, layer)
}

// exception lets one violation of one rule stand, by decision record.
type exception struct {
	rule string // The rule's name, as printed.
	at   string // The file, relative to the repository root.
	adr  int    // The number of the record in docs/adr.
}

// exceptions is empty, and stays so if at all possible.
var exceptions = []exception{}
