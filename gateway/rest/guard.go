package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/clearhour/clearhour/gateway"
)

// Limits of a request.
const (
	maxBody   = 64 << 10
	maxTarget = 8 << 10
)

// guarded returns the routes behind everything that applies to all of them.
func (s *Server) guarded() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.config.Clock()
		h, pattern := s.mux.Handler(r)
		if pattern == "" {
			pattern = "none"
		}
		out := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			s.recovered(out, r, recover())
			s.config.Metrics.request(pattern, out.status, s.config.Clock().Sub(began))
		}()
		secure(w.Header(), r.TLS != nil)
		if p := s.screen(out, r, began); p != nil {
			p.write(out, r)
			return
		}
		if pattern == "none" {
			noRoute(out, r, h)
			return
		}
		r.Body = http.MaxBytesReader(out, r.Body, maxBody)
		s.mux.ServeHTTP(out, r)
	})
}

// recovered answers for a handler that panicked: a fault in the text of one answer
// is no reason to stop the venue.
func (s *Server) recovered(w *statusWriter, r *http.Request, fault any) {
	if fault == nil {
		return
	}
	if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(fault)
	}
	s.config.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "fault", fault)
	if !w.wrote {
		refuse(gateway.Internal, "", "").write(w, r)
	}
}

// secure sets the headers that keep an answer from being anything else than
// data: no page, no frame, no guess of its type, no copy of it elsewhere.
func secure(h http.Header, tls bool) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if tls {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// screen refuses what no route needs to see: too many requests of an address
// and queries that could be read in two ways.
func (s *Server) screen(w http.ResponseWriter, r *http.Request, now time.Time) *Problem {
	u := s.address.take(network(remote(r)), now)
	showUse(w.Header(), "address", s.config.PerAddress, u)
	if u.wait > 0 {
		return denied(&gateway.Denial{Code: gateway.RateLimited, Detail: "too many requests from this address", RetryAfter: u.wait})
	}
	if len(r.URL.RequestURI()) > maxTarget {
		return refuse(gateway.Malformed, "", "the path and query are longer than "+strconv.Itoa(maxTarget)+" bytes")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refuse(gateway.Malformed, "", "the query cannot be read")
	}
	for name, values := range query {
		if len(values) > 1 {
			return refuse(gateway.DuplicateField, name, "the parameter is given more than once")
		}
	}
	return nil
}

// showUse says how much of a limit is left, as
// draft-ietf-httpapi-ratelimit-headers has it.
func showUse(h http.Header, name string, l Limit, u use) {
	h.Set("RateLimit-Policy", `"`+name+`";q=`+strconv.Itoa(l.Burst)+";w="+seconds(l.Window))
	h.Set("RateLimit", `"`+name+`";r=`+strconv.Itoa(u.left)+";t="+seconds(u.full))
}

// seconds rounds up.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// noRoute answers a path or method that is not there in the form of every other
// error. h is what the mux would answer.
func noRoute(w http.ResponseWriter, r *http.Request, h http.Handler) {
	probe := &probe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	p := refuse(gateway.UnsupportedMessage, "", "there is no such resource")
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		p.Status, p.Detail = probe.status, "the resource does not take this method"
	}
	p.write(w, r)
}

// probe hears what a handler would answer.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }

// callerKey is where a request's context has its caller.
type callerKey struct{}

// caller returns who the request is from. Routes with a scope have one.
func caller(ctx context.Context) *gateway.Caller {
	c, _ := ctx.Value(callerKey{}).(*gateway.Caller)
	return c
}

// authenticate lets those pass whose key has the scope.
func (s *Server) authenticate(scope gateway.Scope) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		who, p := s.identify(w, r)
		if p == nil && !who.Scopes.Has(scope) {
			p = refuse(gateway.AuthScope, "", "the key lacks "+scope.String())
		}
		if p != nil {
			p.write(w, r)
			return
		}
		next(huma.WithValue(ctx, callerKey{}, who))
	}
}

// identify checks the signature and then the limit of the key: only who has the
// key can use it up.
func (s *Server) identify(w http.ResponseWriter, r *http.Request) (*gateway.Caller, *Problem) {
	body, err := io.ReadAll(r.Body)
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		p := refuse(gateway.Malformed, "", "the body is longer than "+strconv.Itoa(maxBody)+" bytes")
		p.Status = http.StatusRequestEntityTooLarge
		return nil, p
	}
	if err != nil {
		return nil, refuse(gateway.Malformed, "", "the body cannot be read")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	who, d := s.config.Auth.Request(&gateway.SignedRequest{
		Key: r.Header.Get(gateway.HeaderKey), Timestamp: r.Header.Get(gateway.HeaderTimestamp),
		RecvWindow: r.Header.Get(gateway.HeaderRecvWindow), Signature: r.Header.Get(gateway.HeaderSignature),
		Method: r.Method, Target: r.URL.RequestURI(), Body: body, Remote: remote(r),
	})
	if d != nil {
		return nil, denied(d)
	}
	u := s.key.take(who.Key, s.config.Clock())
	showUse(w.Header(), "key", s.config.PerKey, u)
	if u.wait > 0 {
		return nil, denied(&gateway.Denial{Code: gateway.RateLimited, Detail: "too many requests with this key", RetryAfter: u.wait})
	}
	return &who, nil
}

// remote returns the address of the peer. Headers of proxies are not believed.
func remote(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap().WithZone("")
}

// network is what limits count by: an IPv4 address or an IPv6 /56, which is what
// one subscriber has.
func network(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 56
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader remembers the status.
func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts as an answer.
func (w *statusWriter) Write(b []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// matches says whether an If-None-Match names the tag.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}
