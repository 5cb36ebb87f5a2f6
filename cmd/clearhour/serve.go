package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clearhour/clearhour/gateway"
)

// addTo registers the flags that serve and demo share.
func (s *settings) addTo(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.dir, "data", defaultData, "data directory: journal, outboxes, keys")
	f.StringVar(&s.listen, "listen", defaultListen, "address of the API and the page")
	f.StringVar(&s.ops, "ops", defaultOps, "address of /metrics, /healthz, /readyz for operators; empty for none")
	f.BoolVar(&s.unsynced, "unsynced", false, "do not sync the journal: survives a crash of the process, not of the machine")
}

func serveCommand() *cobra.Command {
	s := settings{limits: gateway.DefaultLimits()}
	var genesisFile string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run a venue",
		Long: "serve runs a venue from a data directory until Ctrl-C. What it lists is given once with --genesis (JSON) and\n" +
			"then lives in the journal; keys are made with `clearhour keys create`. For a venue to try, use `clearhour demo`.",
		Args: cobra.NoArgs,
	}
	s.addTo(c)
	c.Flags().StringVar(&s.certFile, "tls-cert", "", "certificate file; required unless the address is loopback")
	c.Flags().StringVar(&s.keyFile, "tls-key", "", "key file of the certificate")
	c.Flags().StringVar(&genesisFile, "genesis", "", "file with the instruments and accounts that the venue starts with")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := s.check(); err != nil {
			return err
		}
		return failed(serve(c, s, genesisFile))
	}
	return c
}

func serve(c *cobra.Command, s settings, genesisFile string) error {
	var g *genesis
	if genesisFile != "" {
		var err error
		if g, err = readGenesis(genesisFile); err != nil {
			return err
		}
	}
	v, err := openInstance(c.Context(), s, newLog(c.ErrOrStderr()))
	if err != nil {
		return err
	}
	if g != nil {
		err = v.setUp(c.Context(), g)
	}
	if err == nil && len(v.market.Instruments()) == 0 {
		err = fmt.Errorf("nothing is listed in %s: give --genesis FILE once, or try `clearhour demo`", s.dir)
	}
	if err != nil {
		return errors.Join(err, v.close())
	}
	v.open()
	v.log.Info("open", "api", v.url()+"/v1", "fix", "ws"+strings.TrimPrefix(v.url(), "http")+"/fix/v1", "data", s.dir)
	err = v.wait(c.Context())
	v.log.Info("closing")
	return errors.Join(err, v.close())
}
