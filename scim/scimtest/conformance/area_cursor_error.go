package conformance

import (
	"strconv"
	"time"
)

func cursorErrors() []Requirement {
	return area("Cursor errors", []Feature{CursorPaging, Filter},
		should("9865-2.1-01", "A cursor that the server never gave answers 400 invalidCursor.", func(p *probe) {
			p.next("no-such-cursor").refused(400, "invalidCursor")
		}),
		should("9865-2.1-02", "A cursor whose text was changed answers 400 invalidCursor.", func(p *probe) {
			next := p.cursor("").has("nextCursor").text("nextCursor")
			p.next(flip(next)).refused(400, "invalidCursor")
		}),
		should("9865-2.1-03", "A cursor with another filter than its first request answers 400 invalidCursor.", func(p *probe) {
			next := p.cursor("").has("nextCursor").text("nextCursor")
			p.query(p.users.endpoint, "filter", p.cohort().only("userName pr"), "cursor", next, "count", strconv.Itoa(pageSize)).refused(400, "invalidCursor")
		}),
		should("9865-2.1-04", "A cursor with another order than its first request answers 400 invalidCursor.", func(p *probe) {
			next := p.cursor("", "sortBy", "userName").has("nextCursor").text("nextCursor")
			p.next(next, "sortBy", "userName", "sortOrder", "descending").refused(400, "invalidCursor")
		}).when(Sort),
		should("9865-2.1-05", "A cursor of users is refused at another endpoint with 400 invalidCursor.", func(p *probe) {
			next := p.query(p.users.endpoint, "cursor", "", "count", "1").status(200).has("nextCursor").text("nextCursor")
			p.query(p.groups.endpoint, "cursor", next, "count", "1").refused(400, "invalidCursor")
		}).when(Groups),
		should("9865-2.1-06", "A cursor with another count than its first request answers 400 invalidCount.", func(p *probe) {
			next := p.cursor("").has("nextCursor").text("nextCursor")
			p.query(p.users.endpoint, "filter", p.cohort().only(""), "cursor", next, "count", strconv.Itoa(pageSize+1)).refused(400, "invalidCount", "invalidCursor")
		}),
		should("9865-2.1-07", "A count that is no integer answers 400 invalidCount.", func(p *probe) {
			p.query(p.users.endpoint, "filter", p.cohort().only(""), "cursor", "", "count", "many").refused(400, "invalidCount", "invalidValue")
		}),
		should("9865-2.1-08", "A count above maxPageSize answers at most maxPageSize resources, or 400 invalidCount.", func(p *probe) {
			most, ok := integer(at(p.config, "pagination/maxPageSize"))
			if !ok {
				p.skip("the server announces no maxPageSize")
			}
			a := p.query(p.users.endpoint, "cursor", "", "count", strconv.Itoa(most+1)).status(200, 400)
			if a.reply.status == 400 {
				a.refused(400, "invalidCount")
				return
			}
			a.expect(len(a.ids()) <= most, "at most "+strconv.Itoa(most)+" resources", strconv.Itoa(len(a.ids())))
		}),
		should("9865-2.1-09", "A cursor that is older than cursorTimeout and no longer valid answers 400 expiredCursor.", func(p *probe) {
			seconds, ok := integer(at(p.config, "pagination/cursorTimeout"))
			const patience = 10
			if !ok || seconds > patience {
				p.skip("cursors last longer than the %d s that the suite waits, or the server does not say how long", patience)
				return
			}
			next := p.cursor("").has("nextCursor").text("nextCursor")
			if err := pause(p.ctx, time.Duration(seconds+1)*time.Second); err != nil {
				p.block("the run was ended")
			}
			if a := p.next(next); a.reply.status != 200 {
				a.refused(400, "expiredCursor", "invalidCursor")
			}
		}),
	)
}

// next asks for a page of the five people, whatever the answer.
func (p *probe) next(cursor string, parameters ...string) *answer {
	all := append([]string{"filter", p.cohort().only(""), "cursor", cursor, "count", strconv.Itoa(pageSize)}, parameters...)
	return p.query(p.users.endpoint, all...)
}

// flip changes one character in the middle of a cursor.
func flip(cursor string) string {
	if cursor == "" {
		return "x"
	}
	i, other := len(cursor)/2, "A"
	if cursor[i] == 'A' {
		other = "B"
	}
	return cursor[:i] + other + cursor[i+1:]
}
