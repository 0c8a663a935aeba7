package conformance

import (
	"slices"
	"strconv"
)

// pageSize is how many of the five people are asked for at once: three pages,
// the last one not full.
const pageSize = 2

func indexPaging() []Requirement {
	return area("Index paging", []Feature{IndexPaging, Filter},
		must("7644-3.4.2.4-01", "totalResults counts all matches, not only those of the page.", func(p *probe) {
			p.page(1, pageSize).is("totalResults", len(everybody))
		}),
		must("7644-3.4.2.4-02", "A page holds no more resources than count asks for.", func(p *probe) {
			a := p.page(1, pageSize)
			a.expect(len(a.ids()) <= pageSize && len(a.ids()) > 0, "one or two resources", a.ids())
		}),
		must("7644-3.4.2.4-03", "startIndex counts resources from 1, not pages: startIndex 2 leaves out one.", func(p *probe) {
			p.page(2, len(everybody)).length("Resources", len(everybody)-1)
			p.page(len(everybody), len(everybody)).length("Resources", 1)
		}),
		must("7644-3.4.2.4-04", "Without startIndex a list begins at the first resource.", func(p *probe) {
			p.query(p.users.endpoint, "filter", p.cohort().only(""), "count", strconv.Itoa(len(everybody))).status(200).
				length("Resources", len(everybody))
		}),
		must("7644-3.4.2.4-05", "A startIndex less than 1 means 1.", func(p *probe) {
			p.page(0, len(everybody)).length("Resources", len(everybody))
			p.page(-3, len(everybody)).length("Resources", len(everybody))
		}),
		must("7644-3.4.2.4-06", "A negative count means 0.", func(p *probe) {
			p.page(1, -1).is("totalResults", len(everybody)).lacks("Resources")
		}),
		must("7644-3.4.2.4-07", "A count of 0 returns totalResults and no resources.", func(p *probe) {
			p.page(1, 0).is("totalResults", len(everybody)).lacks("Resources")
		}),
		must("7644-3.4.2.4-08", "itemsPerPage of a partial answer is the number of resources in it.", func(p *probe) {
			a := p.page(1, pageSize)
			a.is("itemsPerPage", len(a.ids()))
			a = p.page(5, pageSize)
			a.is("itemsPerPage", len(a.ids()))
		}),
		must("7644-3.4.2.4-09", "startIndex of a partial answer is the index of its first resource.", func(p *probe) {
			p.page(1, pageSize).is("startIndex", 1)
			p.page(3, pageSize).is("startIndex", 3)
		}),
		should("7644-3.4.2.4-10", "Page after page, each resource comes exactly once.", func(p *probe) {
			var got []string
			start, a := 1, p.page(1, pageSize)
			for range everybody {
				got = append(got, a.ids()...)
				start += len(a.ids())
				if p.over() || len(a.ids()) == 0 || start > len(everybody) {
					break
				}
				a = p.page(start, pageSize)
			}
			got = p.cohort().keys(got)
			slices.Sort(got)
			a.expect(slices.Equal(got, everybody), "each of "+show(everybody)+" once", got)
		}),
		must("7644-3.4.2.4-11", "A startIndex after the last resource answers 200 with totalResults and no resources.", func(p *probe) {
			p.page(len(everybody)+1, pageSize).is("totalResults", len(everybody)).lacks("Resources")
		}),
		must("7644-3.4.2.4-12", "A count that is larger than the number of matches is no error.", func(p *probe) {
			a := p.page(1, 100)
			a.expect(len(a.ids()) == len(everybody), "all five resources", a.ids())
		}),
	)
}

// page reads a page of the five people.
func (p *probe) page(start, count int) *answer {
	return p.query(p.users.endpoint, "filter", p.cohort().only(""),
		"startIndex", strconv.Itoa(start), "count", strconv.Itoa(count)).status(200)
}
