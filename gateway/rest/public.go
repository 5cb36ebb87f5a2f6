package rest

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/clearhour/clearhour/venue"
)

// nothing is the input of a route without parameters.
type nothing struct{}

type timeAnswer struct {
	Body struct {
		TimeMS int64  `json:"time_ms" doc:"The time of this gateway."`
		Time   string `json:"time" doc:"The same as RFC 3339."`
	}
}

type statusAnswer struct {
	Body struct {
		State       string         `json:"state" enum:"operational,cancel_only,halted,unavailable" doc:"The best that any market allows."`
		Detail      string         `json:"detail,omitempty" doc:"Why the venue is unavailable."`
		Sequence    uint64         `json:"sequence" doc:"Number of the last command that this gateway has heard of."`
		TimeMS      int64          `json:"time_ms" doc:"Time of the last event that this gateway has heard of."`
		Instruments []marketStatus `json:"instruments"`
	}
}

type marketStatus struct {
	Symbol string `json:"symbol"`
	Phase  string `json:"phase" enum:"continuous,cancel-only,halted"`
}

type limitsAnswer struct {
	Body struct {
		PerAddress limitText `json:"per_address" doc:"Requests from one address."`
		PerKey     limitText `json:"per_key" doc:"Signed requests with one key."`
		PageLimit  int       `json:"page_limit" doc:"The longest page of a list."`
		BookDepth  int       `json:"book_depth" doc:"The deepest book of /v1/book."`
		Trades     int       `json:"trades" doc:"Trades that are kept per instrument."`
		BodyBytes  int       `json:"body_bytes" doc:"The longest body of a request."`
	}
}

type limitText struct {
	Requests int   `json:"requests" doc:"Requests that may follow each other at once."`
	WindowMS int64 `json:"window_ms" doc:"Time after which as many may follow again."`
}

func (s *Server) publicRoutes() {
	open := Access{Open: true}
	route(s, open, "/v1/time", "time", "Time of the gateway", s.time)
	route(s, open, "/v1/status", "status", "State of the venue and its markets", s.status)
	route(s, open, "/v1/limits", "limits", "Limits of requests and answers", s.limits)
}

func (s *Server) time(context.Context, *nothing) (*timeAnswer, error) {
	a := &timeAnswer{}
	now := s.now()
	a.Body.TimeMS, a.Body.Time = millis(now), dateText(now)
	return a, nil
}

func (s *Server) status(context.Context, *nothing) (*statusAnswer, error) {
	a := &statusAnswer{}
	seq, at := s.config.Market.Position()
	a.Body.Sequence, a.Body.TimeMS = uint64(seq), millis(at)
	a.Body.Instruments = []marketStatus{}
	best := venue.Halted
	for _, terms := range s.config.Market.Instruments() {
		phase, _, _ := s.config.Market.State(terms.ID)
		if phase.Collecting() {
			best = venue.Continuous // Orders are taken.
		}
		best = min(best, phase) // Of the others: the fewer a phase forbids the lower is its number.
		a.Body.Instruments = append(a.Body.Instruments, marketStatus{terms.Symbol, phase.String()})
	}
	switch best {
	case venue.Continuous, venue.PreOpen, venue.OpenAuction, venue.ClosingAuction, venue.ProtectAuction:
		a.Body.State = "operational"
	case venue.CancelOnly:
		a.Body.State = "cancel_only"
	case venue.Halted, venue.Settled:
		a.Body.State = "halted"
	}
	if err := s.config.Ready(); err != nil {
		a.Body.State, a.Body.Detail = "unavailable", err.Error()
	}
	return a, nil
}

func (s *Server) limits(context.Context, *nothing) (*limitsAnswer, error) {
	a := &limitsAnswer{}
	a.Body.PerAddress = limitText{s.config.PerAddress.Burst, s.config.PerAddress.Window.Milliseconds()}
	a.Body.PerKey = limitText{s.config.PerKey.Burst, s.config.PerKey.Window.Milliseconds()}
	a.Body.PageLimit, a.Body.BookDepth, a.Body.Trades, a.Body.BodyBytes = maxPage, maxDepth, maxTrades, maxBody
	return a, nil
}

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	writeState(w, http.StatusOK, "ok", "")
}

// readyz says whether the venue takes requests.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if err := s.config.Ready(); err != nil {
		writeState(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	writeState(w, http.StatusOK, "ready", "")
}

func writeState(w http.ResponseWriter, status int, state, detail string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client may be gone; there is nobody else to tell.
	_ = json.NewEncoder(w).Encode(struct {
		State  string `json:"state"`
		Detail string `json:"detail,omitempty"`
	}{state, detail})
}

// openAPI answers with the description of the API, which is made of the types
// that serve it.
func (s *Server) openAPI(w http.ResponseWriter, r *http.Request) {
	data, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // A test marshals it; the types cannot change afterwards.
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(append(data, '\n'))
}
