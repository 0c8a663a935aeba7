// Command cover prints statement coverage per package from a Go cover profile
// that several test binaries wrote, and fails below the floor.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// floor is the least statement coverage of the engine, in percent.
const floor = 90.0

type tally struct{ covered, all int }

func (t tally) percent() float64 { return 100 * float64(t.covered) / float64(max(t.all, 1)) }

func main() {
	if len(os.Args) != 2 {
		fail("usage: cover PROFILE")
	}
	packages, total, err := read(os.Args[1])
	if err != nil {
		fail(err.Error())
	}
	names := make([]string, 0, len(packages))
	for name := range packages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(os.Stdout, "%6.1f %%  %s\n", packages[name].percent(), name)
	}
	fmt.Fprintf(os.Stdout, "%6.1f %%  in all (floor %.0f %%)\n", total.percent(), floor)
	if total.percent() < floor {
		fail("coverage is below the floor")
	}
}

// read sums up a profile. A block is covered if any test binary ran it.
func read(file string) (map[string]tally, tally, error) {
	f, err := os.Open(file) //nolint:gosec // the profile that the Makefile names
	if err != nil {
		return nil, tally{}, fmt.Errorf("open profile: %w", err)
	}
	defer f.Close()
	statements, covered := map[string]int{}, map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var block string
		var n, count int
		if _, err := fmt.Sscanf(lines.Text(), "%s %d %d", &block, &n, &count); err != nil {
			continue // the mode line
		}
		statements[block] = n
		covered[block] = covered[block] || count > 0
	}
	packages, total := map[string]tally{}, tally{}
	for block, n := range statements {
		name := path.Dir(block[:strings.LastIndex(block, ":")])
		t := packages[name]
		t.all += n
		total.all += n
		if covered[block] {
			t.covered += n
			total.covered += n
		}
		packages[name] = t
	}
	return packages, total, lines.Err()
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
