package conformance_test

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
)

// fault is a way in which a server can be wrong, and the requirements that it
// breaks.
type fault struct {
	name          string
	before, after func(*traffic)
	found         string // comma-separated ids
}

// TestFaults: the suite finds each of the faults, by the requirements it breaks.
func TestFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, group := range [][]fault{createFaults, listFaults, patchFaults, otherFaults, bulkFaults} {
		for _, f := range group {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				checkFault(t, s, f)
			})
		}
	}
}

func checkFault(t *testing.T, s *server, f fault) {
	t.Helper()
	report, err := conformance.Run(t.Context(), s.connection(spoil(f.before, f.after)), conformance.Options{Only: f.found})
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Count(f.found, ",") + 1; len(report.Results) != want {
		t.Fatalf("%d requirements were checked, want %d", len(report.Results), want)
	}
	broken := false
	for _, r := range report.Results {
		if r.Outcome != conformance.Failed && r.Outcome != conformance.Warning {
			t.Errorf("%s is %s: %s %s", r.ID, r.Outcome, r.Text, r.Details())
		}
		broken = broken || r.Outcome == conformance.Failed
		for _, failure := range r.Failures {
			if failure.Expected == "" || failure.Got == "" || failure.Exchange == nil || failure.Exchange.Status == 0 {
				t.Errorf("%s does not say what is wrong: %s", r.ID, failure)
			}
		}
	}
	if report.OK() == broken {
		t.Errorf("OK is %t with %+v", report.OK(), report.Summary)
	}
}
