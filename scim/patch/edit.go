package patch

import (
	"slices"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// edits collects the edits of a request. An add that follows an add or a
// replacement joins it, a removal that follows a removal too, so that a client
// which sends one operation per member costs storage one edit.
type edits struct {
	all   []edit
	named int // members in all of them, to bound the request
}

type edit struct {
	kind   EditKind
	set    *memberSet
	filter filter.Expr
}

func (e *edits) list() []Edit {
	if len(e.all) == 0 {
		return nil
	}
	list := make([]Edit, len(e.all))
	for i, item := range e.all {
		list[i] = Edit{Kind: item.kind, Filter: item.filter}
		if item.set != nil && len(item.set.members) > 0 {
			list[i].Members = item.set.members
		}
	}
	return list
}

// put appends an edit of the named members. To add or remove none is nothing.
func (e *edits) put(kind EditKind, set *memberSet) error {
	if e.named += len(set.members); e.named > MaxMembers {
		return tooManyMembers()
	}
	if len(set.members) == 0 && kind != ReplaceMembers {
		return nil
	}
	if last := len(e.all) - 1; last >= 0 && joins(kind, e.all[last].kind) {
		for _, m := range set.members {
			if err := e.all[last].set.add(m); err != nil {
				return err
			}
		}
		return nil
	}
	return e.append(edit{kind: kind, set: set})
}

func (e *edits) append(item edit) error {
	if len(e.all) == MaxOperations {
		return tooLarge("a request may change the members at most %d times", MaxOperations)
	}
	e.all = append(e.all, item)
	return nil
}

func joins(kind, last EditKind) bool {
	switch kind {
	case AddMembers:
		return last == AddMembers || last == ReplaceMembers
	case RemoveMembers:
		return last == RemoveMembers
	}
	return false
}

// members turns a change of the members into an edit.
func (a *applier) members(c change) error {
	switch {
	case c.path.Filter != nil:
		return a.selectedMembers(c)
	case c.path.Ref.Sub != nil:
		return refuseImmutable(c.path.Ref)
	case c.kind == Remove && c.value == nil:
		return a.edits.put(ReplaceMembers, newMemberSet(0))
	case c.kind == Remove && c.value == "":
		return schema.Errorf(schema.InvalidValue, "the value does not say which members to remove")
	}
	set, err := readMembers(c.value, a.o)
	if err != nil {
		return err
	}
	return a.edits.put(map[Kind]EditKind{Add: AddMembers, Remove: RemoveMembers, Replace: ReplaceMembers}[c.kind], set)
}

// selectedMembers applies a change of the members that a filter matches. They
// can be taken out, but not changed: a membership is one id, and that is immutable.
func (a *applier) selectedMembers(c change) error {
	ids, byID := c.path.EqValues()
	switch {
	case c.path.Sub == nil && (c.kind == Remove || a.empty(c.value)):
		if byID {
			return a.removeByID(ids)
		}
		return a.edits.append(edit{kind: RemoveMatching, filter: c.path.Filter})
	case byID && a.repeats(c, ids):
		return nil
	}
	return schema.Errorf(schema.Mutable, "%s: a member cannot be changed, only added or removed", quote(c.path.Raw))
}

func (a *applier) removeByID(ids []string) error {
	set := newMemberSet(len(ids))
	for _, id := range ids {
		if _, err := identified(Member{ID: id}); err != nil {
			return err
		}
		if err := set.add(Member{ID: id}); err != nil {
			return err
		}
	}
	return a.edits.put(RemoveMembers, set)
}

// repeats reports whether the value only says again which member the filter selects.
func (a *applier) repeats(c change, ids []string) bool {
	if c.kind == Remove || len(ids) != 1 || (c.path.Sub != nil && c.path.Sub.Name != "value") {
		return false
	}
	set, err := readMembers(c.value, a.o)
	return err == nil && slices.EqualFunc(set.members, ids, func(m Member, id string) bool { return m.ID == id })
}
