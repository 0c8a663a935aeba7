package conformance

import "time"

// Outcome is what became of one requirement.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"  // a must that is not met
	Warning Outcome = "warning" // a should or may that is not met
	Skipped Outcome = "skipped" // it does not apply to this server
	Blocked Outcome = "blocked" // it could not be checked, because something before it did not work
)

// Report is what a run found.
type Report struct {
	Target    string    `json:"target"`
	RunID     string    `json:"run_id"` // in the names of everything the run made
	Started   time.Time `json:"started"`
	Seconds   float64   `json:"seconds"`
	Requests  int       `json:"requests"` // in all, with what prepares and cleans up
	Summary   Summary   `json:"summary"`
	Results   []Result  `json:"results"`
	Aborted   string    `json:"aborted,omitempty"`   // why the run ended early
	Leftovers []string  `json:"leftovers,omitempty"` // URLs of what could not be taken away
}

// Summary counts outcomes.
type Summary struct {
	Total    int `json:"total"`
	Passed   int `json:"passed"`
	Failed   int `json:"failed"`
	Warnings int `json:"warnings"`
	Skipped  int `json:"skipped"`
	Blocked  int `json:"blocked"`
}

// Result is what became of one requirement.
type Result struct {
	Requirement
	Outcome  Outcome   `json:"outcome"`
	Reason   string    `json:"reason,omitempty"` // of skipped and blocked
	Failures []Failure `json:"failures,omitempty"`
	Requests int       `json:"requests"`
	Seconds  float64   `json:"seconds"`
}

// Failure is one check that was not met, with what its developer needs to know.
type Failure struct {
	Check    string    `json:"check,omitempty"`
	Expected string    `json:"expected"`
	Got      string    `json:"got"`
	Exchange *Exchange `json:"exchange,omitempty"`
}

// Exchange is the request whose answer was wrong. Bodies are clipped.
type Exchange struct {
	Method      string `json:"method"`
	URL         string `json:"url"`
	Headers     string `json:"headers,omitempty"` // those that matter here
	Body        string `json:"body,omitempty"`
	Status      int    `json:"status,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Answer      string `json:"answer,omitempty"`
}

// OK reports whether every binding requirement that could be checked is met,
// and the run came to its end.
func (r *Report) OK() bool { return r.Summary.Failed == 0 && r.Aborted == "" }

func (r *Report) add(result Result) {
	r.Results = append(r.Results, result)
	r.Summary.Total++
	switch result.Outcome {
	case Passed:
		r.Summary.Passed++
	case Failed:
		r.Summary.Failed++
	case Warning:
		r.Summary.Warnings++
	case Skipped:
		r.Summary.Skipped++
	case Blocked:
		r.Summary.Blocked++
	}
}
