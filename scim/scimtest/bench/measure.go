package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// measureAll fills the directories step by step and measures at each size. What
// goes wrong while filling ends it: there would be nothing to measure with.
func (b *bench) measureAll(ctx context.Context) {
	ctx, b.stop = context.WithCancelCause(ctx)
	defer b.stop(nil)
	err := b.grow(ctx)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if err != nil {
		b.report.Stopped = reason(err)
	}
}

func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "it was interrupted"
	}
	return err.Error()
}

// grow measures people at each directory size, then groups at each group size,
// then the mixes on what there is.
func (b *bench) grow(ctx context.Context) error {
	for _, size := range b.config.Users {
		if err := b.fillUsers(ctx, size); err != nil {
			return err
		}
		if err := b.settle(ctx); err != nil {
			return err
		}
		b.measureKind(ctx, onUsers, 0)
	}
	for i, size := range b.config.GroupSizes {
		if !b.wanted(onGroup) && (i > 0 || !b.wanted(onBoth)) {
			break
		}
		if err := b.fillGroups(ctx, size); err != nil {
			return err
		}
		if err := b.settle(ctx); err != nil {
			return err
		}
		b.measureKind(ctx, onGroup, size)
	}
	if b.wanted(onBoth) {
		b.teams = b.allTeams[:b.config.Groups] // of the smallest size
		b.measureKind(ctx, onBoth, b.config.GroupSizes[0])
	}
	return nil
}

// settle leaves the server time to end what it does behind its answers.
func (b *bench) settle(ctx context.Context) error {
	if b.config.Settle == 0 {
		return nil
	}
	return b.wait(ctx, b.config.Settle)
}

func (b *bench) chosen(o operation) bool {
	return len(b.config.Ops) == 0 || slices.Contains(b.config.Ops, o.op)
}

func (b *bench) wanted(k kind) bool {
	return slices.ContainsFunc(operations, func(o operation) bool { return o.kind == k && b.chosen(o) })
}

func (b *bench) measureKind(ctx context.Context, k kind, groupSize int) {
	for _, o := range operations {
		if o.kind != k || !b.chosen(o) || ctx.Err() != nil {
			continue
		}
		b.op = o.op
		r := b.measure(ctx, o)
		b.op = ""
		r.GroupSize = groupSize
		if r.Requests > 0 || r.Skipped != "" {
			b.report.Results = append(b.report.Results, r)
		}
	}
}

// measure carries out one operation: preparation, warm-up, measurement, proof.
func (b *bench) measure(ctx context.Context, o operation) Result {
	users := b.made()
	if o.ready != nil {
		if skip := o.ready(b, ctx); skip != "" {
			return Result{Op: o.op, Users: users, Skipped: skip, Statuses: map[string]int{}, Steps: []StepResult{}}
		}
	}
	name := fmt.Sprintf("%s, %d users", o.op, users)
	if b.config.Warmup > 0 {
		b.perform(ctx, b.workers, forTime("Warming up: "+name, b.config.Warmup), o.turn)
		if o.op == OpCreate {
			users = b.made()
		}
	}
	before := processorTime()
	counted := b.perform(ctx, b.workers, b.measurement("Measuring: "+name), o.turn)
	r := counted.result(o.op, processorTime()-before)
	r.Users = users
	if o.prove != nil && ctx.Err() == nil {
		first := b.workers[0]
		first.begin(ctx, forCount("", 1))
		o.prove(b, first)
	}
	return r
}

func (b *bench) measurement(name string) *stage {
	if b.config.Requests > 0 {
		return forCount(name, b.config.Requests)
	}
	return forTime(name, b.config.Duration)
}

// made is how many people the run made and knows of.
func (b *bench) made() int {
	n := 0
	for _, t := range b.targets {
		n += t.people.len()
	}
	return n
}
