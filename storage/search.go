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
	switch {
	case s.query.Start > 0 && !s.query.Sorted:
		return s.concatenated(ctx)
	case s.query.Start > 0:
		return s.sorted(ctx)
	}
	return s.behindMark(ctx)
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
			Filter: s.query.Selections[i].Filter,
			Start:  max(s.query.Start-results.Total, 1), Count: s.query.Count - len(results.Found),
		}
		page, err := listSelected(ctx, s.tx, part, q)
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

// sorted is a page of all types in the order of their sort keys. As with one
// type, matches are counted only where the page does not show where they end.
func (s *search) sorted(ctx context.Context) (scim.Results, error) {
	var hits []hit
	var err error
	if s.query.Count > 0 {
		if hits, err = s.readSorted(ctx, s.query.Count); err != nil {
			return scim.Results{}, err
		}
	}
	results := scim.Results{Found: s.found(hits)}
	if n := len(hits); n < s.query.Count && (n > 0 || s.query.Start == 1) {
		results.Total = s.query.Start - 1 + n
		return results, nil
	}
	results.Total, err = s.total(ctx)
	return results, err
}

// behindMark is a page that begins behind a mark, or at the beginning.
func (s *search) behindMark(ctx context.Context) (scim.Results, error) {
	var hits []hit
	if s.query.Count > 0 {
		var err error
		read := s.readUnsorted
		if s.query.Sorted {
			read = s.readSorted
		}
		if hits, err = read(ctx, s.query.Count+1); err != nil { // one more than asked for tells whether there is one
			return scim.Results{}, err
		}
	}
	if len(hits) <= s.query.Count && s.query.Count > 0 && s.query.After == nil {
		return scim.Results{Total: len(hits), Found: s.found(hits)}, nil
	}
	results := scim.Results{Total: scim.NotCounted}
	if s.query.After == nil || !s.filtered() {
		var err error
		if results.Total, err = s.total(ctx); err != nil {
			return scim.Results{}, err
		}
	}
	if s.query.Count > 0 && len(hits) > s.query.Count {
		hits = hits[:s.query.Count]
		results.Next = &hits[len(hits)-1].Mark
	}
	results.Found = s.found(hits)
	return results, nil
}

func (s *search) filtered() bool {
	for _, selected := range s.query.Selections {
		if selected.Filter != nil {
			return true
		}
	}
	return false
}

// total is how many resources match. Without a filter it is kept.
func (s *search) total(ctx context.Context) (int, error) {
	all := 0
	for i, part := range s.parts {
		if part == nil {
			continue
		}
		counted := directoryTotal
		if s.query.Selections[i].Filter != nil {
			counted = count
		}
		n, err := counted(ctx, s.tx, part)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

func (s *search) typeOf(selection int) *schema.ResourceType {
	return s.query.Selections[selection].Type
}

func (s *search) found(hits []hit) []scim.Found {
	found := make([]scim.Found, len(hits))
	for i, h := range hits {
		found[i] = scim.Found{Type: s.typeOf(h.Selection), Record: h.record}
	}
	return found
}
