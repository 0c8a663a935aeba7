//go:build unix

package bench

import (
	"syscall"
	"time"
)

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return 0 // it cannot fail
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
