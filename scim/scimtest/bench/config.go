package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Config says what a run does.
type Config struct {
	Targets []Target
	Ops     []Op // empty: all

	Connections int           // how many requests are under way at a time
	Duration    time.Duration // of each operation
	Requests    int           // of each operation; 0: Duration counts
	Warmup      time.Duration // of each operation; not measured
	Timeout     time.Duration // of one answer
	Settle      time.Duration // how long a server is left alone after it was filled

	Users      []int // directory sizes, ascending; people in all targets together
	GroupSizes []int // ascending
	Groups     int   // groups of each size
	PageSize   int
	Batch      int // members in a request of OpBatch
	Depth      int // percent of the directory that OpPageDeep and OpCursorDeep skip

	Cleanup  bool     // take away what was made
	Progress Progress // nil: nobody watches
}

// Bounds of what can be asked for.
const (
	MaxConnections = 4096
	MaxUsers       = 50_000_000
	MaxGroupSize   = 5_000_000
	MaxGroups      = 10_000
	MaxPageSize    = 10_000
	MaxBatch       = 10_000
)

// Progress is told how a run comes along. Its methods are called one at a time.
type Progress interface {
	// Begin says that a stage starts, which has so many parts.
	Begin(stage string, parts int)
	// Advance says that one more part of the stage is done.
	Advance(stage string)
	// End says that the stage is over, complete or not.
	End(stage string)
}

// silent is the Progress of a run that nobody watches.
type silent struct{}

func (silent) Begin(string, int) {}
func (silent) Advance(string)    {}
func (silent) End(string)        {}

// check refuses what makes no sense, by the names that the command's flags have.
func (c *Config) check() error {
	for _, number := range []struct {
		name            string
		value, from, to int
	}{
		{"connections", c.Connections, 1, MaxConnections}, {"groups", c.Groups, 1, MaxGroups},
		{"page-size", c.PageSize, 1, MaxPageSize}, {"batch", c.Batch, 1, MaxBatch}, {"depth", c.Depth, 0, 99},
		{"requests", c.Requests, 0, 1 << 40},
	} {
		if number.value < number.from || number.value > number.to {
			return fmt.Errorf("%s: give a number from %d to %d", number.name, number.from, number.to)
		}
	}
	switch {
	case len(c.Targets) == 0:
		return errors.New("no target is named")
	case c.Duration <= 0 && c.Requests == 0:
		return errors.New("duration must be more than nothing")
	case c.Timeout <= 0:
		return errors.New("timeout must be more than nothing")
	case c.Warmup < 0:
		return errors.New("warmup must not be negative")
	case c.Settle < 0:
		return errors.New("settle must not be negative")
	}
	if err := checkSizes("users", c.Users, len(c.Targets), MaxUsers); err != nil {
		return err
	}
	if err := checkSizes("group-sizes", c.GroupSizes, 1, MaxGroupSize); err != nil {
		return err
	}
	for _, op := range c.Ops {
		if !slices.Contains(Ops(), op) {
			return fmt.Errorf("ops: there is no operation %q", op)
		}
	}
	return nil
}

func checkSizes(name string, sizes []int, from, to int) error {
	if len(sizes) == 0 {
		return fmt.Errorf("%s: name at least one size", name)
	}
	for i, size := range sizes {
		if size < from || size > to {
			return fmt.Errorf("%s: give numbers from %d to %d", name, from, to)
		}
		if i > 0 && size <= sizes[i-1] {
			return fmt.Errorf("%s: give ascending numbers", name)
		}
	}
	return nil
}
