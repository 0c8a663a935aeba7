package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// Units of figures.
const (
	perSecond = "/s"
	micros    = "µs"
	millis    = "ms"
	megabytes = "MB"
)

// report is everything that was measured.
type report struct {
	Machine machine   `json:"machine"`
	Command string    `json:"command"`
	Began   time.Time `json:"began"`
	Seconds float64   `json:"seconds"`
	Rows    []row     `json:"rows"`
	Notes   []string  `json:"notes,omitempty"`
}

// markdown writes the report in the form in which it stands in the README.
func (r *report) markdown(w io.Writer) {
	fmt.Fprintf(w, "`%s` on %s, %s in %s.\n", r.Command, r.Machine, r.Began.UTC().Format("2006-01-02 15:04 UTC"),
		(time.Duration(r.Seconds) * time.Second).String())
	for _, note := range r.Notes {
		fmt.Fprintf(w, "\n%s\n", note)
	}
	section := ""
	for i := range r.Rows {
		if at := &r.Rows[i]; at.Section != section {
			section = at.Section
			fmt.Fprintf(w, "\n### %s\n\n", titleOf(section))
			fmt.Fprintln(w, "| work | conns | figure | p50 / p99 | held against | ratio | target | CPU µs per request |")
			fmt.Fprintln(w, "|---|--:|--:|--:|---|--:|---|---|")
		}
		fmt.Fprintln(w, r.Rows[i].markdown())
	}
}

func (r *row) markdown() string {
	cells := []string{r.Work, "", quantity(r.Figure, r.Unit), "", "", "", "", r.costs()}
	if r.Connections > 0 {
		cells[1] = strconv.Itoa(r.Connections)
	}
	if r.P50 > 0 {
		cells[3] = latency(r.P50) + " / " + latency(r.P99)
	}
	if r.Against != "" {
		cells[4] = r.Against + " " + quantity(r.Limit, r.Unit)
		cells[5] = r.ratio()
	}
	if r.Goal != nil {
		cells[6] = r.goal()
	}
	if r.Note != "" {
		cells[0] += " (" + r.Note + ")"
	}
	if r.Errors > 0 {
		cells[0] += fmt.Sprintf(" **%d wrong answers**", r.Errors)
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// ratio has the range of the rounds if there were several.
func (r *row) ratio() string {
	text := strconv.FormatFloat(r.Ratio, 'f', 2, 64)
	if r.Low != r.High {
		text += fmt.Sprintf(" (%.2f–%.2f)", r.Low, r.High)
	}
	return text
}

func (r *row) goal() string {
	sign, value := "≥", strconv.FormatFloat(r.Goal.Value, 'f', 2, 64)
	if r.Goal.Most {
		sign = "≤"
	}
	if r.Goal.Figure {
		sign, value = "<", quantity(r.Goal.Value, r.Unit)
	}
	if r.Met != nil && *r.Met {
		return sign + " " + value + " ✓"
	}
	return sign + " " + value + " **missed**"
}

// costs is the processor time of each part, and of the load generator.
func (r *row) costs() string {
	var each []string
	for _, p := range parts {
		if us := r.CPU[p]; us > 0 {
			each = append(each, string(p)+" "+number(us))
		}
	}
	if r.Client > 0 {
		each = append(each, "load "+number(r.Client))
	}
	return strings.Join(each, ", ")
}

func latency(us float64) string {
	if us >= 1000 {
		return number(us/1000) + " ms"
	}
	return number(us) + " µs"
}

func quantity(v float64, unit string) string {
	if unit == micros {
		return latency(v)
	}
	return number(v) + " " + unit
}

// number has three digits that mean something, and commas between thousands.
func number(v float64) string {
	v = significant(v)
	text := strconv.FormatFloat(v, 'f', -1, 64)
	whole, rest, _ := strings.Cut(text, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return whole
}

// save writes the figures as JSON, all of them or none.
func (r *report) save(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	next := path + ".next"
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil { //nolint:gosec // the operator's choice
		return err
	}
	return os.Rename(next, path) //nolint:gosec // as above
}
