package storage

import (
	"context"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// hit is a result together with its place in the order.
type hit struct {
	scim.Mark
	record *scim.Record
}

// read reads up to limit hits, and the total if it is kept.
func (s *search) read(ctx context.Context, limit int) error {
	b := &batch{}
	if !s.filtered() {
		s.counted = true
		for _, part := range s.parts {
			if part != nil {
				addTotal(b, part, &s.total)
			}
		}
	}
	if limit > 0 && !s.query.Sorted {
		return s.readUnsorted(ctx, b, limit)
	}
	if limit > 0 {
		if err := s.addSorted(b, limit); err != nil {
			return err
		}
	}
	if len(b.statements) == 0 {
		return nil
	}
	return s.sender()(ctx, b)
}

// add adds a statement whose columns are recordColumns, the position, the index
// of the selection, the sort key, and the total or null.
func (s *search) add(b *batch, query string, values []any) {
	b.query(func(row scanner) error {
		var h hit
		var total *int
		var err error
		h.record, err = scanRecord(row, &h.Position, &h.Selection, &h.Key, &total)
		if text, ok := h.Key.([]byte); ok {
			h.Key = string(text)
		}
		if total != nil {
			s.total, s.counted = *total, true
		}
		s.hits = append(s.hits, h)
		return err
	}, query, values...)
}

// readUnsorted reads up to limit results behind the mark, type by type.
func (s *search) readUnsorted(ctx context.Context, b *batch, limit int) error {
	after := scim.Mark{Position: -1} // positions begin at 0
	if s.query.After != nil {
		after = *s.query.After
	}
	for i := after.Selection; i < len(s.parts) && len(s.hits) < limit; i++ {
		if part := s.parts[i]; part != nil {
			query, values := part.pageBehind(i, after.Position, limit-len(s.hits), s.query.Selections[i].With)
			s.add(b, query, values)
			send := s.tx.send
			if s.isLast(i) {
				send = s.sender()
			}
			if err := send(ctx, b); err != nil {
				return err
			}
			b = &batch{}
		}
		after.Position = -1
	}
	if len(b.statements) == 0 {
		return nil
	}
	return s.sender()(ctx, b) // the totals alone
}

// pageBehind is the statement that reads resources behind a position in order of
// creation. The index that has them in this order is entered at the position.
func (s *selection) pageBehind(index int, position int64, limit int, with scim.With) (query string, values []any) {
	p := s.extend()
	columns := s.columns(with) + ", r.position, " + strconv.Itoa(index) + ", null, " + notCounted
	behind := " where " + s.where + " and r.position > " + p.add(position)
	last := " limit " + p.number(limit)
	if !s.driven {
		return "select " + columns + " from " + s.from + behind + " order by r.position" + last, p.params.values
	}
	return "select " + columns + " from " +
		fromEach(s.dialect, "(select r.id, r.position from "+s.from+behind+" order by r.position"+last+") p", "resources r", "r.tenant_id = "+s.tenant+" and r.id = p.id") +
		" and r.connection_id = " + s.connection + " order by p.position", p.params.values
}

// maxStatement bounds the text of a statement that sorts many types together, in
// bytes; SQLite takes a million.
const maxStatement = 500_000

// addSorted adds the reading of up to limit results in the order of their sort
// keys, behind the mark or from Start on. Only ids are sorted: documents and
// memberships are read for the page alone.
func (s *search) addSorted(b *batch, limit int) error {
	p := &params{}
	arms, err := s.arms(p)
	if err != nil || len(arms) == 0 {
		return err
	}
	total := notCounted
	if s.wantsTotal() && !s.counted {
		total = "(select count(*) from p)"
	}
	order := sortOrder("p.sort_key", s.query.Descending) + ", p.selection, p.position"
	query := "with p as materialized (" + strings.Join(arms, " union all ") + ") select p.*, " + total + " as total from p" + s.behind(p) +
		" order by " + order + " limit " + p.number(limit)
	if s.query.Start > 1 {
		query += " offset " + p.number(s.query.Start-1)
	}
	tenant, connection := p.add(s.dir.TenantID), p.add(s.dir.ConnectionID)
	query = "select " + recordColumns(s.memberships(tenant, connection)) + ", p.position, p.selection, p.sort_key, p.total" +
		" from " + fromEach(s.tx, "("+query+") p", "resources r", "r.tenant_id = "+tenant+" and r.id = p.id") +
		" and r.connection_id = " + connection + " order by " + order
	if len(query) > maxStatement {
		return schema.Errorf(schema.TooMany, "The filter is too large to sort %d resource types together.", len(arms))
	}
	s.add(b, query, p.values)
	return nil
}

// arms are the selections, each with the ids and sort keys of what matches.
func (s *search) arms(p *params) ([]string, error) {
	var arms []arm
	for i, selected := range s.query.Selections {
		if s.parts[i] == nil {
			continue
		}
		part, err := newSelectionIn(p, s.tx.dialect, s.dir, selected.Type, selected.Filter)
		if err != nil {
			return nil, err
		}
		a := arm{selection: part, index: i}
		if selected.SortBy != nil {
			if a.key, a.as, err = part.typedKey(*selected.SortBy); err != nil {
				return nil, err
			}
		}
		arms = append(arms, a)
	}
	return selectArms(s.tx, arms), nil
}

// memberships is the column of hits of several types, some of which need it.
func (s *search) memberships(tenant, connection string) string {
	var with []string
	for i, selected := range s.query.Selections {
		if selected.With.Memberships {
			with = append(with, strconv.Itoa(i))
		}
	}
	if len(with) == 0 {
		return noMemberships
	}
	return "case when p.selection in (" + strings.Join(with, ", ") + ") then " +
		membershipsOf(s.tx, tenant, connection, "r.id") + " end"
}

// behind is the condition that a result comes after the mark. Those without a
// sort key are last, or first if descending.
func (s *search) behind(p *params) string {
	m := s.query.After
	if m == nil {
		return ""
	}
	tie := "(p.selection > " + p.add(m.Selection) + " or (p.selection = " + p.add(m.Selection) +
		" and p.position > " + p.add(m.Position) + "))"
	switch {
	case m.Key == nil && s.query.Descending:
		return " where (p.sort_key is not null or " + tie + ")"
	case m.Key == nil:
		return " where p.sort_key is null and " + tie
	}
	key := p.add(m.Key)
	if s.query.Descending {
		return " where (p.sort_key < " + key + " or (p.sort_key = " + key + " and " + tie + "))"
	}
	return " where (p.sort_key > " + key + " or p.sort_key is null or (p.sort_key = " + key + " and " + tie + "))"
}
