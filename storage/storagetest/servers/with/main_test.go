package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandPassesExitCodesOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"success":    {[]string{"true"}, 0},
		"failure":    {[]string{"sh", "-c", "exit 7"}, 7},
		"by signal":  {[]string{"sh", "-c", "kill -TERM $$"}, 128 + 15},
		"no command": {[]string{"/nonexistent"}, 1},
		"variables":  {[]string{"sh", "-c", `test "$TEST_REDIS_URL" = redis://here`}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := command(c.args, []string{"TEST_REDIS_URL=redis://here"}); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
		})
	}
}

func TestRunWithoutCommandShowsUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--"}} {
		if got := run(args); got != 2 {
			t.Errorf("%q: exit code %d", args, got)
		}
	}
}

func TestRunNamesServers(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env")
	if got := run([]string{"--", "sh", "-c", `env >"$0"; exit 3`, file}); got != 3 {
		t.Errorf("exit code %d", got)
	}
	env, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"TEST_POSTGRES_URL=postgres://", "TEST_REDIS_URL=redis://", "TEST_REDIS_CLUSTER_URL=redis://"} {
		if !strings.Contains("\n"+string(env), "\n"+prefix) {
			t.Errorf("no %s…", prefix)
		}
	}
}
