package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// Identity providers look somebody up before they do anything else: by a filter
// that is one comparison, which the value index answers. The statement depends on
// neither the attribute nor the value, so its text is kept.

// lookupOf is what a query looks up, nil if it does anything else.
func lookupOf(t *schema.ResourceType, q scim.ListQuery) *driver {
	compare, ok := q.Filter.(*filter.Compare)
	if !ok || q.SortBy != nil || q.Start != 1 || q.Count < 2 || q.With.Members {
		return nil
	}
	if d, ok := driverOf(t, compare); ok && d.whole {
		return &d
	}
	return nil
}

// lookUp is list of a query that looks something up.
func lookUp(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, q scim.ListQuery, d *driver) (scim.Page, error) {
	b := &batch{brief: d.rank == rankOne}
	l := &lister{tx: tx, dir: dir, query: q}
	text, values, err := l.lookup(t, d)
	if err != nil {
		return scim.Page{}, err
	}
	l.addPage(b, text, values)
	if err := tx.last(ctx, b); err != nil {
		return scim.Page{}, fmt.Errorf("read resources: %w", err)
	}
	if !l.counted {
		l.total = len(l.records)
	}
	return scim.Page{Total: l.total, Records: l.records}, nil
}

// lookup is the statement. Its parameters are those of the selection and then
// those of the page.
func (l *lister) lookup(t *schema.ResourceType, d *driver) (text string, values []any, err error) {
	s := someShape
	values = append(make([]any, 0, 7), l.dir.TenantID, l.dir.ConnectionID, t.Name, d.ref.String(), d.key, l.query.Count)
	if d.rank == rankOne {
		s = oneShape
	} else {
		values = append(values, 0) // from the first one on
	}
	if l.query.With.Memberships {
		s |= withMemberships
	}
	kept := l.tx.dialect.text(s)
	if text := kept.Load(); text != nil {
		return *text, values, nil
	}
	if l.selection, err = newSelection(l.tx.dialect, l.dir, t, l.query.Filter); err != nil {
		return "", nil, err
	}
	p, err := l.selection.page(l.query, l.counts())
	if err != nil {
		return "", nil, err
	}
	text = p.statement(l.query.With)
	kept.Store(&text)
	return text, values, nil
}
