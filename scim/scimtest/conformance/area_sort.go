package conformance

import (
	"slices"
	"strconv"
	"strings"
)

func upper(s string) string { return strings.ToUpper(s) }

func sorting() []Requirement {
	return area("Sorting", []Feature{Sort, Filter},
		must("7644-3.4.2.3-01", "sortBy orders the results, ascending if nothing else is said.", func(p *probe) {
			p.ordered(p.sorted("name.familyName", ""), everybody...)
		}).needs("name.familyName"),
		must("7644-3.4.2.3-02", "sortOrder ascending and descending are opposites.", func(p *probe) {
			p.ordered(p.sorted("userName", "ascending"), everybody...)
			p.ordered(p.sorted("userName", "descending"), "eve", "dov", "cyd", "ben", "ada")
		}),
		must("7644-3.4.2.3-03", "Texts whose case does not count are ordered without regard to case.", func(p *probe) {
			a := p.query(p.users.endpoint, "filter", p.cohort().only("title pr"), "sortBy", "title")
			p.ordered(a, "ada", "ben", "cyd", "dov")
		}).needs("title"),
		must("7644-3.4.2.3-04", "Sub-attributes are sorted by, with a dot.", func(p *probe) {
			p.ordered(p.sorted("name.givenName", "ascending"), "eve", "dov", "cyd", "ben", "ada")
		}).needs("name.givenName"),
		must("7644-3.4.2.3-05", "Resources without a value come last if ascending and first if descending.", func(p *probe) {
			p.ordered(p.sorted("title", "ascending"), "ada", "ben", "cyd", "dov", "eve")
			p.ordered(p.sorted("title", "descending"), "eve", "dov", "cyd", "ben", "ada")
		}).needs("title"),
		must("7644-3.4.2.3-06", "A multi-valued attribute is sorted by its primary value, else by its first one.", func(p *probe) {
			early := p.label("s")
			late := p.user(doc{"emails": []any{mail("home", early+"-1@example.com"), primaryMail("work", early+"-9@example.com")}})
			soon := p.user(doc{"emails": []any{mail("work", early+"-5@example.com"), mail("home", early+"-3@example.com")}})
			a := p.query(p.users.endpoint, "filter", "emails.value sw "+quoted(early), "sortBy", "emails.value").status(200)
			a.expect(slices.Equal(a.ids(), []string{soon.id, late.id}), "first "+soon.name+", then "+late.name, show(a.ids()))
		}).needs("emails.value", "emails.primary"),
		must("7644-3.4.2.3-07", "Times are sorted by when they are.", func(p *probe) {
			a := p.sorted("meta.created", "ascending").status(200)
			last := instant(nil)
			for i := range a.ids() {
				made := instant(at(a.value, "Resources/"+strconv.Itoa(i)+"/meta/created"))
				a.expect(!made.Before(last), "the earliest first", made.String()+" after "+last.String())
				last = made
			}
			a.expect(len(a.ids()) == len(everybody), "five resources", a.ids())
		}),
		must("7644-3.4.2.3-08", "The order holds across pages.", func(p *probe) {
			var got []string
			var a *answer
			for start := 1; start <= len(everybody); start += pageSize {
				a = p.query(p.users.endpoint, "filter", p.cohort().only(""), "sortBy", "userName", "sortOrder", "descending",
					"startIndex", strconv.Itoa(start), "count", strconv.Itoa(pageSize)).status(200)
				got = append(got, a.ids()...)
			}
			keys := p.cohort().keys(got)
			a.expect(slices.Equal(keys, []string{"eve", "dov", "cyd", "ben", "ada"}), "eve, dov, cyd, ben, ada over three pages", keys)
		}).when(IndexPaging),
		must("7644-3.4.2.3-09", "The name in sortBy is compared without case and may be qualified with its URN.", func(p *probe) {
			p.ordered(p.sorted("USERNAME", "descending"), "eve", "dov", "cyd", "ben", "ada")
			p.ordered(p.sorted(userURN+":userName", "descending"), "eve", "dov", "cyd", "ben", "ada")
		}),
	)
}

// sorted lists the five people in an order.
func (p *probe) sorted(by, order string) *answer {
	parameters := []string{"filter", p.cohort().only(""), "sortBy", by}
	if order != "" {
		parameters = append(parameters, "sortOrder", order)
	}
	return p.query(p.users.endpoint, parameters...)
}
