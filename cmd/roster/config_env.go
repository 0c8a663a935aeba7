package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// envPrefix begins every variable that is ours.
const envPrefix = "ROSTER_"

// environment gives flags their value from the variable that their setting tag
// names. An empty variable counts as unset. The variables are an argument, not
// the process's, so that tests can run side by side.
func environment(env []string) kong.Resolver {
	values := make(map[string]string)
	for _, line := range env {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, envPrefix) && value != "" {
			values[name] = value
		}
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if value, ok := values[flag.Tag.Get("setting")]; ok {
			return value, nil
		}
		return nil, nil //nolint:nilnil // kong's way to say that there is no value
	})
}

// describeSetting adds the variable to a flag's help.
func describeSetting(value *kong.Value) string {
	if name := value.Tag.Get("setting"); name != "" {
		return value.Help + " $" + name
	}
	return value.Help
}

// checkEnvironment refuses ROSTER_ variables that set nothing.
func checkEnvironment(app *kong.Application, env []string) error {
	var known []string
	for _, flag := range app.Flags {
		if name := flag.Tag.Get("setting"); name != "" {
			known = append(known, name)
		}
	}
	for _, line := range env {
		name, _, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(known, name) {
			return fmt.Errorf("the environment variable %s is not a setting; %s", name, suggest(name, known))
		}
	}
	return nil
}

// suggest names what somebody may have meant.
func suggest(name string, known []string) string {
	best, bestDistance := "", len(name)/3+1
	for _, candidate := range known {
		if d := distance(name, candidate); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	if best == "" {
		return "there are " + strings.Join(known, ", ")
	}
	return "did you mean " + best + "?"
}

// distance is how many characters must be put in, taken out or replaced to turn
// a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
