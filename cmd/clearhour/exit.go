package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes of the command.
const (
	exitOK          = 0
	exitFailed      = 1   // The venue or the run said no.
	exitUsage       = 2   // The command line was wrong.
	exitAuth        = 3   // The key was not accepted.
	exitNetwork     = 5   // Nobody answered.
	exitUnknown     = 6   // The outcome of a request is not known.
	exitInterrupted = 130 // Ctrl-C ended work that was not done, as shells have it.
)

// codedError carries the exit code of an error. An error without one is about
// the command line.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// failed marks an error of the run, as against one of the command line.
func failed(err error) error {
	switch _, coded := errors.AsType[*codedError](err); {
	case err == nil || coded:
		return err
	case errors.Is(err, context.Canceled):
		return &codedError{exitInterrupted, errors.New("interrupted")}
	}
	return &codedError{exitFailed, err}
}

// report prints an error of a command and returns the exit code.
func report(out io.Writer, c *cobra.Command, err error) int {
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(out, "clearhour:", strings.TrimPrefix(err.Error(), "client: "))
	if coded, ok := errors.AsType[*codedError](err); ok {
		return coded.code
	}
	fmt.Fprintln(out, "usage:", c.UseLine())
	return exitUsage
}

// orInterrupted runs work that cannot be told to stop, and leaves it behind when
// ctx ends: the process ends then too. Work that has something to clean up is
// not for it.
func orInterrupted(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
