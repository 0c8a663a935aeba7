package idp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Bounds of what a simulation works on.
const (
	MaxUsers  = 1_000_000
	MaxGroups = 10_000
)

// Company is the population that an identity provider knows.
type Company struct {
	Name   string
	Domain string
	People []Person
	Groups []Group

	random   *rand.Rand
	taken    map[string]int // user names handed out, without number and domain
	reporter map[string]int // a head for each department
}

// NewCompany makes a company up. The same seed and sizes give the same company.
func NewCompany(seed uint64, users, groups int) *Company {
	c := &Company{
		random: rand.New(rand.NewPCG(seed, 0)), //nolint:gosec // a simulation has to repeat itself; nothing here is a secret
		taken:  map[string]int{}, reporter: map[string]int{},
	}
	o := organisations[seed%uint64(len(organisations))]
	c.Name, c.Domain = o.name, o.domain
	for range users {
		c.Hire()
	}
	for i := range groups {
		c.Groups = append(c.Groups, c.newGroup(i))
	}
	return c
}

// Hire adds a person, active and with a manager, and returns their place.
func (c *Company) Hire() int {
	place := len(c.People)
	given, family := pick(c.random, givenNames), pick(c.random, familyNames)
	dep, off := pick(c.random, departments), pick(c.random, offices)
	p := Person{
		ObjectID: c.objectID(), Given: given.native, Family: family.native,
		UserName:     c.userName(given.ascii + "." + family.ascii),
		Organization: c.Name, EmployeeNumber: fmt.Sprintf("E%06d", place+1),
		Street: off.street, City: off.city, Region: off.region, PostalCode: off.postalCode, Country: off.country,
		Language: off.language, TimeZone: off.timeZone, Manager: noManager, Active: true,
	}
	p.Email = p.UserName
	p.Phone = fmt.Sprintf("%s %07d", off.dialling, c.random.IntN(10_000_000))
	// Not everybody has everything: absent attributes are part of the picture.
	if c.random.IntN(3) == 0 {
		p.Mobile = fmt.Sprintf("%s 9%06d", off.dialling, c.random.IntN(1_000_000))
	}
	if c.random.IntN(4) == 0 {
		p.Middle = pick(c.random, givenNames).native
	}
	if c.random.IntN(8) == 0 {
		p.Role = pick(c.random, roles)
	}
	c.People = append(c.People, p)
	c.join(place, dep)
	return place
}

// join puts somebody into a department: the first one there leads it and reports
// to the company's first person, the others report to its head.
func (c *Company) join(place int, d department) {
	p := &c.People[place]
	p.Department, p.Division, p.CostCenter = d.name, d.division, d.costCenter
	head, ok := c.reporter[d.name]
	switch {
	case !ok:
		c.reporter[d.name] = place
		p.Title, p.Manager = d.titles[0], 0
	default:
		p.Title, p.Manager = d.titles[1+c.random.IntN(len(d.titles)-1)], head
	}
	if place == 0 {
		p.Title, p.Manager = "Chief Executive Officer", noManager
	}
	if p.Manager == place {
		p.Manager = 0
	}
}

// leads reports whether somebody is, or ever was made, anybody's manager.
func (c *Company) leads(place int) bool {
	if place == 0 {
		return true
	}
	for _, head := range c.reporter {
		if head == place {
			return true
		}
	}
	return false
}

// userName is unique and, like most directories', an e-mail address.
func (c *Company) userName(local string) string {
	c.taken[local]++
	if n := c.taken[local]; n > 1 {
		local = fmt.Sprintf("%s%d", local, n)
	}
	return local + "@" + c.Domain
}

// objectID is a UUIDv4 from the company's own randomness.
func (c *Company) objectID() string {
	high, low := c.random.Uint64(), c.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x",
		high>>32, high>>16&0xffff, high&0xfff, low>>48&0x3fff|0x8000, low&0xffff_ffff_ffff)
}

// newGroup makes the i-th group: departments, then offices, then projects. Names
// are unique, members random, and one group in ten is empty.
func (c *Company) newGroup(i int) Group {
	var label string
	round, nth := i/(len(departments)+len(offices)+len(projects)), i%(len(departments)+len(offices)+len(projects))
	switch {
	case nth < len(departments):
		label = departments[nth].name
	case nth < len(departments)+len(offices):
		label = "Office " + offices[nth-len(departments)].city
	default:
		label = "Project " + projects[nth-len(departments)-len(offices)]
	}
	if round > 0 {
		label = fmt.Sprintf("%s (%d)", label, round+1)
	}
	g := Group{ObjectID: c.objectID(), Name: label}
	if i%10 != 9 {
		g.Members = c.some(1 + c.random.IntN(max(1, len(c.People)/5)))
	}
	return g
}

// some returns at most n different places, ascending.
func (c *Company) some(n int) []int {
	places := c.random.Perm(len(c.People))
	places = places[:min(n, len(places))]
	slices.Sort(places)
	return places
}

// rename gives somebody another family name, and the user name and address that
// go with it.
func (c *Company) rename(p *Person) {
	family := pick(c.random, familyNames)
	for family.native == p.Family {
		family = pick(c.random, familyNames)
	}
	local, _, _ := strings.Cut(p.UserName, ".")
	p.Family = family.native
	p.UserName = c.userName(local + "." + family.ascii)
	p.Email = p.UserName
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
