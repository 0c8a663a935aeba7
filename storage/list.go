package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// List implements scim.Store. Total and page are of one moment.
func (s *Resources) List(ctx context.Context, dir scim.Directory, t *schema.ResourceType, q scim.ListQuery) (scim.Page, error) {
	var page scim.Page
	err := s.db.view(ctx, dir.TenantID, func(tx *tx) (err error) {
		page, err = list(ctx, tx, dir, t, q)
		return err
	})
	if err != nil {
		return scim.Page{}, fmt.Errorf("list %s: %w", t.Name, err)
	}
	return page, nil
}

func list(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, q scim.ListQuery) (scim.Page, error) {
	if d := lookupOf(t, q); d != nil {
		return lookUp(ctx, tx, dir, t, q, d)
	}
	s, err := newSelection(tx.dialect, dir, t, q.Filter)
	if err == nil && q.SortBy != nil {
		_, err = s.extend().sortKey(*q.SortBy) // refused whether or not there is anything to sort
	}
	if err != nil || s.empty {
		return scim.Page{}, err
	}
	return listSelected(ctx, tx, dir, s, q, tx.last)
}

// sender sends a batch: tx.last if nothing follows in the transaction, or tx.send.
type sender func(ctx context.Context, b *batch) error

// listSelected lists what a selection, made of the query's filter, has. last
// sends the last batch.
func listSelected(ctx context.Context, tx *tx, dir scim.Directory, s *selection, q scim.ListQuery, last sender) (scim.Page, error) {
	l := &lister{tx: tx, dir: dir, selection: s, query: q, last: last}
	var err error
	if q.Filter == nil {
		err = l.all(ctx)
	} else {
		err = l.matching(ctx)
	}
	return scim.Page{Total: l.total, Records: l.records}, err
}

// lister reads one page.
type lister struct {
	tx        *tx
	dir       scim.Directory
	selection *selection
	query     scim.ListQuery
	last      sender

	records []*scim.Record
	total   int
	counted bool // a row of the page had the total
	members memberReader
	joined  bool // the members come with the page
}

// all lists a whole directory, whose total is kept.
func (l *lister) all(ctx context.Context) error {
	b := &batch{}
	addTotal(b, l.selection, &l.total)
	if err := l.add(b); err != nil {
		return err
	}
	return l.send(ctx, b, true)
}

// matching lists what matches a filter. All of it is counted separately only
// where neither the page's rows tell, nor where the list ends.
func (l *lister) matching(ctx context.Context) error {
	if l.query.Count == 0 {
		return l.count(ctx)
	}
	b := &batch{}
	if err := l.add(b); err != nil {
		return err
	}
	q := l.query
	known := q.Start == 1 && (l.counts() || l.selection.unique && q.Count > 1)
	if err := l.send(ctx, b, known); err != nil {
		return err
	}
	switch n := len(l.records); {
	case n < q.Count && (n > 0 || q.Start == 1) || known && !l.counted:
		l.total = q.Start - 1 + n
	case !l.counted:
		return l.count(ctx)
	}
	return nil
}

// counts says whether the rows of the page tell how many match. They do where
// all of these have to be found first in any case, and may be several.
func (l *lister) counts() bool {
	return l.query.Filter != nil && !l.selection.unique && (l.selection.driven || l.query.SortBy != nil)
}

func (l *lister) count(ctx context.Context) error {
	b := &batch{}
	addCount(b, l.selection, &l.total)
	if err := l.last(ctx, b); err != nil {
		return fmt.Errorf("count resources: %w", err)
	}
	return nil
}

// add adds the reading of the page to a batch, and that of its members if the
// page is found as easily a second time.
func (l *lister) add(b *batch) error {
	if l.query.Count == 0 {
		return nil
	}
	p, err := l.selection.page(l.query, l.counts())
	if err != nil {
		return err
	}
	l.addPage(b, p.statement(l.query.With), p.values)
	l.joined = l.selection.driven || l.query.Filter == nil && l.query.SortBy == nil
	if l.query.With.Members && l.joined {
		l.members.read(b, p.dialect, p.rows, p.tenant, p.connection, p.values, &l.records)
	}
	return nil
}

// addPage adds a statement that reads records, each with the total or null.
func (l *lister) addPage(b *batch, statement string, values []any) {
	b.query(func(row scanner) error {
		var total *int
		rec, err := scanRecord(row, &total)
		if total != nil {
			l.total, l.counted = *total, true
		}
		l.records = append(l.records, rec)
		return err
	}, statement, values...)
}

// send sends the batch with the page. nothing more is asked of the transaction
// afterwards if that is said and the members do not take another batch.
func (l *lister) send(ctx context.Context, b *batch, done bool) error {
	apart := l.query.With.Members && !l.joined
	send := l.tx.send
	if done && !apart {
		send = l.last
	}
	if err := send(ctx, b); err != nil {
		return fmt.Errorf("read resources: %w", err)
	}
	switch {
	case !l.query.With.Members || len(l.records) == 0:
	case !apart:
		return l.members.give(l.records)
	default:
		send := l.tx.send
		if done {
			send = l.last
		}
		return l.tx.readMembersOf(ctx, l.dir, l.records, send)
	}
	return nil
}

// addTotal adds the reading, into a sum, of how many resources of the type the directory has.
func addTotal(b *batch, s *selection, total *int) {
	b.query(addTo(total),
		`select total from directory_totals where tenant_id = $1 and connection_id = $2 and resource_type = $3`,
		s.values[:3]...)
}

// addCount adds the counting of what matches, into a sum.
func addCount(b *batch, s *selection, total *int) {
	b.query(addTo(total),
		"select count(*) from "+s.from+" where "+s.where, s.values...)
}

func addTo(sum *int) func(scanner) error {
	return func(row scanner) error {
		var n int
		err := row.Scan(&n)
		*sum += n
		return err
	}
}
