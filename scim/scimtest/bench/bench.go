package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// bench is a run.
type bench struct {
	config    Config
	run       string // its id
	addresses []address
	targets   []*target
	workers   []*worker // that measure
	crew      []*worker // that fill and take away: they, and perhaps more
	teams     []*team   // that are worked on
	allTeams  []*team
	features  features

	stop context.CancelCauseFunc                    // ends the run before its time
	wait func(context.Context, time.Duration) error // sleep, but for tests
	op   Op                                         // that is under way; "": preparing

	mu     sync.Mutex // guards Problems and ProblemCount
	report *Report
}

// Run measures. It returns an error if nothing could be measured at all: the
// server cannot be reached, or refuses the token, or what was asked makes no sense.
func Run(ctx context.Context, config Config) (*Report, error) {
	b, err := newBench(config)
	if err != nil {
		return nil, err
	}
	return b.carryOut(ctx)
}

func (b *bench) carryOut(ctx context.Context) (*Report, error) {
	defer b.close()
	began := time.Now()
	if err := b.discover(ctx); err != nil {
		return nil, err
	}
	b.measureAll(ctx)
	b.tidy(ctx)
	b.report.Seconds = time.Since(began).Seconds()
	return b.report, nil
}

func newBench(config Config) (*bench, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Progress == nil {
		config.Progress = silent{}
	}
	b := &bench{
		config: config, run: strings.ToLower(rand.Text()[:8]), stop: func(error) {}, wait: sleep,
		report: &Report{URL: config.Targets[0].URLs[0], Targets: len(config.Targets), Connections: config.Connections,
			Fills: []Fill{}, Results: []Result{}, Problems: []Problem{}},
	}
	b.report.Run = b.run
	for i, t := range config.Targets {
		if err := b.addTarget(i, t); err != nil {
			return nil, fmt.Errorf("target %d: %w", i+1, err)
		}
	}
	for i := range max(config.Connections, leastCrew) {
		w := &worker{bench: b, number: i, rnd: mathrand.New(mathrand.NewPCG(uint64(i), seed))} //nolint:gosec // which people are asked for is no secret
		for _, a := range b.addresses {
			w.conns = append(w.conns, &conn{to: a, timeout: config.Timeout})
		}
		b.crew = append(b.crew, w)
	}
	b.workers = b.crew[:config.Connections]
	return b, nil
}

// leastCrew is how many connections fill a directory at least, so that measuring
// with one of them does not take all day to begin.
const leastCrew = 16

// seed makes two runs ask for the same people in the same order.
const seed = 20260501

func (b *bench) addTarget(number int, from Target) error {
	t := &target{number: number}
	for _, base := range from.URLs {
		a, host, path, err := parseBase(base)
		if err != nil {
			return err
		}
		at := slices.Index(b.addresses, a)
		if at < 0 {
			at = len(b.addresses)
			b.addresses = append(b.addresses, a)
		}
		h, err := head(host, from.Token)
		if err != nil {
			return err
		}
		t.endpoints = append(t.endpoints, endpoint{server: at, path: path, head: h})
	}
	if len(b.addresses) > maxAddresses {
		return fmt.Errorf("more than %d different servers", maxAddresses)
	}
	b.targets = append(b.targets, t)
	return nil
}

// maxAddresses bounds the connections: each worker may have one to each server.
const maxAddresses = 64

func (b *bench) close() {
	for _, w := range b.crew {
		for _, c := range w.conns {
			c.close()
		}
	}
}

// maxProblems is how many wrong answers are kept, maxAnswer how much of each.
const (
	maxProblems = 20
	maxAnswer   = 300
)

// problem notes a wrong answer.
func (b *bench) problem(s step, a *answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.report.ProblemCount++
	if len(b.report.Problems) < maxProblems {
		b.report.Problems = append(b.report.Problems, Problem{
			Op: b.op, Step: stepNames[s], Request: a.method + " " + string(a.path), Status: a.status, Reason: a.wrong,
			Answer: string(a.body[:min(len(a.body), maxAnswer)]),
		})
	}
}
