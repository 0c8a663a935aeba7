package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	roster      string // the binary that is measured, and measures
	only        []string
	full        bool
	duration    time.Duration
	warmup      time.Duration
	rounds      int
	users       int
	tenants     int
	connections int
	dir         string
	json        string
}

// parseOptions reads the command line. Errors of flag have been shown with the help.
func parseOptions(args []string, stderr io.Writer) (o options, err error) {
	var only string
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.roster, "roster", "bin/roster", "the built binary")
	flags.StringVar(&only, "only", "", "sections to run, such as sqlite,postgres; default: all\n"+listSections())
	flags.BoolVar(&o.full, "full", false, "directories up to 1,000,000 users, groups up to 100,000 members, 10,000 tenants")
	flags.DurationVar(&o.duration, "duration", 3*time.Second, "how long each operation and each limit is measured")
	flags.DurationVar(&o.warmup, "warmup", 2*time.Second, "how long each operation runs before that")
	flags.IntVar(&o.rounds, "rounds", 3, "how often Roster and the machine's limits take turns")
	flags.IntVar(&o.users, "users", 10_000, "people in a directory")
	flags.IntVar(&o.tenants, "tenants", 100, "tenants that people are spread over where there are many")
	flags.IntVar(&o.connections, "connections", 8, "connections at a time")
	flags.StringVar(&o.dir, "dir", "", "where databases are put; default: the system's directory for temporary files")
	flags.StringVar(&o.json, "json", "", "a file for the figures as JSON")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	return o, o.check(flags.NArg())
}

func (o *options) check(rest int) error {
	switch {
	case rest > 0:
		return errors.New("there are no arguments, only flags; see -help")
	case o.duration <= 0, o.warmup < 0:
		return errors.New("-duration must be longer, and -warmup not negative")
	case o.rounds < 1, o.users < 200, o.connections < 1, o.tenants < 1:
		return errors.New("-rounds, -connections and -tenants must be at least 1, -users at least 200")
	}
	for _, name := range o.only {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			return fmt.Errorf("-only: there is no section %q; there are:\n%s", name, listSections())
		}
	}
	return nil
}

// wants reports whether a section is to run.
func (o *options) wants(name string) bool {
	return len(o.only) == 0 || slices.Contains(o.only, name)
}

// listSections says what there is to choose from.
func listSections() string {
	var b strings.Builder
	for _, s := range sections {
		fmt.Fprintf(&b, "  %-15s %s\n", s.name, s.about)
	}
	return b.String()
}
