package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the commands as people and programs call them.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROSTER_ADMIN_LISTEN", "off")
			env.Setenv("TZ", "UTC")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"keys": keys, "field": field, "exits": exits,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// object reads the one JSON object that the last command printed.
func object(ts *testscript.TestScript) map[string]any {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	var o map[string]any
	ts.Check(d.Decode(&o))
	if d.More() {
		ts.Fatalf("more than one JSON value on standard output")
	}
	return o
}

// keys NAME… checks that the answer has exactly these keys.
func keys(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("keys cannot be negated")
	}
	got := slices.Sorted(maps.Keys(object(ts)))
	if want := slices.Sorted(slices.Values(args)); !slices.Equal(got, want) {
		ts.Fatalf("the answer has the keys %v, want %v", got, want)
	}
}

// field NAME VARIABLE keeps a text of the answer in a variable.
func field(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: field NAME VARIABLE")
	}
	text, ok := object(ts)[args[0]].(string)
	if !ok {
		ts.Fatalf("the answer has no text %q", args[0])
	}
	ts.Setenv(args[1], text)
}

// exits CODE ARG… runs roster and checks its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE ARG…")
	}
	code := "0"
	if err := ts.Exec("roster", args[1:]...); err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}
