package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestSectionsAreChosen(t *testing.T) {
	t.Parallel()
	all, err := parseOptions(nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	some, err := parseOptions([]string{"-only", "sqlite,scimmy", "-duration", "1s"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var chosen []string
	for _, s := range sections {
		if !all.wants(s.name) {
			t.Errorf("%s is not run unless it is asked for", s.name)
		}
		if some.wants(s.name) {
			chosen = append(chosen, s.name)
		}
	}
	if !slices.Equal(chosen, []string{"sqlite", "scimmy"}) {
		t.Errorf("%v", chosen)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"-only=oracle", `no section "oracle"`}, {"-rounds=0", "at least 1"}, {"-users=10", "at least 200"},
		{"-duration=0s", "-duration"}, {"-warmup=-1s", "-warmup"}, {"sqlite", "no arguments"}, {"-x", "not defined"},
	} {
		_, err := parseOptions([]string{c[0]}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v", c[0], err)
		}
	}
}

func TestHelpListsSections(t *testing.T) {
	t.Parallel()
	var out, problems strings.Builder
	if code := load(t.Context(), []string{"-help"}, &out, &problems); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, s := range sections {
		if !strings.Contains(problems.String(), s.name) || !strings.Contains(problems.String(), s.about) {
			t.Errorf("no %s in\n%s", s.name, problems.String())
		}
	}
}

func TestWithoutABinary(t *testing.T) {
	t.Parallel()
	var problems strings.Builder
	if code := load(t.Context(), []string{"-roster", "/nowhere/roster"}, io.Discard, &problems); code != 1 || !strings.Contains(problems.String(), "make build") {
		t.Errorf("exit code %d: %s", code, problems.String())
	}
}
