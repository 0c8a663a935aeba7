package storage

import "github.com/roster-scim/roster/scim"

// page is a page of a selection as SQL.
type page struct {
	*selection
	// rows is a table expression `page` with the column id; pages that are sorted
	// or driven also have there what order needs, and the total.
	rows, order string
	// flat pages are read in one go: they are in the order of an index, which is
	// entered where they begin, or of one resource at most.
	flat  bool
	where string
	limit string
}

// notCounted is a total that is not told. Of its type, as the driver would look
// for one with every row.
const notCounted = "cast(null as bigint)"

// page prepares the reading of a page. counted pages have the total in each row.
func (s *selection) page(q scim.ListQuery, counted bool) (*page, error) {
	p := &page{selection: s.extend()}
	if q.SortBy == nil && !s.driven {
		p.flat, p.where = true, s.where+p.begin(q)
		p.limit = " order by r.position limit " + p.number(q.Count)
		p.rows = "(select r.id from " + s.from + " where " + p.where + p.limit + ") page"
		return p, nil
	}
	if q.SortBy == nil && s.unique {
		p.flat, p.where = true, s.where
		if p.limit = " limit " + p.number(q.Count); q.Start > 1 {
			p.limit += " offset " + p.number(q.Start-1)
		}
		p.rows = "(select r.id from " + s.from + " where " + p.where + p.limit + ") page"
		return p, nil
	}
	key, total := "null", notCounted
	p.order = "page.position"
	if q.SortBy != nil {
		var err error
		if key, err = p.sortKey(*q.SortBy); err != nil {
			return nil, err
		}
		p.order = sortOrder("page.sort_key", q.Descending) + ", page.position"
	}
	if counted {
		total = "count(*) over ()"
	}
	p.rows = "(select page.* from (select r.id, r.position, " + key + " as sort_key, " + total + " as total" +
		" from " + s.from + " where " + s.where + ") page" +
		" order by " + p.order + " limit " + p.number(q.Count) + " offset " + p.number(q.Start-1) + ") page"
	return p, nil
}

// statement reads the page's records, each with the total or null. Sorting moves
// ids about, not documents: those, and memberships, are read for the page alone.
func (p *page) statement(with scim.With) string {
	if p.flat {
		return "select " + p.columns(with) + ", " + notCounted + " from " + p.from + " where " + p.where + p.limit
	}
	return "select " + p.columns(with) + ", page.total from " + fromEach(p.dialect, p.rows, "resources r", "r.tenant_id = "+p.tenant+" and r.id = page.id") +
		" and r.connection_id = " + p.connection + " order by " + p.order
}

// columns are those that scanRecord reads.
func (s *selection) columns(with scim.With) string {
	if !with.Memberships {
		return recordColumns(noMemberships)
	}
	return recordColumns(membershipsOf(s.dialect, s.tenant, s.connection, "r.id"))
}

// extend returns a copy that may have parameters of its own.
func (s *selection) extend() *selection {
	extended := *s
	extended.params = &params{values: s.values[:len(s.values):len(s.values)]}
	return &extended
}
