package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// component carries out operations that succeed or fail as a whole. It returns
// false if the reason for a failure is not the operation but the server, so that
// the transaction had better end.
func (r *bulkRun) component(ctx context.Context, s Store, ops bulkComponent) bool {
	culprit, err := r.blocked(ops)
	var done []*performed
	if err == nil {
		done, culprit, err = r.perform(ctx, s, ops)
	}
	if err == nil {
		for _, p := range done {
			r.results[p.op.position] = r.success(p)
		}
		return true
	}
	err = r.explain(ops, err)
	for _, op := range ops {
		if op == culprit || culprit == nil {
			r.fail(op, err)
		} else {
			r.fail(op, inCircleWith(culprit, err))
		}
	}
	return AsError(err).Status < http.StatusInternalServerError
}

// blocked finds an operation that cannot be carried out: it is at fault, or what
// it refers to does not come into being.
func (r *bulkRun) blocked(ops bulkComponent) (*bulkOperation, error) {
	for _, op := range ops {
		if op.fault != nil {
			return op, op.fault
		}
		for _, ref := range op.refs {
			if err := r.unresolvable(ref); err != nil {
				return op, err
			}
		}
	}
	return nil, nil
}

func (r *bulkRun) unresolvable(ref string) error {
	target := r.request.created[ref]
	if target == nil {
		return schema.Errorf(schema.InvalidValue, "bulkId:%s refers to nothing: no POST operation of this request has that bulkId.", clip(ref))
	}
	result := r.results[target.position]
	switch {
	case result == nil || result.Err == nil: // of the same circle, or done
		return nil
	case AsError(result.Err).Status >= http.StatusInternalServerError:
		return refuse(http.StatusServiceUnavailable,
			"This operation refers to bulkId:%s, which could not be created at the moment. It changed nothing. Send both again.", clip(ref))
	}
	return schema.Errorf(schema.InvalidValue,
		"This operation refers to bulkId:%s, whose operation failed. It changed nothing. Correct that one and send both again.", clip(ref))
}

// inCircleWith is the refusal of an operation that could not be separated from
// another one (RFC 7644 section 3.7.1).
func inCircleWith(culprit *bulkOperation, cause error) error {
	if AsError(cause).Status >= http.StatusInternalServerError {
		return cause
	}
	return refuse(http.StatusConflict,
		"This operation and bulkId:%s refer to each other, and that one failed. It changed nothing. Correct that one and send both again.",
		clip(culprit.bulkID))
}

// explain makes an error of a circle one that the client can read: the ids that
// its operations were meant to have are gone, and what cannot be created because
// of the circle alone is a conflict (RFC 7644 section 3.7.1).
func (r *bulkRun) explain(ops bulkComponent, err error) error {
	if !ops.circular() {
		return err
	}
	e := *AsError(err)
	if _, ok := errors.AsType[*CycleError](err); ok {
		e.Status, e.Type = http.StatusConflict, ""
	}
	for _, op := range ops {
		if id, ok := r.ids[op.bulkID]; ok {
			e.Detail = strings.ReplaceAll(e.Detail, id, bulkPrefix+clip(op.bulkID))
		}
	}
	return &e
}

// performed is an operation that was carried out.
type performed struct {
	op      *bulkOperation
	status  int
	record  *Record        // nil with DELETE
	version string         // entity tag, as the answer to a single request would have it
	later   []patch.Member // that did not exist yet
}

// perform carries out a component inside the transaction of its chunk. What is
// to be created gets its id first, so that a circle of references needs no
// second write; only members have to exist, and are added behind the others.
func (r *bulkRun) perform(ctx context.Context, s Store, ops bulkComponent) (done []*performed, culprit *bulkOperation, err error) {
	if err := r.chooseIDs(s, ops); err != nil {
		return nil, nil, err
	}
	if r.caller.Limits.Adopt.Rule == AdoptNever || !ops.circular() {
		return r.attempt(ctx, s, ops)
	}
	written := ops.copies()
	for range len(ops) + 1 { // each time somebody more is known to be adopted
		done, culprit, err = r.attempt(ctx, s, ops)
		adopted, ok := errors.AsType[*adoptedError](err)
		if !ok {
			break
		}
		r.ids[adopted.bulkID] = adopted.id
		ops.restore(written)
	}
	return done, culprit, err
}

// attempt is perform with the ids that were chosen.
func (r *bulkRun) attempt(ctx context.Context, s Store, ops bulkComponent) (done []*performed, culprit *bulkOperation, err error) {
	absent := r.absent(ops)
	effects := r.caller.Origin.Effects
	place := effects.mark()
	write := func(s Store) error {
		p := &bulkPerformer{engine: r.engine.on(s), caller: r.caller, absent: absent}
		for _, culprit = range ops {
			culprit.resolve(func(bulkID string) (string, bool) { id, ok := r.ids[bulkID]; return id, ok })
			one, err := p.perform(ctx, culprit, r.ids[culprit.bulkID])
			if err != nil {
				return err
			}
			if err := r.adopted(one, ops); err != nil {
				return err
			}
			done = append(done, one)
		}
		for _, one := range done {
			culprit = one.op
			if err := p.complete(ctx, one); err != nil {
				return err
			}
		}
		culprit = nil
		return nil
	}
	if ops.circular() {
		err = s.Together(ctx, r.caller.Directory, write)
	} else { // a single write
		err = write(s)
	}
	if err != nil {
		effects.undo(place)
	}
	return done, culprit, err
}

// chooseIDs gives everything that is about to be created its id.
func (r *bulkRun) chooseIDs(s Store, ops bulkComponent) error {
	for _, op := range ops {
		if op.method != http.MethodPost {
			continue
		}
		id, err := s.NewID()
		if err != nil {
			return fmt.Errorf("choose an id: %w", err)
		}
		r.ids[op.bulkID] = id
	}
	return nil
}

// absent are the ids of what is about to be created.
func (r *bulkRun) absent(ops bulkComponent) map[string]bool {
	absent := map[string]bool{}
	for _, op := range ops {
		if op.method == http.MethodPost {
			absent[r.ids[op.bulkID]] = true
		}
	}
	return absent
}
