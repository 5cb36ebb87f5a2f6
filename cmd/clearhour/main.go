package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes of the command.
const (
	exitOK      = 0
	exitFailed  = 1 // The venue or the run said no.
	exitUsage   = 2 // The command line was wrong.
	exitAuth    = 3 // The key was not accepted.
	exitNetwork = 5 // Nobody answered.
	exitUnknown = 6 // The outcome of a request is not known.
)

// codedError carries the exit code of an error.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx))
}

// run executes the command line and returns the exit code.
func run(ctx context.Context) int {
	err := rootCommand().ExecuteContext(ctx)
	var coded *codedError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		fmt.Fprintln(os.Stderr, "clearhour:", coded.err)
		return coded.code
	}
	fmt.Fprintln(os.Stderr, "clearhour:", err)
	return exitUsage
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "clearhour",
		Short:         "An exchange for GPU-hours",
		Long:          "clearhour is an exchange for compute: spot GPU-hours delivered as leases, and futures on their price.\n\nTry:  clearhour demo\nthen, in a second terminal:  clearhour trade book",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(serveCommand(), demoCommand(), tradeCommand(), replayCommand(), verifyCommand(), keysCommand(), ruleCommand(), benchCommand(), benchVenueCommand(), versionCommand())
	return root
}

// failed marks an error of the run, as against one of the command line.
func failed(err error) error {
	var coded *codedError
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return &codedError{exitFailed, err}
}
