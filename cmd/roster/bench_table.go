package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// describeBench is the report for people: what was filled, a table, what went
// wrong, a verdict.
func describeBench(w io.Writer, r *bench.Report) {
	fmt.Fprintf(w, "%s, %s, %s, run %s\n\n", printable(r.URL), counted(r.Targets, "target"), counted(r.Connections, "connection"), r.Run)
	tabulateFills(w, r)
	tabulateResults(w, r)
	itemise(w, "Wrong answers", r.ProblemCount, printableProblems(r.Problems))
	if left := r.LeftBehind; left.Users+left.Groups > 0 {
		fmt.Fprintf(w, "Left behind: %s and %s with bench-%s in their names. Delete the connection, or use --cleanup next time.\n",
			counted(left.Users, "made-up user"), counted(left.Groups, "group"), r.Run)
	}
	fmt.Fprintln(w, benchVerdict(r))
}

func tabulateFills(w io.Writer, r *bench.Report) {
	if len(r.Fills) == 0 {
		return
	}
	rows := make([][]string, len(r.Fills))
	for i, f := range r.Fills {
		how, size := "one by one", f.Users
		switch {
		case f.What == "members":
			how, size = "by PATCH", f.GroupSize
		case r.Bulk:
			how = "by Bulk"
		}
		rows[i] = []string{f.What, strconv.Itoa(size), strconv.Itoa(f.Made), how, duration(time.Duration(f.Seconds * float64(time.Second))), rate(f.PerSecond)}
	}
	table(w, []string{"FILLED", "SIZE", "MADE", "HOW", "TIME", "PER SECOND"}, rows)
	fmt.Fprintln(w)
}

func tabulateResults(w io.Writer, r *bench.Report) {
	rows := make([][]string, 0, len(r.Results))
	for _, each := range r.Results {
		if each.Skipped != "" {
			continue
		}
		row := append([]string{string(each.Op), strconv.Itoa(each.Users), blank(each.GroupSize)}, figureCells(each.Figures)...)
		rows = append(rows, append(row, size(each.ReceivedBytes), micros(each.ClientCPU)))
		if len(each.Steps) > 1 {
			for _, s := range each.Steps {
				rows = append(rows, append(append([]string{"  " + s.Step, "", ""}, figureCells(s.Figures)...), "", ""))
			}
		}
	}
	table(w, []string{"OPERATION", "USERS", "GROUP", "PER SECOND", "P50", "P95", "P99", "MAX", "ERRORS", "RECEIVED", "OWN CPU"}, rows)
	fmt.Fprintln(w)
	for _, each := range r.Results {
		if each.Skipped != "" {
			fmt.Fprintf(w, "Not measured: %s: %s.\n", each.Op, each.Skipped)
		}
	}
}

func figureCells(f bench.Figures) []string {
	return []string{rate(f.RPS), micros(f.P50), micros(f.P95), micros(f.P99), micros(f.Max), strconv.FormatUint(f.Errors, 10)}
}

// rate is short: three digits are all that it means anything to.
func rate(perSecond float64) string {
	if perSecond < 100 {
		return strconv.FormatFloat(perSecond, 'f', 1, 64)
	}
	return strconv.FormatFloat(perSecond, 'f', 0, 64)
}

func micros(us float64) string {
	switch {
	case us == 0:
		return "·"
	case us < 1000:
		return strconv.FormatFloat(us, 'f', 0, 64) + "µs"
	case us < 1e6:
		return strconv.FormatFloat(us/1e3, 'f', 1, 64) + "ms"
	default:
		return strconv.FormatFloat(us/1e6, 'f', 1, 64) + "s"
	}
}

func blank(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// printableProblem is one with what a server sent made harmless for a terminal.
type printableProblem struct{ bench.Problem }

func (p printableProblem) String() string { return printable(p.Problem.String()) }

func printableProblems(all []bench.Problem) []printableProblem {
	out := make([]printableProblem, len(all))
	for i, p := range all {
		out[i] = printableProblem{p}
	}
	return out
}

func benchVerdict(r *bench.Report) string {
	end := fmt.Sprintf("(%.1f s)", r.Seconds)
	switch {
	case r.Stopped != "":
		return "The run did not finish: " + printable(r.Stopped) + ". " + end
	case r.ProblemCount > 0:
		return counted(r.ProblemCount, "answer") + " wrong. The rates are of right answers only. " + end
	default:
		return "Every answer was right. " + end
	}
}
