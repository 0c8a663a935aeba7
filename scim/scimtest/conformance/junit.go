package conformance

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Name    string       `xml:"name,attr"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Errors    int         `xml:"errors,attr"`
	Seconds   string      `xml:"time,attr"`
	Cases     []junitCase `xml:"testcase"`
	seconds   float64
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Seconds   string        `xml:"time,attr"`
	Failure   *junitMessage `xml:"failure,omitempty"`
	Skipped   *junitMessage `xml:"skipped,omitempty"`
	Error     *junitMessage `xml:"error,omitempty"`
	Output    string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the report in the format that CI systems read: an area is a
// suite, a failed must a failure, a blocked one an error, a warning output.
func (r *Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Name: "SCIM conformance of " + r.Target}
	index := map[string]int{}
	for _, result := range r.Results {
		i, ok := index[result.Area]
		if !ok {
			i = len(all.Suites)
			index[result.Area] = i
			all.Suites = append(all.Suites, junitSuite{Name: result.Area, Timestamp: r.Started.UTC().Format(time.RFC3339)})
		}
		all.Suites[i].add(result)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit report: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return fmt.Errorf("write JUnit report: %w", err)
	}
	return nil
}

func (s *junitSuite) add(result Result) {
	c := junitCase{
		Name:      result.ID + " " + printable(result.Text),
		ClassName: "scim." + strings.ReplaceAll(result.Area, " ", "-"),
		Seconds:   fmt.Sprintf("%.3f", result.Seconds),
	}
	switch result.Outcome {
	case Passed:
	case Failed:
		s.Failures++
		c.Failure = &junitMessage{Message: headline(result), Text: printable(result.Details())}
	case Warning:
		c.Output = printable(result.Details())
	case Skipped:
		s.Skipped++
		c.Skipped = &junitMessage{Message: printable(result.Reason)}
	case Blocked:
		s.Errors++
		c.Error = &junitMessage{Message: "blocked", Text: printable(result.Reason)}
	}
	s.Tests++
	s.seconds += result.Seconds
	s.Seconds = fmt.Sprintf("%.3f", s.seconds)
	s.Cases = append(s.Cases, c)
}

func headline(r Result) string {
	if len(r.Failures) == 0 {
		return string(r.Outcome)
	}
	return printable("expected " + r.Failures[0].Expected + ", got " + r.Failures[0].Got)
}

// printable takes out what XML 1.0 cannot hold.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < 0x20 && c != '\n' && c != '\t' || c == 0xFFFE || c == 0xFFFF {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
