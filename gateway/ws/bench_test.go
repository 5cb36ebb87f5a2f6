package ws_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clearhour/clearhour/client"
	"github.com/clearhour/clearhour/gateway"
	"github.com/clearhour/clearhour/gateway/gatewaytest"
	"github.com/clearhour/clearhour/gateway/outbox"
	"github.com/clearhour/clearhour/gateway/ws"
	"github.com/clearhour/clearhour/venue"
)

// unlimited are limits for benchmarks.
func unlimited() gateway.Limits {
	l := gateway.DefaultLimits()
	l.Orders, l.Cancels, l.Other = gateway.Rate{}, gateway.Rate{}, gateway.Rate{}
	return l
}

// BenchmarkOrders sends orders through the SDK, the socket, the gateway and a
// miniature venue, and waits for every acknowledgement. Client and server share
// the processors.
func BenchmarkOrders(b *testing.B) {
	for _, files := range []bool{false, true} {
		b.Run(fmt.Sprintf("files=%v", files), func(b *testing.B) {
			var store gateway.Store = &gateway.MemoryStore{}
			if files {
				s, err := outbox.Open(b.TempDir(), outbox.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { s.Close() })
				store = s
			}
			benchmarkOrders(b, startWith(b, ws.Config{}, unlimited(), store))
		})
	}
}

func benchmarkOrders(b *testing.B, r *rig) {
	const window = 4096
	var acked atomic.Int64
	more := make(chan struct{}, 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := client.Dial(ctx, client.Config{URL: r.url, CompID: "BENCH", KeyID: "K16", Secret: []byte("s"), OnReport: func(rep *client.Report) {
		if rep.ExecType == '0' {
			acked.Add(1)
			select {
			case more <- struct{}{}:
			default:
			}
		}
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(ctx)
	o := client.Order{Symbol: gatewaytest.Symbol, Side: venue.Buy, Qty: 1, Price: 100, TIF: venue.IOC}
	sent := int64(0)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		o.ClOrdID = c.NewID()
		o.Price = venue.Price(100 + i%50)
		if err := c.Send(&o); err != nil {
			b.Fatal(err)
		}
		sent++
		if i%64 == 63 {
			c.Flush()
		}
		for sent-acked.Load() >= window {
			<-more
		}
	}
	c.Flush()
	for acked.Load() < sent {
		<-more
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
}
