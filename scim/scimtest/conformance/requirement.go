package conformance

import (
	"slices"
	"strconv"
	"strings"
)

// Level is how binding a requirement is (RFC 2119).
type Level string

// The levels: SHALL counts as must; may is what a server need not do, and then
// has to do in this way.
const (
	Must   Level = "must"
	Should Level = "should"
	May    Level = "may"
)

// Requirement is one demand of an RFC that can be checked from outside.
type Requirement struct {
	ID       string    `json:"id"` // RFC-section-number: 7644-3.5.2-04
	RFC      int       `json:"rfc"`
	Section  string    `json:"section"`
	Level    Level     `json:"level"`
	Area     string    `json:"area"`
	Text     string    `json:"text"`
	Features []Feature `json:"features,omitempty"` // all of which the server must offer
	Needs    []string  `json:"needs,omitempty"`    // attributes that the server's schemas must define
	Checks   []Check   `json:"-"`
}

// Check is one way to see whether a requirement is met.
type Check struct {
	Name string // "" if the requirement has but one
	run  func(*probe)
}

// must, should and may begin a requirement. The id holds the RFC and section.
func must(id, text string, run func(*probe)) Requirement { return require(id, Must, text, run) }

func should(id, text string, run func(*probe)) Requirement { return require(id, Should, text, run) }

func may(id, text string, run func(*probe)) Requirement { return require(id, May, text, run) }

func require(id string, level Level, text string, run func(*probe)) Requirement {
	rfc, rest, _ := strings.Cut(id, "-")
	section, _, _ := strings.Cut(rest, "-")
	number, _ := strconv.Atoi(rfc) // the test of the catalogue refuses any other
	return Requirement{ID: id, RFC: number, Section: section, Level: level, Text: text, Checks: []Check{{run: run}}}
}

// when names features without which the requirement does not apply.
func (r Requirement) when(features ...Feature) Requirement {
	r.Features = append(slices.Clip(r.Features), features...)
	return r
}

// needs names attributes that the check uses: "title", "emails.type",
// "enterprise:department", "group:members".
func (r Requirement) needs(attributes ...string) Requirement {
	r.Needs = append(slices.Clip(r.Needs), attributes...)
	return r
}

// also adds a check; the first one gets its name from first.
func (r Requirement) also(first, name string, run func(*probe)) Requirement {
	r.Checks = append(slices.Clone(r.Checks), Check{Name: name, run: run})
	if first != "" {
		r.Checks[0].Name = first
	}
	return r
}

// area is a group of requirements under one heading, all of which need the
// given features.
func area(name string, features []Feature, all ...Requirement) []Requirement {
	for i := range all {
		all[i].Area = name
		all[i].Features = append(slices.Clone(features), all[i].Features...)
	}
	return all
}
