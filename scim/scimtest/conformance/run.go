package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Run checks a server. An error means that nothing could be checked: the server
// cannot be reached or refuses the token (*TargetError), or Options.Only names
// nothing. A run that ctx ends returns what it found until then; what it made is
// taken away in any case.
func Run(ctx context.Context, target Target, options Options) (*Report, error) {
	r, err := begin(ctx, target, options)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.options.Limit)
	defer cancel()
	for _, requirement := range r.todo {
		r.next(ctx, requirement)
	}
	return r.end(ctx), nil
}

// run is a run under way.
type run struct {
	*session
	todo   []Requirement
	report *Report
}

func begin(ctx context.Context, target Target, options Options) (*run, error) {
	target, err := target.normalize()
	if err != nil {
		return nil, err
	}
	todo, err := Select(Requirements(), options.Only)
	if err != nil {
		return nil, err
	}
	s := newSession(target, options)
	if err := s.discover(ctx); err != nil {
		return nil, err
	}
	return &run{session: s, todo: todo, report: &Report{Target: target.BaseURL, RunID: s.id, Started: time.Now()}}, nil
}

// next checks a requirement and takes away what that made.
func (r *run) next(ctx context.Context, requirement Requirement) Result {
	result := r.check(ctx, requirement)
	r.report.add(result)
	r.options.Progress(len(r.report.Results), len(r.todo), result)
	if ctx.Err() == nil {
		r.tidy(ctx, false)
	}
	return result
}

func (r *run) check(ctx context.Context, requirement Requirement) Result {
	result := Result{Requirement: requirement}
	if why := r.inapplicable(requirement); why != "" {
		result.Outcome, result.Reason = Skipped, why
		return result
	}
	if why := r.over(ctx); why != "" {
		result.Outcome, result.Reason = Blocked, why
		return result
	}
	began := time.Now()
	for _, c := range requirement.Checks {
		p := r.probe(ctx)
		c.run(p)
		result.count(c, p)
	}
	result.Seconds = time.Since(began).Seconds()
	if result.Outcome == Failed && requirement.Level != Must {
		result.Outcome = Warning
	}
	return result
}

// count adds what came of one check: a failure outweighs a blocked check, that
// one a passed check, and that one a skipped check.
func (r *Result) count(c Check, p *probe) {
	r.Requests += p.sent
	outcome, reason := Passed, ""
	switch {
	case p.failure != nil:
		p.failure.Check = c.Name
		r.Failures = append(r.Failures, *p.failure)
		outcome = Failed
	case p.blocked != "":
		outcome, reason = Blocked, p.blocked
	case p.skipped != "":
		outcome, reason = Skipped, p.skipped
	}
	weight := map[Outcome]int{Failed: 4, Blocked: 3, Passed: 2, Skipped: 1}
	if weight[outcome] > weight[r.Outcome] {
		r.Outcome, r.Reason = outcome, reason
	}
}

func (r *run) inapplicable(requirement Requirement) string {
	if why := r.offers.missing(requirement.Features); why != "" {
		return why
	}
	if name := r.undefined(requirement.Needs); name != "" && !r.options.Force {
		return "the server's schemas define no " + name
	}
	return ""
}

// over says why nothing more is checked, "" if the run goes on.
func (r *run) over(ctx context.Context) string {
	switch {
	case r.gone != nil:
		r.report.Aborted = r.gone.Error()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		r.report.Aborted = fmt.Sprintf("the run took longer than %s", r.options.Limit)
	case ctx.Err() != nil:
		r.report.Aborted = "the run was interrupted"
	}
	return r.report.Aborted
}

// end takes away what the run made and completes the report.
func (r *run) end(ctx context.Context) *Report {
	r.over(ctx)
	r.report.Leftovers = r.clean(ctx)
	r.report.Requests = r.requests
	r.report.Seconds = time.Since(r.report.Started).Seconds()
	return r.report
}
