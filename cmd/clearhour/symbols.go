package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// complete returns the one symbol that begins with text, whatever the case.
func complete(text string, symbols []string) (string, error) {
	found := beginWith(text, symbols)
	for _, s := range found {
		if len(s) == len(text) {
			return s, nil
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("symbol %q is not listed%s", text, suggestion(text, symbols))
	}
	return "", fmt.Errorf("symbol %q could be %s", text, strings.Join(found, ", "))
}

// beginWith returns the symbols with a prefix, whatever the case.
func beginWith(prefix string, symbols []string) []string {
	var found []string
	for _, s := range symbols {
		if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			found = append(found, s)
		}
	}
	return found
}

// suggestion names what begins most alike, and where the list is.
func suggestion(text string, symbols []string) string {
	const alike = 3 // Fewer letters in common say nothing.
	for n := len(text) - 1; n >= alike; n-- {
		if near := beginWith(text[:n], symbols); len(near) > 0 {
			return "; " + text[:n] + " begins " + strings.Join(near, ", ")
		}
	}
	return "; `clearhour trade markets` shows what is"
}

// symbols lists what is traded.
func (t *trader) symbols(ctx context.Context) ([]string, error) {
	body, err := t.get(ctx, "/v1/instruments")
	if err != nil {
		return nil, err
	}
	var a struct{ Instruments []struct{ Symbol string } }
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, failed(err)
	}
	list := make([]string, len(a.Instruments))
	for i := range list {
		list[i] = a.Instruments[i].Symbol
	}
	return list, nil
}

// completion offers symbols to the shell for the first most arguments.
func (t *trader) completion(most int) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list, err := t.symbols(c.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return beginWith(text, list), cobra.ShellCompDirectiveNoFileComp
	}
}
