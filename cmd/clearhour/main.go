package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // A second Ctrl-C ends a program that takes too long to close.
	os.Exit(run(ctx))
}

// run executes the command line and returns the exit code.
func run(ctx context.Context) int {
	out := &printer{out: os.Stdout}
	root := rootCommand()
	root.SetOut(out)
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = failed(out.failure())
	}
	return report(os.Stderr, c, err)
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "clearhour",
		Short: "An exchange for GPU-hours",
		Long: "clearhour is an exchange for compute: spot GPU-hours delivered as leases, and futures on their price.\n\n" +
			"Try:  clearhour demo\nthen, in a second terminal in the same directory:  clearhour trade markets",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(serveCommand(), demoCommand(), tradeCommand(), simCommand(), replayCommand(), verifyCommand(), keysCommand(), adminCommand(),
		ruleCommand(), benchCommand(), benchVenueCommand(), versionCommand())
	return root
}
