package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// people are five users who differ in ways that filters, order and pages can
// tell. They are made once and never changed.
type people struct {
	prefix  string // of each userName
	blocked string // why they could not be made
	by      map[string]*resource
}

// profile is one of them, in the order of their titles without case. They are
// made in another order, so that the order of making is none of those asked for.
type profile struct {
	key, title, nick, family, given string
	active                          bool
	work, home                      bool // which e-mail addresses
	department                      string
}

var profiles = []profile{
	{key: "dov", title: "designer", family: "Dunn", given: "Wim", active: true, work: true, department: "Legal"},
	{key: "ada", title: "Analyst", nick: "Ace", family: "Abel", given: "Zoe", active: true, work: true, home: true, department: "Sales"},
	{key: "eve", family: "Eads", given: "Vic", active: true, home: true},
	{key: "ben", title: "builder", family: "Baker", given: "Yan", active: true, work: true, department: "Sales"},
	{key: "cyd", title: "Curator", nick: "Cy", family: "Cole", given: "Xia", active: false, home: true, department: "Legal"},
}

// everybody are the keys in alphabetical order, which is the order of their
// userNames, too.
var everybody = []string{"ada", "ben", "cyd", "dov", "eve"}

// cohort makes the five people the first time that a check needs them.
func (p *probe) cohort() *people {
	if p.over() {
		return &people{}
	}
	if p.people == nil {
		p.people = p.makePeople()
	}
	if p.people.blocked != "" {
		p.block("%s", p.people.blocked)
	}
	return p.people
}

func (p *probe) makePeople() *people {
	all := &people{prefix: p.label("p") + "-", by: map[string]*resource{}}
	maker := p.probe(p.ctx)
	for _, one := range profiles {
		r := maker.user(p.describe(all.prefix, one))
		all.by[one.key] = r
		p.shared[r.at] = true
	}
	p.sent += maker.sent
	switch {
	case maker.failure != nil:
		all.blocked = "the people to look for could not be made: " + maker.failure.Got
	case maker.blocked != "":
		all.blocked = "the people to look for could not be made: " + maker.blocked
	}
	return all
}

// describe leaves out what the server's schemas do not define.
func (p *probe) describe(prefix string, one profile) doc {
	extra := doc{"userName": prefix + one.key + "@example.com", "externalId": externalID(prefix, one.key)}
	set := func(attribute string, value any) {
		if p.undefined([]string{attribute}) == "" && value != "" {
			extra[attribute] = value
		}
	}
	set("title", one.title)
	set("nickName", one.nick)
	set("active", one.active)
	set("name", doc{"familyName": one.family, "givenName": one.given})
	set("emails", mails(prefix, one))
	if p.offers[Enterprise] == "" && one.department != "" && p.undefined([]string{"enterprise:department"}) == "" {
		extra[enterpriseURN] = doc{"department": one.department}
	}
	return extra
}

// mails has the home address first and the work address primary, if there are both.
func mails(prefix string, one profile) []any {
	var out []any
	if one.home {
		out = append(out, mail("home", prefix+one.key+"@home.example.com"))
	}
	if one.work {
		out = append(out, primaryMail("work", prefix+one.key+"@work.example.com"))
	}
	return out
}

// externalID differs from that of others in more than case.
func externalID(prefix, key string) string { return "X-" + strings.ToUpper(key) + "-" + prefix }

// who returns one of the five.
func (c *people) who(key string) *resource {
	if r := c.by[key]; r != nil {
		return r
	}
	return &resource{} // the check is over already
}

// only restricts a filter to the five: the directory may hold other people.
func (c *people) only(filter string) string {
	scope := fmt.Sprintf("userName sw %q", c.prefix)
	if filter == "" {
		return scope
	}
	return scope + " and (" + filter + ")"
}

// keys are those of the five whose ids are in a list, in the order of the list.
// Anybody else appears as his id.
func (c *people) keys(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id
		for key, r := range c.by {
			if r.id == id {
				out[i] = key
			}
		}
	}
	return out
}

// finds expects a filter to match exactly these among the five.
func (p *probe) finds(filter string, want ...string) {
	c := p.cohort()
	p.matches(p.query(p.users.endpoint, "filter", c.only(filter)), want...)
}

// findsAlone is finds for a filter that already names the run.
func (p *probe) findsAlone(filter string, want ...string) {
	p.cohort()
	p.matches(p.query(p.users.endpoint, "filter", filter), want...)
}

// matches expects a list of exactly these of the five, in any order.
func (p *probe) matches(a *answer, want ...string) {
	a.status(200)
	got := p.cohort().keys(a.ids())
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	a.expect(slices.Equal(got, want), "the resources "+show(want), got)
}

// ordered expects a list of exactly these of the five, in this order.
func (p *probe) ordered(a *answer, want ...string) {
	a.status(200)
	got := p.cohort().keys(a.ids())
	a.expect(slices.Equal(got, want), "the resources in the order "+show(want), got)
}

// ids are the ids of a list answer, in their order.
func (a *answer) ids() []string { return texts(at(a.value, "Resources"), "id") }
