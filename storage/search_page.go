package storage

import (
	"context"
	"fmt"
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

// hits runs a statement whose columns are recordColumns, the position, the index
// of the selection and the sort key.
func (s *search) hits(ctx context.Context, query string, values []any) ([]hit, error) {
	var all []hit
	err := s.tx.each(ctx, func(row scanner) error {
		var h hit
		var err error
		h.record, err = scanRecord(row, &h.Position, &h.Selection, &h.Key)
		if text, ok := h.Key.([]byte); ok {
			h.Key = string(text)
		}
		all = append(all, h)
		return err
	}, query, values...)
	if err != nil {
		return nil, fmt.Errorf("read resources: %w", err)
	}
	return all, nil
}

// readUnsorted reads up to limit results behind the mark, type by type.
func (s *search) readUnsorted(ctx context.Context, limit int) ([]hit, error) {
	var all []hit
	after := scim.Mark{Position: -1} // positions begin at 0
	if s.query.After != nil {
		after = *s.query.After
	}
	for i := after.Selection; i < len(s.parts) && len(all) < limit; i++ {
		if s.parts[i] != nil {
			query, values := s.parts[i].pageBehind(i, after.Position, limit-len(all))
			hits, err := s.hits(ctx, query, values)
			if err != nil {
				return nil, err
			}
			all = append(all, hits...)
		}
		after.Position = -1
	}
	return all, nil
}

// pageBehind is the statement that reads resources behind a position in order of
// creation. The index that has them in this order is entered at the position.
func (s *selection) pageBehind(index int, position int64, limit int) (query string, values []any) {
	p := s.extend()
	columns := recordColumns + ", r.position, " + strconv.Itoa(index) + ", null"
	behind := " where " + s.where + " and r.position > " + p.add(position)
	last := " limit " + p.add(limit)
	if !s.driven {
		return "select " + columns + " from " + s.from + behind + " order by r.position" + last, p.params.values
	}
	return "select " + columns + " from (select r.id, r.position from " + s.from + behind + " order by r.position" + last + ") p" +
		" cross join resources r where r.tenant_id = " + s.tenant + " and r.connection_id = " + s.connection + " and r.id = p.id" +
		" order by p.position", p.params.values
}

// maxStatement bounds the text of a statement that sorts many types together, in
// bytes; SQLite takes a million.
const maxStatement = 500_000

// readSorted reads up to limit results in the order of their sort keys, behind
// the mark or from Start on. Only ids are sorted: documents are read for the
// page alone.
func (s *search) readSorted(ctx context.Context, limit int) ([]hit, error) {
	p := &params{}
	var arms []string
	for i, selected := range s.query.Selections {
		if s.parts[i] == nil {
			continue
		}
		part, err := newSelectionIn(p, s.tx.dialect, s.dir, selected.Type, selected.Filter)
		if err != nil {
			return nil, err
		}
		key := "null"
		if selected.SortBy != nil {
			if key, err = part.sortKey(*selected.SortBy); err != nil {
				return nil, err
			}
		}
		arms = append(arms, "select r.id, r.position, "+strconv.Itoa(i)+" as selection, "+key+" as sort_key"+
			" from "+part.from+" where "+part.where)
	}
	if len(arms) == 0 {
		return nil, nil
	}
	order := sortOrder("p.sort_key", s.query.Descending) + ", p.selection, p.position"
	query := "with p as materialized (" + strings.Join(arms, " union all ") + ") select p.* from p" + s.behind(p) +
		" order by " + order + " limit " + p.add(limit)
	if s.query.Start > 1 {
		query += " offset " + p.add(s.query.Start-1)
	}
	query = "select " + recordColumns + ", p.position, p.selection, p.sort_key from (" + query + ") p cross join resources r" +
		" where r.tenant_id = " + p.add(s.dir.TenantID) + " and r.connection_id = " + p.add(s.dir.ConnectionID) + " and r.id = p.id" +
		" order by " + order
	if len(query) > maxStatement {
		return nil, schema.Errorf(schema.TooMany, "The filter is too large to sort %d resource types together.", len(arms))
	}
	return s.hits(ctx, query, p.values)
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
