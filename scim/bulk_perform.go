package scim

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/roster-scim/roster/scim/patch"
)

// bulkPerformer carries out the operations of one component.
type bulkPerformer struct {
	engine *Engine
	caller *Caller
	absent map[string]bool // ids whose resources do not exist yet
}

// perform carries out an operation whose references are resolved. id is what a
// POST creates.
func (p *bulkPerformer) perform(ctx context.Context, op *bulkOperation, id string) (*performed, error) {
	done := &performed{op: op}
	var err error
	with := versionOf(op.kind)
	switch pre := (Preconditions{IfMatch: op.version}); op.method {
	case http.MethodPost:
		done.status = http.StatusCreated
		err = p.create(ctx, done, id)
	case http.MethodPut:
		done.status = http.StatusOK
		if err = allowWrite(p.caller, op.kind); err == nil {
			done.record, err = p.engine.replace(ctx, p.caller, op.kind, op.id, op.data, pre, with)
		}
	case http.MethodPatch:
		done.status = http.StatusNoContent
		if p.caller.patchReturnsBody(op.kind) {
			done.status = http.StatusOK
		}
		if err = allowWrite(p.caller, op.kind); err == nil {
			done.record, err = p.engine.patch(ctx, p.caller, op.kind, op.id, op.data, pre, with)
		}
	default: // the only other one that parses
		done.status = http.StatusNoContent
		_, err = p.engine.Delete(ctx, p.caller, op.kind, op.id, pre)
		return done, err
	}
	if err != nil {
		return nil, err
	}
	done.version = done.record.etag()
	return done, nil
}

func (p *bulkPerformer) create(ctx context.Context, done *performed, id string) error {
	op := done.op
	if err := p.caller.allow(ActionCreate, op.kind); err != nil {
		return err
	}
	draft, err := p.caller.creation(op.kind, op.data)
	if err != nil {
		return err
	}
	draft.ID, draft.With = id, versionOf(op.kind)
	for i, edit := range draft.Edits {
		now, later := p.setAside(edit.Members)
		draft.Edits[i].Members, done.later = now, append(done.later, later...)
	}
	if done.record, err = p.engine.store.Create(ctx, p.caller.Directory, op.kind, draft, p.caller.Origin); err != nil {
		return fmt.Errorf("create %s: %w", op.kind.Name, err)
	}
	delete(p.absent, id)
	return nil
}

// setAside parts members from those that do not exist yet.
func (p *bulkPerformer) setAside(members []patch.Member) (now, later []patch.Member) {
	isAbsent := func(m patch.Member) bool { return p.absent[m.ID] }
	if !slices.ContainsFunc(members, isAbsent) {
		return members, nil
	}
	for _, m := range members {
		if isAbsent(m) {
			later = append(later, m)
		} else {
			now = append(now, m)
		}
	}
	return now, later
}

// complete adds the members that were set aside. It is part of the creation and
// needs no other right.
func (p *bulkPerformer) complete(ctx context.Context, done *performed) error {
	if len(done.later) == 0 {
		return nil
	}
	op := done.op
	record, err := p.engine.store.Update(ctx, p.caller.Directory, op.kind, done.record.ID, p.caller.Origin,
		func(current *Record) (Draft, error) {
			doc, err := decodeStored(current.Document)
			if err != nil {
				return Draft{}, err
			}
			draft, err := p.caller.draft(op.kind, doc, []patch.Edit{{Kind: patch.AddMembers, Members: done.later}})
			draft.With = versionOf(op.kind)
			return draft, err
		})
	if err != nil {
		return fmt.Errorf("complete %s: %w", op.kind.Name, err)
	}
	record.Pending += done.record.Pending
	done.record = record
	done.version = done.record.etag()
	return nil
}
