package idp

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Scenario is what a run plays.
type Scenario string

// The scenarios.
const (
	FirstCycle Scenario = "first-cycle"
	Leaver     Scenario = "leaver"
	Rename     Scenario = "rename"
	Rehire     Scenario = "rehire"
	BigGroup   Scenario = "big-group"
	TwoAtOnce  Scenario = "two-at-once"
	WrongToken Scenario = "wrong-token"
)

// script is a scenario's definition.
type script struct {
	name  Scenario
	about string
	users int // unless the caller says how many
	play  func(*run, context.Context) error
}

var scripts = []script{
	{FirstCycle, "provision a company: users, groups, memberships, managers", 100, (*run).firstCycle},
	{Leaver, "people leave: deactivated, and by some providers deleted later", 100, (*run).leaver},
	{Rename, "people and a group get other names", 100, (*run).rename},
	{Rehire, "people leave and come back to the account they had", 100, (*run).rehire},
	{BigGroup, "a group with everybody in it: filled, replaced, thinned out, deleted", 20_000, (*run).bigGroup},
	{TwoAtOnce, "two cycles provision the same company at the same time", 100, (*run).twoAtOnce},
	{WrongToken, "requests that must be refused", 1, (*run).wrongToken},
}

// Scenarios lists them all.
func Scenarios() []Scenario {
	names := make([]Scenario, len(scripts))
	for i, s := range scripts {
		names[i] = s.name
	}
	return names
}

// About says in a line what the scenario plays.
func (s Scenario) About() string {
	if found, err := s.script(); err == nil {
		return found.about
	}
	return ""
}

func (s Scenario) script() (script, error) {
	i := slices.IndexFunc(scripts, func(each script) bool { return each.name == s })
	if i < 0 {
		return script{}, fmt.Errorf("there is no scenario %q; there are %s", s, join(Scenarios()))
	}
	return scripts[i], nil
}

// ParseScenario reads the name of a scenario.
func ParseScenario(name string) (Scenario, error) {
	s, err := Scenario(strings.ToLower(name)).script()
	return s.name, err
}
