package main

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// summarised prints at the end what ran where.
type summarised struct{ *testing.M }

// Run runs more tests at a time than there are processors, unless it is told how
// many: most of them wait for servers and for clocks.
func (m summarised) Run() int {
	const leastParallel = 4
	if err := flag.Set("test.parallel", strconv.Itoa(max(leastParallel, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	code := m.M.Run()
	ran.print(os.Stdout)
	return code
}

// TestMain makes this binary the command when it is called by its name, which
// scripts and the tests that kill a server do.
func TestMain(m *testing.M) {
	// Servers in processes of their own run side by side, and perhaps beside a
	// developer's: none takes the default admin address unless it is told to.
	if _, set := os.LookupEnv("ROSTER_ADMIN_LISTEN"); !set {
		if err := os.Setenv("ROSTER_ADMIN_LISTEN", adminOff); err != nil {
			panic(err)
		}
	}
	testscript.Main(summarised{m}, map[string]func(){"roster": main})
}
