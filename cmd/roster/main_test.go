package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

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
	testscript.Main(m, map[string]func(){"roster": main})
}
