package storage

import (
	"context"
	"strings"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
)

// matchChunk is how many members are read at once to be matched.
const matchChunk = 1000

// removeMatching takes out the members that satisfy a value filter. Clients name
// one member by id; any other filter is rare and reads the group's members, a
// chunk at a time.
func (w *write) removeMatching(ctx context.Context, e filter.Expr, net *memberChange) error {
	e = byLastSegment(e)
	if id, ok := namesOne(e); ok {
		return w.removeNamed(ctx, []patch.Member{{ID: id}}, net)
	}
	if err := w.flush(ctx); err != nil { // what is read next shows it
		return err
	}
	if err := w.forgetMatching(ctx, e, net); err != nil {
		return err
	}
	after := ""
	for {
		matching, last, err := w.matchMembers(ctx, e, after)
		if err != nil {
			return err
		}
		w.removeMembers(matching, net)
		if last == "" {
			return nil
		}
		after = last
	}
}

// matchMembers reads the members behind an id and returns those that match, and
// the last one read, "" if there are no more.
func (w *write) matchMembers(ctx context.Context, e filter.Expr, after string) (matching []string, last string, err error) {
	args := []any{w.dir.TenantID, w.id, matchChunk}
	behind := ""
	if after != "" {
		behind = `and m.member_id > $4`
		args = append(args, after)
	}
	n := 0
	err = w.each(ctx, func(row scanner) error {
		var id, typ, display string
		if err := row.Scan(&id, &typ, &display); err != nil {
			return err
		}
		n, last = n+1, id
		element := map[string]any{"value": id, "type": typ, "$ref": id}
		if display != "" {
			element["display"] = display
		}
		if filter.MatchElement(e, element) {
			matching = append(matching, id)
		}
		return nil
	}, `
		select m.member_id, m.member_type, r.display
		from members m join resources r on r.tenant_id = m.tenant_id and r.id = m.member_id
		where m.tenant_id = $1 and m.group_id = $2 `+behind+`
		order by m.member_id limit $3`, args...)
	if n < matchChunk {
		last = ""
	}
	return matching, last, err
}

// namesOne recognises `value eq "id"`.
func namesOne(e filter.Expr) (string, bool) {
	c, ok := e.(*filter.Compare)
	if !ok || c.Op != filter.Eq || c.Ref.Sub == nil {
		return "", false
	}
	id, ok := c.Value.(string)
	return id, ok && (c.Ref.Sub.Name == "value" || c.Ref.Sub.Name == "$ref")
}

// byLastSegment makes comparisons with a $ref ones with the id at its end:
// storage does not know under which address a client sees the directory.
func byLastSegment(e filter.Expr) filter.Expr {
	switch e := e.(type) {
	case *filter.And:
		return &filter.And{Terms: eachByLastSegment(e.Terms)}
	case *filter.Or:
		return &filter.Or{Terms: eachByLastSegment(e.Terms)}
	case *filter.Not:
		return &filter.Not{Term: byLastSegment(e.Term)}
	case *filter.Compare:
		ref, ok := e.Value.(string)
		if !ok || e.Ref.Sub == nil || e.Ref.Sub.Name != "$ref" {
			return e
		}
		short := *e
		short.Value = ref[strings.LastIndexByte(ref, '/')+1:]
		return &short
	}
	return e
}

func eachByLastSegment(terms []filter.Expr) []filter.Expr {
	short := make([]filter.Expr, len(terms))
	for i, t := range terms {
		short[i] = byLastSegment(t)
	}
	return short
}
