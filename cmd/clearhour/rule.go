package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/cmd/clearhour/rule"
)

func ruleCommand() *cobra.Command {
	var list, shape bool
	c := &cobra.Command{
		Use:   "rule ID",
		Short: "Run one rule of the venue on an input of your own",
		Long: "rule reads the input of one rule of docs/spec as JSON on standard input and writes its output as JSON. It calls\n" +
			"the function that the venue itself calls. Decimals are strings, quantities whole numbers.\n\n" +
			"Exit codes: 0 done, 1 the input was refused, 2 the command line was wrong.",
		Example: "  clearhour rule --list\n  clearhour rule MAR-09 --shape\n  clearhour rule MAR-09 < input.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case list && len(args) == 0 && !shape:
				return failed(listRules(c.OutOrStdout()))
			case list:
				return errors.New("rule: --list goes alone")
			case len(args) == 0:
				return errors.New("rule: which one? Try: clearhour rule --list")
			}
			r, err := findRule(args[0])
			if err != nil {
				return err
			}
			if shape {
				_, err := fmt.Fprintf(c.OutOrStdout(), "in   %s\nout  %s\n", r.In, r.Out)
				return failed(err)
			}
			return failed(runRule(c.OutOrStdout(), c.InOrStdin(), r))
		},
	}
	c.Flags().BoolVar(&list, "list", false, "list the rules with the fields of their input and output")
	c.Flags().BoolVar(&shape, "shape", false, "show the JSON of input and output instead of running the rule")
	return c
}

func listRules(out io.Writer) error {
	for _, r := range rule.List() {
		if _, err := fmt.Fprintf(out, "%-7s  %s\n         in   %s\n         out  %s\n", r.ID, r.Title, r.In, r.Out); err != nil {
			return err
		}
	}
	return nil
}

// findRule returns the rule with the id, or says which ids its group has.
func findRule(id string) (*rule.Rule, error) {
	group, _, _ := strings.Cut(strings.ToUpper(id), "-")
	var near []string
	for _, r := range rule.List() {
		if strings.EqualFold(r.ID, id) {
			return &r, nil
		}
		if strings.HasPrefix(r.ID, group+"-") {
			near = append(near, r.ID)
		}
	}
	err := fmt.Errorf("%w: try: clearhour rule --list", &rule.UnknownError{ID: id})
	if len(near) > 0 {
		err = fmt.Errorf("%w: there are %s", &rule.UnknownError{ID: id}, strings.Join(near, ", "))
	}
	return nil, err
}

// runRule reads all of the input and writes the output, or nothing.
func runRule(out io.Writer, in io.Reader, r *rule.Rule) error {
	raw, err := io.ReadAll(io.LimitReader(in, rule.MaxInput+1))
	if err != nil {
		return fmt.Errorf("rule %s: read input: %w", r.ID, err)
	}
	answer, err := r.Run(raw)
	if err != nil {
		return fmt.Errorf("rule %s: %w (clearhour rule %s --shape shows what is read)", r.ID, err, r.ID)
	}
	_, err = out.Write(answer)
	return err
}
