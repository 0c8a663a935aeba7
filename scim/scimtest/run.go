package scimtest

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// requestTimeout is how long one answer may take.
const requestTimeout = 30 * time.Second

// Target is a connection of the server under test whose directory is empty.
type Target struct {
	BaseURL string // without a trailing slash
	Token   string
	Client  *http.Client // nil: http.DefaultClient
}

// RunTranscripts plays every transcript under fsys, each as a parallel subtest
// against its own target with the settings that the transcript's Preset names.
func RunTranscripts(t *testing.T, fsys fs.FS, target func(t *testing.T, tr *Transcript) Target) {
	t.Helper()
	transcripts, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if len(transcripts) == 0 {
		t.Fatal("no transcripts")
	}
	for _, tr := range transcripts {
		t.Run(strings.TrimSuffix(tr.File, ".json"), func(t *testing.T) {
			t.Parallel()
			for _, failure := range play(t.Context(), tr, target(t, tr)) {
				t.Errorf("%s\n%s", tr.Name, failure)
			}
		})
	}
}

// failure is a step whose answer was wrong.
type failure struct {
	step     int // 1-based
	index    int // ${i}
	note     string
	exchange exchange
	problems []string
}

func (f failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "step %d", f.step)
	if f.index > 0 {
		fmt.Fprintf(&b, " (i=%d)", f.index)
	}
	if f.note != "" {
		fmt.Fprintf(&b, ": %s", f.note)
	}
	for _, problem := range f.problems {
		fmt.Fprintf(&b, "\n  ✗ %s", problem)
	}
	b.WriteString(f.exchange.String())
	return b.String()
}

// player plays one transcript.
type player struct {
	target  Target
	client  *http.Client
	headers map[string]string
	vars    variables
}

// play returns what went wrong. It stops at the first step that could not be
// sent or whose answer lacks something later steps need.
func play(ctx context.Context, tr *Transcript, target Target) []failure {
	p := newPlayer(tr, target)
	var failures []failure
	for n := range tr.Steps {
		step := &tr.Steps[n]
		for _, i := range step.indexes() {
			p.vars.setIndex(step, i)
			x, problems, ok := p.step(ctx, step)
			if len(problems) > 0 {
				failures = append(failures, failure{step: n + 1, index: i, note: step.Note, exchange: x, problems: problems})
			}
			if !ok {
				return failures
			}
		}
	}
	return failures
}

func newPlayer(tr *Transcript, target Target) *player {
	base := http.DefaultClient
	if target.Client != nil {
		base = target.Client
	}
	client := *base
	// A redirect is an answer to look at, not to follow.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	target.BaseURL = strings.TrimSuffix(target.BaseURL, "/")
	return &player{
		target: target, client: &client, headers: tr.Headers,
		vars: variables{"base": target.BaseURL, "token": target.Token},
	}
}

// step sends one request and checks its answer; ok is false if the transcript
// cannot go on.
func (p *player) step(ctx context.Context, step *Step) (x exchange, problems []string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	x, err := p.send(ctx, step)
	if err != nil {
		return x, []string{err.Error()}, false
	}
	problems = checkAlways(&x, p.target.BaseURL)
	expected, err := p.checkExpected(&x, step)
	if err != nil {
		return x, append(problems, err.Error()), false
	}
	problems = append(problems, expected...)
	if err := p.save(&x, step); err != nil {
		return x, append(problems, err.Error()), false
	}
	return x, problems, true
}

// setIndex sets ${i} for a repeated step and takes it away for others.
func (v variables) setIndex(step *Step, i int) {
	if step.Repeat == nil {
		delete(v, "i")
		return
	}
	v["i"] = strconv.Itoa(i)
}
