package sequencer

import (
	"time"

	"github.com/clearhour/clearhour/venue"
)

// systemClock is the seam between the world's time and the core's.
func systemClock() venue.Time { return venue.Time(time.Now().UnixNano()) }
