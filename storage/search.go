package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// Search implements scim.Store. Total and page are of one moment.
func (s *Resources) Search(ctx context.Context, dir scim.Directory, q scim.SearchQuery) (scim.Results, error) {
	var results scim.Results
	err := s.db.view(ctx, dir.TenantID, func(tx *tx) error {
		search, err := newSearch(tx, dir, q)
		if err == nil {
			results, err = search.run(ctx)
		}
		return err
	})
	if err != nil {
		return scim.Results{}, fmt.Errorf("search %d resource types: %w", len(q.Selections), err)
	}
	return results, nil
}

// search is a query over several resource types at work.
type search struct {
	tx    *tx
	dir   scim.Directory
	query scim.SearchQuery
	parts []*selection // one for each of query.Selections, nil where nothing can match

	hits    []hit
	total   int
	counted bool // total is known
}

func newSearch(tx *tx, dir scim.Directory, q scim.SearchQuery) (*search, error) {
	s := &search{tx: tx, dir: dir, query: q, parts: make([]*selection, len(q.Selections))}
	for i, selected := range q.Selections {
		part, err := newSelection(tx.dialect, dir, selected.Type, selected.Filter)
		if err == nil && selected.SortBy != nil {
			_, err = part.extend().sortKey(*selected.SortBy) // refused whether or not there is anything to sort
		}
		if err != nil {
			return nil, err
		}
		if !part.empty {
			s.parts[i] = part
		}
	}
	return s, nil
}

func (s *search) run(ctx context.Context) (scim.Results, error) {
	if s.query.Start > 0 && !s.query.Sorted {
		return s.concatenated(ctx)
	}
	limit := s.query.Count
	if s.query.Start == 0 && limit > 0 {
		limit++ // one more than asked for tells whether there is one
	}
	if err := s.read(ctx, limit); err != nil {
		return scim.Results{}, fmt.Errorf("read resources: %w", err)
	}
	results := scim.Results{Total: scim.NotCounted}
	if s.wantsTotal() {
		if err := s.count(ctx, limit); err != nil {
			return scim.Results{}, fmt.Errorf("count resources: %w", err)
		}
		results.Total = s.total
	}
	if s.query.Start == 0 && len(s.hits) > s.query.Count {
		s.hits = s.hits[:s.query.Count]
		results.Next = &s.hits[len(s.hits)-1].Mark
	}
	results.Found = s.found()
	return results, s.readMembers(ctx)
}

// concatenated is a page of the types' lists, one behind the other. Each type is
// listed from where the page reaches it on.
func (s *search) concatenated(ctx context.Context) (scim.Results, error) {
	var results scim.Results
	for i, part := range s.parts {
		if part == nil {
			continue
		}
		q := scim.ListQuery{
			Filter: s.query.Selections[i].Filter, With: s.query.Selections[i].With,
			Start: max(s.query.Start-results.Total, 1), Count: s.query.Count - len(results.Found),
		}
		last := s.tx.send
		if s.isLast(i) {
			last = s.tx.last
		}
		page, err := listSelected(ctx, s.tx, s.dir, part, q, last)
		if err != nil {
			return scim.Results{}, err
		}
		results.Total += page.Total
		for _, record := range page.Records {
			results.Found = append(results.Found, scim.Found{Type: s.typeOf(i), Record: record})
		}
	}
	return results, nil
}

// isLast says whether nothing can match in the selections behind one.
func (s *search) isLast(selection int) bool {
	for _, part := range s.parts[selection+1:] {
		if part != nil {
			return false
		}
	}
	return true
}

func (s *search) filtered() bool {
	for _, selected := range s.query.Selections {
		if selected.Filter != nil {
			return true
		}
	}
	return false
}

// wantsTotal: behind a mark, a total is told only where it is kept.
func (s *search) wantsTotal() bool {
	return s.query.Start > 0 || s.query.After == nil || !s.filtered()
}

// begins says whether the page is the first one.
func (s *search) begins() bool { return s.query.After == nil && s.query.Start <= 1 }

// sender is for the batch with the page: the last one if it surely brings all
// that is asked for.
func (s *search) sender() sender {
	total := s.counted || !s.wantsTotal() || s.query.Sorted && s.begins()
	if !total || s.wantsMembers() {
		return s.tx.send
	}
	return s.tx.last
}

// count finds out the total, unless it came with the page or the page shows it.
func (s *search) count(ctx context.Context, limit int) error {
	n := len(s.hits)
	if s.counted {
		return nil
	}
	if n < limit && (n > 0 || s.begins()) {
		s.total = max(s.query.Start-1, 0) + n
		return nil
	}
	b := &batch{}
	for i, part := range s.parts {
		switch {
		case part == nil:
		case s.query.Selections[i].Filter == nil:
			addTotal(b, part, &s.total)
		default:
			addCount(b, part, &s.total)
		}
	}
	if len(b.statements) == 0 {
		return nil
	}
	if s.wantsMembers() {
		return s.tx.send(ctx, b)
	}
	return s.tx.last(ctx, b)
}

func (s *search) wantsMembers() bool {
	for _, selected := range s.query.Selections {
		if selected.With.Members {
			return true
		}
	}
	return false
}

// readMembers reads the members of the groups that were found.
func (s *search) readMembers(ctx context.Context) error {
	var groups []*scim.Record
	for _, h := range s.hits {
		if s.query.Selections[h.Selection].With.Members {
			groups = append(groups, h.record)
		}
	}
	if len(groups) == 0 {
		return nil
	}
	return s.tx.readMembersOf(ctx, s.dir, groups, s.tx.last)
}

func (s *search) typeOf(selection int) *schema.ResourceType {
	return s.query.Selections[selection].Type
}

func (s *search) found() []scim.Found {
	found := make([]scim.Found, len(s.hits))
	for i, h := range s.hits {
		found[i] = scim.Found{Type: s.typeOf(h.Selection), Record: h.record}
	}
	return found
}
