package conformance

import (
	"regexp"
	"slices"
	"strconv"
)

// unreserved are the characters of a cursor (RFC 3986 section 2.3).
var unreserved = regexp.MustCompile(`^[-._~0-9A-Za-z]+$`)

func cursorPaging() []Requirement {
	return area("Cursor paging", []Feature{CursorPaging, Filter},
		must("9865-4-01", "The pagination object says of cursor and index whether they are supported, as booleans.", func(p *probe) {
			a := p.configuration()
			a.boolean("pagination/cursor")
			a.boolean("pagination/index")
		}),
		must("9865-4-02", "The optional parts of the pagination object have their types: a method, and positive integers.", func(p *probe) {
			a := p.configuration().has("pagination")
			if method := at(a.value, "pagination/defaultPaginationMethod"); method != nil {
				a.expect(method == "cursor" || method == "index", "cursor or index", method)
			}
			for _, key := range []string{"defaultPageSize", "maxPageSize", "cursorTimeout"} {
				if at(a.value, "pagination/"+key) != nil {
					a.expect(a.number("pagination/"+key) > 0, key+" above 0", at(a.value, "pagination"))
				}
			}
		}),
		must("9865-2-01", "An empty cursor asks for the first page, which has a nextCursor if there are more.", func(p *probe) {
			a := p.cursor("")
			a.expect(a.text("nextCursor") != "", "a nextCursor", at(a.value, "nextCursor"))
			a.expect(len(a.ids()) > 0, "resources", a.ids())
		}),
		must("9865-2-02", "Each page but the last has a nextCursor, and the last has none.", func(p *probe) {
			_, pages, last := p.walk()
			last.expect(pages >= len(everybody)/pageSize, "several pages", pages)
			last.lacks("nextCursor")
		}),
		must("9865-2-03", "Cursor after cursor, each resource comes exactly once.", func(p *probe) {
			got, _, last := p.walk()
			p.sameKeys(last, got)
		}),
		must("9865-2-04", "Cursors lead to the same resources as indexes.", func(p *probe) {
			byIndex := p.page(1, len(everybody)).ids()
			got, _, last := p.walk()
			slices.Sort(got)
			last.expect(slices.Equal(got, slices.Sorted(slices.Values(byIndex))) && len(got) == len(everybody), show(byIndex), got)
		}).when(IndexPaging),
		must("9865-2-05", "A page by cursor holds no more resources than count asks for.", func(p *probe) {
			a := p.cursor("")
			a.expect(len(a.ids()) <= pageSize && len(a.ids()) > 0, "one or two resources", a.ids())
			a = p.cursor(a.text("nextCursor"))
			a.expect(len(a.ids()) <= pageSize && len(a.ids()) > 0, "one or two resources", a.ids())
		}),
		must("9865-2-06", "The first page has no previousCursor.", func(p *probe) {
			p.cursor("").has("Resources").lacks("previousCursor")
		}),
		may("9865-2-07", "A previousCursor leads back to the page before.", func(p *probe) {
			first := p.cursor("")
			second := p.cursor(first.text("nextCursor"))
			if second.text("previousCursor") == "" {
				p.skip("the server gives no previousCursor")
			}
			back := p.cursor(second.text("previousCursor"))
			back.expect(slices.Equal(back.ids(), first.ids()), "the first page "+show(first.ids()), back.ids())
		}),
		must("9865-2-08", "A cursor consists of characters that a URL does not reserve.", func(p *probe) {
			a := p.cursor("")
			a.expect(unreserved.MatchString(a.text("nextCursor")), "letters, digits, - . _ and ~", a.text("nextCursor"))
		}),
		must("9865-2-09", "A negative count with a cursor means 0: no resources.", func(p *probe) {
			p.query(p.users.endpoint, "filter", p.cohort().only(""), "cursor", "", "count", "-1").status(200).isList().lacks("Resources")
		}),
		must("9865-2-10", "A count of 0 with a cursor returns no resources, and totalResults if the server knows it.", func(p *probe) {
			a := p.query(p.users.endpoint, "filter", p.cohort().only(""), "cursor", "", "count", "0").status(200).lacks("Resources")
			a.expect(at(a.value, "totalResults") == nil || a.number("totalResults") == len(everybody), "totalResults 5", at(a.value, "totalResults"))
		}),
		must("9865-2-11", "A result that fits on one page has no nextCursor.", func(p *probe) {
			a := p.query(p.users.endpoint, "filter", p.cohort().only(""), "cursor", "", "count", "50").status(200).lacks("nextCursor")
			p.sameKeys(a, a.ids())
		}),
		must("9865-2-12", "A query without matches answers 200 without resources and without nextCursor.", func(p *probe) {
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(p.label("nobody")), "cursor", "", "count", "2").status(200).isList().lacks("Resources", "nextCursor")
		}),
		must("9865-2-13", "totalResults, where it is given, counts all matches on each page.", func(p *probe) {
			a := p.cursor("")
			for range 2 {
				if at(a.value, "totalResults") != nil {
					a.is("totalResults", len(everybody))
				}
				a = p.cursor(a.text("nextCursor"))
			}
		}),
		should("9865-2.2-01", "Pages by cursor are sorted if the request says so.", func(p *probe) {
			got, _, last := p.walk("sortBy", "userName", "sortOrder", "descending")
			keys := p.cohort().keys(got)
			last.expect(slices.Equal(keys, []string{"eve", "dov", "cyd", "ben", "ada"}), "eve, dov, cyd, ben, ada", keys)
		}).when(Sort),
		must("9865-3-01", "Cursors work in searches by POST.", func(p *probe) {
			c := p.cohort()
			request := doc{"filter": c.only(""), "cursor": "", "count": pageSize}
			first := p.search(p.users.endpoint, request).status(200).has("nextCursor")
			request["cursor"] = first.text("nextCursor")
			second := p.search(p.users.endpoint, request).status(200)
			second.expect(len(second.ids()) > 0 && !slices.Equal(first.ids(), second.ids()), "the next page", second.ids())
		}).when(Search),
		must("9865-2.4-01", "A request that names no method is answered by the announced default.", func(p *probe) {
			method := at(p.config, "pagination/defaultPaginationMethod")
			if method == nil {
				p.skip("the server announces no default method")
			}
			a := p.query(p.users.endpoint, "filter", p.cohort().only(""), "count", strconv.Itoa(pageSize)).status(200)
			if method == "index" {
				a.is("startIndex", 1)
				return
			}
			a.has("nextCursor")
		}),
	)
}

// cursor reads a page of the five people.
func (p *probe) cursor(cursor string, parameters ...string) *answer {
	all := append([]string{"filter", p.cohort().only(""), "cursor", cursor, "count", strconv.Itoa(pageSize)}, parameters...)
	return p.query(p.users.endpoint, all...).status(200)
}

// walk follows the cursors to the end, within bounds.
func (p *probe) walk(parameters ...string) (ids []string, pages int, last *answer) {
	last = p.cursor("", parameters...)
	for pages = 1; ; pages++ {
		ids = append(ids, last.ids()...)
		next := last.text("nextCursor")
		if p.over() || next == "" || pages > 4*len(everybody) {
			return ids, pages, last
		}
		last = p.cursor(next, parameters...)
	}
}

// sameKeys expects each of the five people once.
func (p *probe) sameKeys(a *answer, ids []string) {
	got := p.cohort().keys(ids)
	slices.Sort(got)
	a.expect(slices.Equal(got, everybody), "each of "+show(everybody)+" once", got)
}
