package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/clearhour/clearhour/gateway/ws"
)

// perAddress bounds the open connections of one address, of whatever kind.
const perAddress = 256

// orphanGrace is how long a session that the last process cut has to come back
// before its cancel-on-disconnect orders are canceled.
const orphanGrace = 10 * time.Second

// check refuses addresses that cannot be, and one that strangers reach without
// encryption; it reads the certificate.
func (s *settings) check() error {
	if (s.certFile == "") != (s.keyFile == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	if s.certFile != "" {
		pair, err := tls.LoadX509KeyPair(s.certFile, s.keyFile)
		if err != nil {
			return fmt.Errorf("--tls-cert, --tls-key: %w", err)
		}
		s.certificate = &pair
	}
	if err := checkAddress("listen", s.listen, s.certificate != nil); err != nil {
		return err
	}
	switch {
	case s.ops == "":
		return nil
	case s.ops == s.listen && !openPort(s.ops):
		return fmt.Errorf("--listen and --ops are both %s: operators have an address of their own", s.ops)
	}
	return checkAddress("ops", s.ops, false)
}

func openPort(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return err == nil && port == "0"
}

func checkAddress(flag, address string, encrypted bool) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--%s %q: want host:port, for example %s (%w)", flag, address, defaultListen, err)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("--%s %q: the port is no number up to 65535", flag, address)
	}
	ip := net.ParseIP(host)
	switch loopback := host == "localhost" || ip != nil && ip.IsLoopback(); {
	case loopback || encrypted:
		return nil
	case flag == "ops":
		return fmt.Errorf("--ops %q is not loopback, and what operators see is not encrypted", address)
	}
	return fmt.Errorf("--listen %q is not loopback: `clearhour serve` takes --tls-cert and --tls-key for others to reach it", address)
}

// bind takes the addresses, so that nothing is recovered for a port that another
// program has. Who connects waits until open.
func (v *instance) bind(ctx context.Context) (err error) {
	if v.api, err = v.bindOne(ctx, "listen", &v.settings.listen); err != nil || v.settings.ops == "" {
		return err
	}
	v.ops, err = v.bindOne(ctx, "ops", &v.settings.ops)
	return err
}

// bindOne takes one address, and writes down the port where it was left open.
func (v *instance) bindOne(ctx context.Context, flag string, address *string) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", *address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program, another venue perhaps: choose another with --%s (%w)", *address, flag, err)
	}
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	*address = l.Addr().String()
	v.closers = append(v.closers, func() error {
		_ = l.Close() // The server has closed it, if it came so far.
		return nil
	})
	return l, nil
}

// url is where the API is.
func (v *instance) url() string {
	if v.settings.certificate != nil {
		return "https://" + v.settings.listen
	}
	return "http://" + v.settings.listen
}

// open serves until close.
func (v *instance) open() {
	v.serve(v.api, v.mux, v.settings.certificate)
	v.ws.CancelOrphans(orphanGrace)
	v.watchKeys()
	if v.ops != nil {
		v.serve(v.ops, v.rest.Operations(), nil)
	}
}

// serve answers on a listener, encrypted when there is a certificate.
func (v *instance) serve(l net.Listener, h http.Handler, certificate *tls.Certificate) {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, ErrorLog: slog.NewLogLogger(v.log.Handler(), slog.LevelWarn),
	}
	l = ws.LimitListener(l, perAddress)
	run := server.Serve
	if certificate != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		run = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	v.closers = append(v.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close()
		}
		return nil
	})
	go func() {
		if err := run(l); !errors.Is(err, http.ErrServerClosed) {
			v.failed <- err
		}
	}()
}
