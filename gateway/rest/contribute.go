package rest

import (
	"context"
	"net/http"

	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/venue"
	"github.com/clearhour/clearhour/venue/scale"
)

func (s *Server) contributeRoutes() {
	contributor := Access{Scope: gateway.WriteReadings}
	write(s, http.MethodPost, contributor, "/v1/admin/readings", "reading", "Contribute a reading to an index of prices", s.reading)
	write(s, http.MethodPost, contributor, "/v1/admin/meters", "meter", "Say what a provider owed and delivered in a period of an index of availability", s.meter)
}

type readingInput struct {
	Body struct {
		Index  string `json:"index" doc:"Symbol of the index."`
		Price  string `json:"price" doc:"Dollars per GPU-hour."`
		Volume string `json:"volume" doc:"GPU-hours behind the price."`
		AtMS   int64  `json:"at_ms" minimum:"0" maximum:"9000000000000" doc:"When it was observed."`
	}
}

// contributed says whose contribution was taken, and for which index.
type contributed struct {
	Body struct {
		Source uint32 `json:"source" doc:"Whose it is: the source of the key."`
		Index  string `json:"index"`
	}
}

// reading takes a reading. It counts when the index is published, if it is young
// enough then.
func (s *Server) reading(ctx context.Context, in *readingInput) (*contributed, error) {
	b := &in.Body
	id, err := s.indexOf(b.Index)
	if err != nil {
		return nil, err
	}
	c := &venue.PublishReading{Index: id, Source: caller(ctx).Source, At: timeOf(b.AtMS)}
	if bad := gateway.ParseReading(c, b.Price, b.Volume); bad != nil {
		return nil, misread(bad)
	}
	return s.contribute(ctx, c, c.Source, b.Index)
}

type meterInput struct {
	Body struct {
		Index      string `json:"index" doc:"Symbol of an index of availability."`
		StartMS    int64  `json:"start_ms" minimum:"0" maximum:"9000000000000" doc:"Start of the period."`
		Contracted string `json:"contracted" doc:"GPU-hours owed in the period; all amounts in whole GPU-seconds, which are multiples of 0.0025." example:"744"`
		Delivered  string `json:"delivered" doc:"GPU-hours of it that were delivered." example:"739.25"`
		Unattested string `json:"unattested,omitempty" doc:"GPU-hours of what was delivered that have no attested reading; they do not count." example:"1.5"`
		AtMS       int64  `json:"at_ms" minimum:"0" maximum:"9000000000000" doc:"When this was put together, from the end of the period on. A later meter takes the place of an earlier one."`
	}
}

// meter takes what a provider delivered. It counts when the period is final.
func (s *Server) meter(ctx context.Context, in *meterInput) (*contributed, error) {
	b := &in.Body
	id, err := s.indexOf(b.Index)
	if err != nil {
		return nil, err
	}
	c := &venue.PublishMeter{Index: id, Source: caller(ctx).Source, Start: timeOf(b.StartMS), At: timeOf(b.AtMS)}
	if bad := gateway.ParseMeter(c, b.Contracted, b.Delivered, b.Unattested); bad != nil {
		return nil, misread(bad)
	}
	return s.contribute(ctx, c, c.Source, b.Index)
}

// contribute has a contribution taken. It may be sent again: the second one of the
// same time is refused and changes nothing.
func (s *Server) contribute(ctx context.Context, c venue.Command, source venue.SourceID, index string) (*contributed, error) {
	if err := s.have(ctx, c, "send it again"); err != nil {
		return nil, err
	}
	a := &contributed{}
	a.Body.Source, a.Body.Index = uint32(source), index
	return a, nil
}

// indexOf returns the index of a symbol.
func (s *Server) indexOf(symbol string) (venue.IndexID, error) {
	for _, x := range s.config.Market.Indices(nil) {
		if x.Symbol == symbol {
			return x.ID, nil
		}
	}
	return 0, refuse(gateway.BadValue, "index", "there is no such index")
}

func timeOf(ms int64) venue.Time { return venue.Time(ms) * (venue.Second / 1000) }

// misread refuses a text that is no number of its unit.
func misread(bad *scale.Error) error {
	return refuse(gateway.BadFormat, bad.Field.String(), bad.Error())
}
