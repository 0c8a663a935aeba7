package scim

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// Search is a list request as the client wrote it, with Start and Count already
// brought into range.
type Search struct {
	Filter     string
	SortBy     string
	Descending bool
	Start      int // 1-based; pages by cursor have none
	Count      int
	ByCursor   bool   // RFC 9865, instead of by Start
	Cursor     string // "" for the first page
	Projection Projection
}

// parameters are those of a list request, as text, before their values have been
// looked at. "" is the same as not given, but for the cursor.
type parameters struct {
	filter, sortBy, sortOrder string
	startIndex, count         string
	cursor                    *string
	attributes, excluded      []string
}

// SearchOf reads the query parameters of a list request (RFC 7644 section 3.4.2,
// RFC 9865 section 2).
func SearchOf(q url.Values) (Search, error) {
	p := parameters{
		filter: q.Get("filter"), sortBy: q.Get("sortBy"), sortOrder: q.Get("sortOrder"),
		startIndex: q.Get("startIndex"), count: q.Get("count"),
		attributes: q["attributes"], excluded: q["excludedAttributes"],
	}
	if q.Has("cursor") {
		cursor := q.Get("cursor")
		p.cursor = &cursor
	}
	return p.search()
}

func (p parameters) search() (Search, error) {
	s := Search{Filter: p.filter, SortBy: p.sortBy}
	var err error
	if s.Descending, err = descending(p.sortOrder); err != nil {
		return s, err
	}
	if s.Projection, err = NewProjection(names(p.attributes), names(p.excluded)); err != nil {
		return s, err
	}
	if p.cursor != nil {
		return s, s.byCursor(*p.cursor, p)
	}
	if s.Start, err = integer(schema.InvalidValue, "startIndex", p.startIndex, 1); err != nil {
		return s, err
	}
	if s.Count, err = integer(schema.InvalidValue, "count", p.count, DefaultCount); err != nil {
		return s, err
	}
	s.Start = max(s.Start, 1)
	s.Count = min(max(s.Count, 0), MaxCount)
	return s, nil
}

// byCursor reads what pages by cursor have of their own. A count that is out of
// range is refused, not cut: all pages must ask for the same (RFC 9865 section
// 2.1).
func (s *Search) byCursor(cursor string, p parameters) (err error) {
	s.ByCursor, s.Cursor = true, cursor
	if p.startIndex != "" {
		return schema.Errorf(schema.InvalidValue, "cursor and startIndex exclude each other: send one of them.")
	}
	if s.Count, err = integer(schema.InvalidCount, "count", p.count, DefaultCount); err != nil {
		return err
	}
	if s.Count > MaxCount {
		return schema.Errorf(schema.InvalidCount, "count is %d; with a cursor it must be between 0 and %d.", s.Count, MaxCount)
	}
	s.Count = max(s.Count, 0)
	return nil
}

func descending(order string) (bool, error) {
	switch strings.ToLower(order) {
	case "", "ascending":
		return false, nil
	case "descending":
		return true, nil
	}
	return false, schema.Errorf(schema.InvalidValue, "sortOrder is %q; it must be ascending or descending.", clip(order))
}

func integer(kind schema.ErrorType, name, text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, schema.Errorf(kind, "%s is %q; it must be an integer.", name, clip(text))
	}
	return int(n), nil
}

// identity is everything about a search that must stay the same from page to
// page, but for the count, as an unambiguous text.
func (s Search) identity(types []*schema.ResourceType) []byte {
	var text []byte
	for _, t := range types {
		text = strconv.AppendQuote(text, t.Name)
	}
	text = append(text, '|')
	for _, name := range slices.Concat(s.Projection.attributes, []string{"|"}, s.Projection.excluded) {
		text = strconv.AppendQuote(text, name)
	}
	text = append(text, '|')
	text = strconv.AppendQuote(text, s.Filter)
	text = strconv.AppendQuote(text, s.SortBy)
	return strconv.AppendBool(text, s.Descending)
}
