package rest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clearhour/clearhour/gateway"
)

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// Problem is an error as RFC 9457 shows it.
type Problem struct {
	Type      string `json:"type" doc:"Names the code as a URI." example:"urn:clearhour:error:UNKNOWN_ORDER"`
	Title     string `json:"title" doc:"What the code means; the wording may change."`
	Status    int    `json:"status" doc:"The HTTP status."`
	Detail    string `json:"detail,omitempty" doc:"What was wrong with this request."`
	Instance  string `json:"instance,omitempty" doc:"The path of the request."`
	Code      string `json:"code" doc:"The stable name that programs compare." example:"UNKNOWN_ORDER"`
	Numeric   uint16 `json:"numeric" doc:"The stable number of the code." example:"2100"`
	Retryable bool   `json:"retryable" doc:"Whether the same request may succeed later."`
	Field     string `json:"field,omitempty" doc:"The parameter that was refused."`

	retryAfter time.Duration
}

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// Error returns the name of the code and the detail.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// ContentType returns the media type of a problem.
func (p *Problem) ContentType(string) string { return problemType }

// refuse makes a problem of a code.
func refuse(c gateway.Code, field, detail string) *Problem {
	e := c.Entry()
	return &Problem{
		Type: "urn:clearhour:error:" + e.Name, Title: e.Text, Status: statusOf(c), Detail: detail,
		Code: e.Name, Numeric: uint16(e.Code), Retryable: e.Retryable, Field: field,
	}
}

// denied makes a problem of a denial.
func denied(d *gateway.Denial) *Problem {
	p := refuse(d.Code, "", d.Detail)
	p.retryAfter = d.RetryAfter
	return p
}

// statuses are the HTTP statuses of codes; what is not here is 500. What is wrong
// with a parameter is 422, as the framework has it that checks most of them.
var statuses = map[gateway.Code]int{
	gateway.AuthMissing: http.StatusUnauthorized, gateway.AuthInvalidKey: http.StatusUnauthorized,
	gateway.AuthInvalidSignature: http.StatusUnauthorized, gateway.AuthTimestamp: http.StatusUnauthorized,
	gateway.AuthReplay: http.StatusUnauthorized,

	gateway.AuthIPNotAllowed: http.StatusForbidden, gateway.AuthScope: http.StatusForbidden,

	gateway.RateLimited: http.StatusTooManyRequests, gateway.RateLimitedClose: http.StatusTooManyRequests,
	gateway.TooManyConnections: http.StatusTooManyRequests,

	gateway.UnknownInstrument: http.StatusNotFound, gateway.UnknownOrder: http.StatusNotFound,
	gateway.UnknownAccount: http.StatusNotFound, gateway.UnknownAsset: http.StatusNotFound,
	gateway.UnsupportedMessage: http.StatusNotFound,

	gateway.UnknownField: http.StatusUnprocessableEntity, gateway.MissingField: http.StatusUnprocessableEntity,
	gateway.BadValue: http.StatusUnprocessableEntity, gateway.BadFormat: http.StatusUnprocessableEntity,
	gateway.DuplicateField: http.StatusUnprocessableEntity,

	gateway.SameOperator: http.StatusForbidden, gateway.UnknownOperator: http.StatusForbidden,
	gateway.UnknownChange: http.StatusNotFound, gateway.AlreadyApproved: http.StatusConflict, gateway.ChangePending: http.StatusConflict,
	gateway.DuplicateID: http.StatusConflict, gateway.InstrumentNotOpen: http.StatusConflict, gateway.TooManyChanges: http.StatusConflict,
	gateway.ChangeTooLarge: http.StatusUnprocessableEntity, gateway.UnsupportedCombo: http.StatusUnprocessableEntity,
	gateway.BadLot: http.StatusUnprocessableEntity, gateway.PriceRange: http.StatusUnprocessableEntity,
	gateway.NotionalLimit: http.StatusUnprocessableEntity,

	gateway.Malformed: http.StatusBadRequest, gateway.StatusUnknown: http.StatusGatewayTimeout,
	gateway.Overloaded: http.StatusServiceUnavailable, gateway.ShuttingDown: http.StatusServiceUnavailable,
}

// statusOf returns the HTTP status of a code.
func statusOf(c gateway.Code) int {
	if status, ok := statuses[c]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// translate turns the framework's own errors into problems.
func translate(ctx huma.Context, _ string, v any) (any, error) {
	var p *Problem
	switch e := v.(type) {
	case *Problem:
		p = e
	case *huma.ErrorModel:
		p = fromModel(e)
	default:
		return v, nil
	}
	u := ctx.URL()
	p.Instance = u.Path
	for k, list := range p.headers() {
		for _, h := range list {
			ctx.SetHeader(k, h)
		}
	}
	return p, nil
}

// fromModel reads what the framework says about a parameter. The status was
// sent when this is called, so it stays.
func fromModel(e *huma.ErrorModel) *Problem {
	code, field, detail := gateway.BadValue, "", e.Detail
	if len(e.Errors) > 0 {
		first := e.Errors[0]
		_, field, _ = strings.Cut(first.Location, ".")
		detail = first.Message
		switch {
		case strings.HasPrefix(detail, "unknown query parameter"):
			code = gateway.UnknownField
		case strings.HasPrefix(detail, "required "):
			code = gateway.MissingField
		case strings.HasPrefix(detail, "invalid "):
			code = gateway.BadFormat
		}
	}
	if e.Status >= http.StatusInternalServerError {
		code, field, detail = gateway.Internal, "", ""
	}
	p := refuse(code, field, detail)
	p.Status = e.Status
	return p
}

// headers returns the headers that go with the problem.
func (p *Problem) headers() http.Header {
	h := http.Header{}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `CH-SIGNATURE realm="clearhour"`)
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((p.retryAfter+time.Second-1)/time.Second), 10))
	}
	return h
}

// write sends the problem from outside of the framework.
func (p *Problem) write(w http.ResponseWriter, r *http.Request) {
	p.Instance = r.URL.Path
	maps.Copy(w.Header(), p.headers())
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		// The client may be gone; there is nobody else to tell.
		_ = json.NewEncoder(w).Encode(p)
	}
}
