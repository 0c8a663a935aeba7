package conformance_test

import (
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
)

// TestOwnServer: our own handler meets all that it announces, the shoulds too,
// and nothing of the run stays behind.
func TestOwnServer(t *testing.T) {
	t.Parallel()
	target := start(t).connection(nil)
	check := inhabit(t, target)
	report := conformance.Test(t, target, conformance.Options{})
	check(t)
	for _, r := range report.Results {
		if r.Outcome == conformance.Warning && r.Level == conformance.Should {
			t.Errorf("%s %s\n%s", r.ID, r.Text, r.Details())
		}
		if r.Outcome == conformance.Skipped {
			t.Logf("skipped %s: %s", r.ID, r.Reason)
		}
	}
	t.Logf("%+v, %d requests, %.1f s", report.Summary, report.Requests, report.Seconds)
}
