package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
)

// describeConformance is the report for people: a table of the areas, what is
// not met with all that is needed to mend it, and a verdict.
func describeConformance(w io.Writer, r *conformance.Report, verbose bool) {
	fmt.Fprintf(w, "%s, run %s\n\n", printable(r.Target), r.RunID)
	tabulateAreas(w, r)
	if verbose {
		everyResult(w, r)
	}
	unmet(w, r, conformance.Failed, "Not met")
	unmet(w, r, conformance.Warning, "Not as it should be")
	reasons(w, r, conformance.Blocked, "Could not be checked")
	reasons(w, r, conformance.Skipped, "Skipped")
	for i, url := range r.Leftovers {
		if i == 0 {
			fmt.Fprintln(w, "\nThese resources could not be taken away; delete them by hand if they are the run's:")
		}
		fmt.Fprintln(w, "  "+printable(url))
	}
	fmt.Fprintf(w, "\n%s\n", judgement(r))
}

func tabulateAreas(w io.Writer, r *conformance.Report) {
	all := areas(r.Results)
	rows := make([][]string, len(all), len(all)+1)
	for i, a := range all {
		rows[i] = a.cells()
	}
	s := r.Summary
	total := areaCount{name: "All", counts: map[conformance.Outcome]int{conformance.Passed: s.Passed, conformance.Failed: s.Failed,
		conformance.Warning: s.Warnings, conformance.Skipped: s.Skipped, conformance.Blocked: s.Blocked}}
	table(w, []string{"AREA", "PASSED", "FAILED", "WARNINGS", "BLOCKED", "SKIPPED"}, append(rows, total.cells()))
}

type areaCount struct {
	name   string
	counts map[conformance.Outcome]int
}

// areas counts the outcomes of each area, in the order of the catalogue.
func areas(results []conformance.Result) []*areaCount {
	var out []*areaCount
	for _, r := range results {
		if len(out) == 0 || out[len(out)-1].name != r.Area {
			out = append(out, &areaCount{name: r.Area, counts: map[conformance.Outcome]int{}})
		}
		out[len(out)-1].counts[r.Outcome]++
	}
	return out
}

func (a *areaCount) cells() []string {
	out := [...]string{a.name, "·", "·", "·", "·", "·"}
	for i, o := range []conformance.Outcome{conformance.Passed, conformance.Failed, conformance.Warning, conformance.Blocked, conformance.Skipped} {
		if n := a.counts[o]; n > 0 {
			out[i+1] = strconv.Itoa(n)
		}
	}
	return out[:]
}

func everyResult(w io.Writer, r *conformance.Report) {
	area := ""
	for _, result := range r.Results {
		if result.Area != area {
			area = result.Area
			fmt.Fprintf(w, "\n%s\n", area)
		}
		fmt.Fprintf(w, "  %-8s %-18s %-6s %s\n", result.Outcome, result.ID, result.Level, result.Text)
	}
}

// unmet shows each failure whole: request, expected, got.
func unmet(w io.Writer, r *conformance.Report, outcome conformance.Outcome, heading string) {
	area := ""
	for _, result := range r.Results {
		if result.Outcome != outcome {
			continue
		}
		if area == "" {
			fmt.Fprintf(w, "\n%s:\n", heading)
		}
		if result.Area != area {
			area = result.Area
			fmt.Fprintf(w, "\n%s\n", area)
		}
		fmt.Fprintf(w, "\n  %s (%s, RFC %d section %s)\n  %s\n", result.ID, strings.ToUpper(string(result.Level)), result.RFC, result.Section, result.Text)
		for line := range strings.SplitSeq(result.Details(), "\n") {
			fmt.Fprintln(w, "    "+printable(line))
		}
	}
}

// reasons groups what was not checked by why.
func reasons(w io.Writer, r *conformance.Report, outcome conformance.Outcome, heading string) {
	var order []string
	ids := map[string][]string{}
	for _, result := range r.Results {
		if result.Outcome != outcome {
			continue
		}
		if ids[result.Reason] == nil {
			order = append(order, result.Reason)
		}
		ids[result.Reason] = append(ids[result.Reason], result.ID)
	}
	for i, reason := range order {
		if i == 0 {
			fmt.Fprintf(w, "\n%s:\n", heading)
		}
		fmt.Fprintf(w, "  %s\n    %s\n", printable(reason), shortened(ids[reason]))
	}
}

func shortened(ids []string) string {
	const most = 8
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
}

func judgement(r *conformance.Report) string {
	end := fmt.Sprintf("(%d requests, %.1f s)", r.Requests, r.Seconds)
	switch s := r.Summary; {
	case r.Aborted != "":
		return "The run did not finish: " + printable(r.Aborted) + ". " + end
	case s.Failed > 0:
		return fmt.Sprintf("%s not met. %s", counted(s.Failed, "binding requirement"), end)
	case s.Blocked > 0:
		return fmt.Sprintf("Nothing that could be checked is violated, but %s could not be. %s", counted(s.Blocked, "requirement"), end)
	case s.Warnings > 0:
		return fmt.Sprintf("Every binding requirement is met; %s not followed. %s", counted(s.Warnings, "recommendation"), end)
	default:
		return "Every requirement that applies is met. " + end
	}
}

func listRequirements(w io.Writer, all []conformance.Requirement) {
	area := ""
	for _, r := range all {
		if r.Area != area {
			area = r.Area
			fmt.Fprintf(w, "\n%s\n", area)
		}
		needs := make([]string, len(r.Features))
		for i, f := range r.Features {
			needs[i] = " [" + string(f) + "]"
		}
		fmt.Fprintf(w, "  %-18s %-6s %s%s\n", r.ID, r.Level, r.Text, strings.Join(needs, ""))
	}
	fmt.Fprintf(w, "\n%s\n", counted(len(all), "requirement"))
}
