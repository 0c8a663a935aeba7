package conformance_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
)

// identifier is the form of an id: RFC, section, number.
var identifier = regexp.MustCompile(`^(7643|7644|9865)-([1-9]\d*(?:\.[1-9]\d*)*)-(\d\d)$`)

func TestCatalogue(t *testing.T) {
	t.Parallel()
	all := conformance.Requirements()
	if len(all) < 170 {
		t.Errorf("%d requirements, want at least 170", len(all))
	}
	ids, sentences := map[string]bool{}, map[string]string{}
	for _, r := range all {
		m := identifier.FindStringSubmatch(r.ID)
		if m == nil {
			t.Errorf("%q is no well-formed id", r.ID)
			continue
		}
		if fmt.Sprint(r.RFC) != m[1] || r.Section != m[2] {
			t.Errorf("%s says RFC %d section %s", r.ID, r.RFC, r.Section)
		}
		if ids[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		ids[r.ID] = true
		if other, twice := sentences[r.Text]; twice {
			t.Errorf("%s says the same as %s", r.ID, other)
		}
		sentences[r.Text] = r.ID
		checkRequirement(t, r)
	}
}

func checkRequirement(t *testing.T, r conformance.Requirement) {
	t.Helper()
	if r.Level != conformance.Must && r.Level != conformance.Should && r.Level != conformance.May {
		t.Errorf("%s has the level %q", r.ID, r.Level)
	}
	if len(r.Text) < 20 || !strings.HasSuffix(r.Text, ".") || strings.Count(r.Text, ". ") > 0 {
		t.Errorf("%s is not one sentence: %q", r.ID, r.Text)
	}
	if r.Area == "" {
		t.Errorf("%s has no area", r.ID)
	}
	if len(r.Checks) == 0 {
		t.Errorf("%s has no check", r.ID)
	}
}

// TestNumbersHaveNoGaps: a number is never given away silently, so that a report
// from last year still means the same.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	ids, sections := map[string]bool{}, map[string]int{}
	for _, r := range conformance.Requirements() {
		ids[r.ID] = true
		sections[fmt.Sprintf("%d-%s", r.RFC, r.Section)]++
	}
	for section, n := range sections {
		for i := 1; i <= n; i++ {
			if id := fmt.Sprintf("%s-%02d", section, i); !ids[id] {
				t.Errorf("%s has %d requirements, but there is no %s", section, n, id)
			}
		}
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	all := conformance.Requirements()
	for _, tc := range []struct {
		pattern string
		least   int
		holds   func(conformance.Requirement) bool
	}{
		{"", len(all), func(conformance.Requirement) bool { return true }},
		{"7644-3.3-01", 1, func(r conformance.Requirement) bool { return r.ID == "7644-3.3-01" }},
		{"7644-3.5.2.?-*", 40, func(r conformance.Requirement) bool { return strings.HasPrefix(r.Section, "3.5.2.") }},
		{"sorting", 8, func(r conformance.Requirement) bool { return r.Area == "Sorting" }},
		{"SHOULD", 15, func(r conformance.Requirement) bool { return r.Level == conformance.Should }},
		{"cursor paging, 7644-3.6-*", 20, func(r conformance.Requirement) bool {
			return r.Area == "Cursor paging" || r.Section == "3.6"
		}},
	} {
		got, err := conformance.Select(all, tc.pattern)
		if err != nil || len(got) < tc.least {
			t.Errorf("%q selects %d, want at least %d: %v", tc.pattern, len(got), tc.least, err)
		}
		for _, r := range got {
			if !tc.holds(r) {
				t.Errorf("%q selects %s of %s", tc.pattern, r.ID, r.Area)
			}
		}
	}
	for _, pattern := range []string{"nothing-like-this", "[", "nothing-like-this,["} {
		if got, err := conformance.Select(all, pattern); err == nil {
			t.Errorf("%q selects %d", pattern, len(got))
		}
	}
}
