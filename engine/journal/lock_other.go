//go:build !unix

package journal

import (
	"errors"
	"os"
)

func lockFile(*os.File) error {
	return errors.New("journal: no directory lock on this platform")
}
