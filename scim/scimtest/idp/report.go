package idp

import (
	"fmt"
	"time"
)

// How many problems and differences a report spells out; all of them are counted.
const (
	shownProblems    = 20
	shownDifferences = 20
)

// Report is what a run did and found.
type Report struct {
	Dialect  Dialect  `json:"dialect"`
	Scenario Scenario `json:"scenario"`
	Company  string   `json:"company"`
	Users    int      `json:"users"`  // in the company
	Groups   int      `json:"groups"` // in the company
	// Others counts what was in the directory before and is not the company's: it is left alone.
	Others int `json:"others"`

	Steps []Step `json:"steps"`
	// Problems are the first refused requests and wrong answers.
	Problems []Problem `json:"problems"`
	// Differences are the first places where the directory is not what was sent.
	Differences     []Difference `json:"differences"`
	DifferenceCount int          `json:"difference_count"`

	Complete   bool    `json:"complete"` // the scenario ran to its end and the directory was read back
	Stopped    string  `json:"stopped,omitempty"`
	Seconds    float64 `json:"seconds"`
	Successful bool    `json:"ok"`
}

// Step counts the requests of one kind. Sent = Accepted + Refused + Wrong, unless
// the run was stopped.
type Step struct {
	Name     string `json:"name"`
	Sent     int    `json:"sent"`     // requests, however often each was tried
	Accepted int    `json:"accepted"` // answered as they should be
	Existed  int    `json:"existed"`  // of the accepted: 409, and then found by look-up
	Refused  int    `json:"refused"`  // answered with a status that should not be
	Wrong    int    `json:"wrong"`    // the status was right, the answer was not

	Throttled int `json:"throttled"` // answers 429, each of which was waited for
	Retried   int `json:"retried"`   // tries beyond the first because of 5xx, timeouts and lost connections

	Seconds float64       `json:"seconds"` // from the first request of the kind to the last answer
	P50     time.Duration `json:"p50_ns"`
	P99     time.Duration `json:"p99_ns"`
}

// Problem is a request that was not answered as it should have been.
type Problem struct {
	Step     string `json:"step"`
	Request  string `json:"request"` // method and target, without the base URL
	Status   int    `json:"status,omitempty"`
	SCIMType string `json:"scim_type,omitempty"`
	Detail   string `json:"detail"`
	Refused  bool   `json:"refused"` // otherwise the answer was wrong
}

func (p Problem) String() string {
	kind := "wrong answer"
	if p.Refused {
		kind = "refused"
	}
	status := ""
	if p.Status != 0 {
		status = fmt.Sprintf(" %d", p.Status)
	}
	if p.SCIMType != "" {
		status += " " + p.SCIMType
	}
	return fmt.Sprintf("%s: %s %s%s: %s", p.Step, p.Request, kind, status, p.Detail)
}

// Difference is a place where the directory is not what was sent.
type Difference struct {
	Resource  string `json:"resource"` // "user ada.kim@…", "group Design"
	Attribute string `json:"attribute,omitempty"`
	Sent      string `json:"sent"`
	Found     string `json:"found"`
}

func (d Difference) String() string {
	what := d.Resource
	if d.Attribute != "" {
		what += " " + d.Attribute
	}
	return fmt.Sprintf("%s: sent %s, found %s", what, d.Sent, d.Found)
}

// Totals adds the steps up. It has no quantiles.
func (r *Report) Totals() Step {
	var t Step
	for _, s := range r.Steps {
		t.Sent += s.Sent
		t.Accepted += s.Accepted
		t.Existed += s.Existed
		t.Refused += s.Refused
		t.Wrong += s.Wrong
		t.Throttled += s.Throttled
		t.Retried += s.Retried
	}
	t.Name, t.Seconds = "total", r.Seconds
	return t
}

// OK reports whether everything was accepted and the directory is what was sent.
func (r *Report) OK() bool {
	t := r.Totals()
	return r.Complete && t.Refused == 0 && t.Wrong == 0 && r.DifferenceCount == 0
}
