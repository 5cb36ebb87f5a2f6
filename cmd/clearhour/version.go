package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/engine"
	"github.com/clearhour/clearhour/engine/journal"
	"github.com/clearhour/clearhour/venue/wire"
)

// release is set when a release is built: -ldflags "-X main.release=v1.2.3".
var release = "development build"

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print what this binary is and which formats it speaks",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			revision := "unknown revision"
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						revision = s.Value
					}
				}
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "clearhour %s (%s)\nlogic %d, wire %d, journal %d\n%s %s/%s\n",
				release, revision, engine.Version, wire.Version, journal.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
