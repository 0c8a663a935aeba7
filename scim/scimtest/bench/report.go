package bench

import (
	"strconv"
	"time"
)

// Report is what a run found.
type Report struct {
	Run         string  `json:"run"` // in the names of all that it made
	URL         string  `json:"url"` // of the first target
	Targets     int     `json:"targets"`
	Connections int     `json:"connections"`
	Bulk        bool    `json:"bulk"` // directories were filled by Bulk requests
	Seconds     float64 `json:"seconds"`

	Fills   []Fill   `json:"fills"`
	Results []Result `json:"results"`

	ProblemCount int       `json:"problem_count"`
	Problems     []Problem `json:"problems"` // the first of them
	Stopped      string    `json:"stopped"`  // why the run ended before its time
	LeftBehind   Leftovers `json:"left_behind"`
}

// Leftovers is what the run made and did not take away.
type Leftovers struct {
	Users  int `json:"users"`
	Groups int `json:"groups"`
}

// Fill is how something to measure with came about.
type Fill struct {
	What      string  `json:"what"` // users or members
	Users     int     `json:"users,omitempty"`
	GroupSize int     `json:"group_size,omitempty"`
	Made      int     `json:"made"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"per_second"`
}

// Result is how one operation went.
type Result struct {
	Op        Op     `json:"op"`
	Users     int    `json:"users"`      // that the run had made before
	GroupSize int    `json:"group_size"` // 0: no group is in it
	Skipped   string `json:"skipped"`    // why it was not measured

	StartedAt float64 `json:"started_at"` // of the measured time, in seconds since 1970
	Seconds   float64 `json:"seconds"`
	Figures
	SentBytes     int64          `json:"sent_bytes"`
	ReceivedBytes int64          `json:"received_bytes"`
	ClientCPU     float64        `json:"client_cpu_us"` // of the load generator itself, for each request
	Statuses      map[string]int `json:"statuses"`
	Steps         []StepResult   `json:"steps"`
}

// StepResult is how one kind of request of an operation went.
type StepResult struct {
	Step string `json:"step"`
	Figures
}

// Figures are rates and latencies. All but Requests and Errors are of right answers.
type Figures struct {
	Requests uint64  `json:"requests"`
	Errors   uint64  `json:"errors"`
	RPS      float64 `json:"rps"`
	Mean     float64 `json:"mean_us"`
	P50      float64 `json:"p50_us"`
	P95      float64 `json:"p95_us"`
	P99      float64 `json:"p99_us"`
	Max      float64 `json:"max_us"`
}

// Problem is an answer that was not as it should be.
type Problem struct {
	Op      Op     `json:"op"`
	Step    string `json:"step"`
	Request string `json:"request"`
	Status  int    `json:"status"` // 0: there was no answer
	Reason  string `json:"reason"`
	Answer  string `json:"answer,omitempty"` // its beginning
}

func (p Problem) String() string {
	text := p.Step + ": " + p.Request + ": " + p.Reason
	if p.Answer != "" {
		text += ": " + p.Answer
	}
	return text
}

// OK reports whether every answer was right and the run came to its end.
func (r *Report) OK() bool { return r.ProblemCount == 0 && r.Stopped == "" }

// result turns what was counted into figures.
func (t *tally) result(op Op, cpu time.Duration) Result {
	elapsed := t.ended.Sub(t.began).Seconds()
	r := Result{
		Op: op, StartedAt: float64(t.began.UnixMicro()) / 1e6, Seconds: elapsed, Figures: t.whole().figures(elapsed), SentBytes: t.sent, ReceivedBytes: t.received,
		Statuses: map[string]int{}, Steps: []StepResult{},
	}
	if r.Requests > 0 {
		r.ClientCPU = microseconds(cpu) / float64(r.Requests)
	}
	for status, n := range t.statuses {
		switch {
		case n == 0:
		case status == 0:
			r.Statuses["lost"] = int(n)
		default:
			r.Statuses[strconv.Itoa(status)] = int(n)
		}
	}
	for s, each := range t.steps {
		if each != nil {
			r.Steps = append(r.Steps, StepResult{stepNames[s], each.figures(elapsed)})
		}
	}
	return r
}

func (s *stepTally) figures(elapsed float64) Figures {
	f := Figures{
		Requests: s.requests, Errors: s.errors, Mean: microseconds(s.took.mean()), P50: microseconds(s.took.quantile(0.50)),
		P95: microseconds(s.took.quantile(0.95)), P99: microseconds(s.took.quantile(0.99)), Max: microseconds(s.took.max),
	}
	if elapsed > 0 {
		f.RPS = float64(s.requests-s.errors) / elapsed
	}
	return f
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
