package rest

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/views/blotter"
	"github.com/clearhour/clearhour/views/margin"
	"github.com/clearhour/clearhour/views/marketdata"
)

// Authenticator says who a signed request is from.
type Authenticator interface {
	Request(r *gateway.SignedRequest) (gateway.Caller, *gateway.Denial)
}

// Config is what a Server needs.
type Config struct {
	// Market, Blotter and Margin are the views that answers come from.
	Market  *marketdata.View
	Blotter *blotter.View
	Margin  *margin.View
	// Auth says who a signed request is from.
	Auth Authenticator
	// Operate is the way of operators and contributors into the venue; nil for none.
	Operate Operate
	// Impact replays changes on a copy of the state; nil for none.
	Impact Impact
	// Metrics counts requests; nil for metrics that nobody reads.
	Metrics *Metrics
	// Ready says why the venue takes no requests, nil when it does. Nil means
	// always ready.
	Ready func() error
	// Clock is the wall time; nil means the system's.
	Clock func() time.Time
	// Log is told about faults of this package; nil for nobody.
	Log *slog.Logger
	// Version is that of the program, for the description of the API.
	Version string
	// PerAddress and PerKey limit requests; zero means 200 in 2 s.
	PerAddress, PerKey Limit
}

func (c *Config) fill() {
	usual := Limit{Burst: 200, Window: 2 * time.Second}
	if c.PerAddress.Burst == 0 {
		c.PerAddress = usual
	}
	if c.PerKey.Burst == 0 {
		c.PerKey = usual
	}
	if c.Clock == nil {
		c.Clock = time.Now //nolint:forbidigo // The default of the seam that tests replace.
	}
	if c.Ready == nil {
		c.Ready = func() error { return nil }
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics(nil)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Version == "" {
		c.Version = "0"
	}
}

// Access says who may use a route: everybody, or who has a key with the scope.
type Access struct {
	Open  bool
	Scope gateway.Scope
}

// Route is a registered route.
type Route struct {
	Method, Path string
	Access       Access
}

// Server answers requests. Use New.
type Server struct {
	config  Config
	mux     *http.ServeMux
	api     huma.API
	routes  []Route
	address *limiter[netip.Prefix]
	key     *limiter[string]
	handler http.Handler
	listed  instrumentCache
}

// New returns a server with all its routes.
func New(c Config) *Server {
	c.fill()
	s := &Server{config: c, mux: http.NewServeMux(), address: newLimiter[netip.Prefix](c.PerAddress), key: newLimiter[string](c.PerKey)}
	s.api = humago.New(s.mux, describe(c.Version))
	s.publicRoutes()
	s.marketRoutes()
	s.accountRoutes()
	s.changeRoutes()
	s.impactRoutes()
	s.contributeRoutes()
	s.marginRoutes()
	s.insuranceRoutes()
	s.documentErrors()
	s.plain("GET /v1/openapi.json", s.openAPI)
	s.plain("GET /healthz", s.healthz)
	s.plain("GET /readyz", s.readyz)
	s.handler = s.guarded()
	return s
}

// ServeHTTP answers a request of the public API, /healthz and /readyz. Metrics
// are not among its routes: see Operations.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Operations returns a handler for the listener of the operators: /healthz,
// /readyz and /metrics.
func (s *Server) Operations() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", s.config.Metrics.handler())
	return mux
}

// Routes returns every route with its access, in the order of registration.
func (s *Server) Routes() []Route { return s.routes }

// describe returns the frame of the API's description.
func describe(version string) huma.Config {
	c := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "clearhour", Version: version,
				Description: "Market data and accounts of the clearhour exchange. Times are milliseconds since 1970; " +
					"prices, quantities and money are decimal text. Errors are RFC 9457 problems.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					signatureScheme: {
						Type: "apiKey", In: "header", Name: gateway.HeaderSignature,
						Description: "Signature over timestamp, method, path with query, and body; CH-KEY and CH-TIMESTAMP go with it (spec AUTH-03).",
					},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{translate},
	}
	return c
}

// signatureScheme names the way of signing in the description.
const signatureScheme = "signature"

// route registers a typed route that reads.
func route[I, O any](s *Server, a Access, path, id, summary string, handler func(context.Context, *I) (*O, error)) {
	write(s, http.MethodGet, a, path, id, summary, handler)
}

// write registers a typed route of any method. It is the only way to one, so that
// none is without access.
func write[I, O any](s *Server, method string, a Access, path, id, summary string, handler func(context.Context, *I) (*O, error)) {
	if a.Open == (a.Scope != 0) {
		panic("rest: " + path + " must be open or have a scope")
	}
	op := huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, MaxBodyBytes: maxBody}
	if !a.Open {
		op.Security = []map[string][]string{{signatureScheme: a.Scope.Names()}}
		op.Middlewares = huma.Middlewares{s.authenticate(a.Scope)}
	}
	s.routes = append(s.routes, Route{op.Method, path, a})
	huma.Register(s.api, op, handler)
}

// plain registers an open route outside of the description.
func (s *Server) plain(pattern string, h http.HandlerFunc) {
	s.routes = append(s.routes, Route{http.MethodGet, pattern[len("GET "):], Access{Open: true}})
	s.mux.HandleFunc(pattern, h)
}

// documentErrors makes the description show errors as they are: problems.
func (s *Server) documentErrors() {
	schemas := s.api.OpenAPI().Components.Schemas
	problem := schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, item := range s.api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Delete} {
			documentProblem(op, problem)
		}
	}
	delete(schemas.Map(), "ErrorModel")
	delete(schemas.Map(), "ErrorDetail")
}

func documentProblem(op *huma.Operation, problem *huma.Schema) {
	if op == nil {
		return
	}
	for _, r := range op.Responses {
		if m := r.Content[problemType]; m != nil {
			m.Schema = problem
		}
	}
}

// now is the wall time as the venue writes it.
func (s *Server) now() venue.Time { return venue.Time(s.config.Clock().UnixNano()) }
