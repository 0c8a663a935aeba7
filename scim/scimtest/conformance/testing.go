package conformance

import (
	"context"
	"testing"
)

// Test checks a server from a Go test, each requirement as a subtest. A must
// that is not met or could not be checked fails; a should that is not met is
// logged; what does not apply is skipped. The report is for those who demand more.
func Test(t *testing.T, target Target, options Options) *Report {
	t.Helper()
	r, err := begin(t.Context(), target, options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), r.options.Limit)
	defer cancel()
	for _, requirement := range r.todo {
		t.Run(requirement.ID, func(t *testing.T) {
			result := r.next(ctx, requirement)
			switch result.Outcome {
			case Passed:
			case Failed, Blocked:
				t.Errorf("%s\n%s", result.Text, result.Details())
			case Warning:
				t.Logf("%s: %s\n%s", result.Level, result.Text, result.Details())
			case Skipped:
				t.Skip(result.Reason)
			}
		})
	}
	report := r.end(ctx)
	if report.Aborted != "" {
		t.Errorf("the run ended early: %s", report.Aborted)
	}
	if len(report.Leftovers) > 0 {
		t.Errorf("these resources could not be taken away: %v", report.Leftovers)
	}
	return report
}
