package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/sim/lobster"
)

func replayCommand() *cobra.Command {
	c := &cobra.Command{Use: "replay", Short: "Drive recorded order flow through the engine"}
	c.AddCommand(replayMixedCommand(), &cobra.Command{
		Use:   "lobster MESSAGES BOOK",
		Short: "Replay LOBSTER order flow and compare the book after every message",
		Long: "lobster reads a message file and the order-book file that goes with it (LOBSTER format), sends every message as\n" +
			"orders through the whole engine, and compares the engine's book with the recorded one, row by row.",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return failed(orInterrupted(c.Context(), func() error {
				return replayLobster(c.OutOrStdout(), c.ErrOrStderr(), args[0], args[1])
			}))
		},
	})
	return c
}

func replayLobster(out, progress io.Writer, messages, book string) error {
	m, err := os.Open(messages)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	b, err := os.Open(book)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	start := time.Now()
	r, err := lobster.Replay(
		lobster.Source{Name: messages, Reader: bufio.NewReaderSize(m, 1<<20)},
		lobster.Source{Name: book, Reader: bufio.NewReaderSize(b, 1<<20)},
		lobster.Options{Every: 100_000, Progress: func(rows int) { fmt.Fprintf(progress, "\r%d rows compared", rows) }})
	if err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Fprintf(out, "%d/%d rows, %d levels\n", r.Equal, r.Rows, r.Levels)
	fmt.Fprintf(out, "%d executions, %d of them met the recorded order; %d levels came into view from outside; %v\n",
		r.Executions, r.InTurn, r.Fed, took.Round(time.Millisecond))
	if r.First != nil {
		return errors.New(r.First.String())
	}
	return nil
}
