package storage

import (
	"context"
	"database/sql"
	"errors"
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
	s, err := newSelection(tx.dialect, dir, t, q.Filter)
	if err == nil && q.SortBy != nil {
		_, err = s.extend().sortKey(*q.SortBy) // refused whether or not there is anything to sort
	}
	if err != nil || s.empty {
		return scim.Page{}, err
	}
	return listSelected(ctx, tx, s, q)
}

// listSelected lists what a selection, made of the query's filter, has.
func listSelected(ctx context.Context, tx *tx, s *selection, q scim.ListQuery) (scim.Page, error) {
	if q.Filter == nil {
		return listAll(ctx, tx, s, q)
	}
	return listMatching(ctx, tx, s, q)
}

// listAll lists a whole directory, whose total is kept.
func listAll(ctx context.Context, tx *tx, s *selection, q scim.ListQuery) (scim.Page, error) {
	total, err := directoryTotal(ctx, tx, s)
	if err != nil || q.Count == 0 || q.Start > total {
		return scim.Page{Total: total}, err
	}
	var records []*scim.Record
	if q.SortBy == nil {
		records, err = pageByPosition(ctx, tx, s, q, total)
	} else {
		records, err = readPage(ctx, tx, s, q)
	}
	return scim.Page{Total: total, Records: records}, err
}

// listMatching lists what matches a filter. All of it is counted only where the
// page does not show where the list ends.
func listMatching(ctx context.Context, tx *tx, s *selection, q scim.ListQuery) (scim.Page, error) {
	var page scim.Page
	var err error
	if q.Count > 0 {
		if page.Records, err = readPage(ctx, tx, s, q); err != nil {
			return scim.Page{}, err
		}
	}
	if n := len(page.Records); n < q.Count && (n > 0 || q.Start == 1) {
		page.Total = q.Start - 1 + n
		return page, nil
	}
	page.Total, err = count(ctx, tx, s)
	return page, err
}

func count(ctx context.Context, tx *tx, s *selection) (int, error) {
	var n int
	err := tx.get(ctx, func(row scanner) error { return row.Scan(&n) },
		"select count(*) from "+s.from+" where "+s.where, s.values...)
	if err != nil {
		return 0, fmt.Errorf("count resources: %w", err)
	}
	return n, nil
}

// readPage reads the page of a selection in the order asked for.
func readPage(ctx context.Context, tx *tx, s *selection, q scim.ListQuery) ([]*scim.Record, error) {
	query, values, err := s.page(q)
	if err != nil {
		return nil, err
	}
	return records(ctx, tx, query, values)
}

// page is the statement that reads a page. Sorting moves ids about, not
// documents: those are read for the page alone.
func (s *selection) page(q scim.ListQuery) (query string, values []any, err error) {
	p := s.extend()
	if q.SortBy == nil && !s.driven {
		query = "select " + recordColumns + " from " + s.from + " where " + s.where +
			" order by r.position" + p.window(q)
		return query, p.values, nil
	}
	key, order := "null", "p.position"
	if q.SortBy != nil {
		if key, err = p.sortKey(*q.SortBy); err != nil {
			return "", nil, err
		}
		order = sortOrder("p.sort_key", q.Descending) + ", p.position"
	}
	query = "select " + recordColumns + " from (" +
		"select p.* from (select r.id, r.position, " + key + " as sort_key from " + s.from + " where " + s.where + ") p" +
		" order by " + order + p.window(q) + ") p cross join resources r" +
		" where r.tenant_id = " + s.tenant + " and r.connection_id = " + s.connection + " and r.id = p.id" +
		" order by " + order
	return query, p.values, nil
}

// extend returns a copy that may have parameters of its own.
func (s *selection) extend() *selection {
	extended := *s
	extended.params = &params{values: s.values[:len(s.values):len(s.values)]}
	return &extended
}

// window is the clause that cuts a page out.
func (s *selection) window(q scim.ListQuery) string {
	return " limit " + s.add(q.Count) + " offset " + s.add(q.Start-1)
}

func records(ctx context.Context, tx *tx, query string, values []any) ([]*scim.Record, error) {
	var all []*scim.Record
	err := tx.each(ctx, func(row scanner) error {
		record, err := scanRecord(row)
		all = append(all, record)
		return err
	}, query, values...)
	if err != nil {
		return nil, fmt.Errorf("read resources: %w", err)
	}
	return all, nil
}

// directoryTotal is how many resources of the type the directory has.
func directoryTotal(ctx context.Context, tx *tx, s *selection) (int, error) {
	var total int
	err := tx.get(ctx, func(row scanner) error { return row.Scan(&total) },
		`select total from directory_totals where tenant_id = $1 and connection_id = $2 and resource_type = $3`,
		s.values[:3]...)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read total: %w", err)
	}
	return total, nil
}
