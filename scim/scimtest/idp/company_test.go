package idp

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"
)

func TestCompanyIsPlausible(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 2, 500} {
		c := NewCompany(3, size, 40)
		names, ids := map[string]bool{}, map[string]bool{}
		for place, p := range c.People {
			if names[p.UserName] || ids[p.ObjectID] {
				t.Errorf("%s or %s exists twice", p.UserName, p.ObjectID)
			}
			names[p.UserName], ids[p.ObjectID] = true, true
			if _, err := mail.ParseAddress(p.Email); err != nil || !strings.HasSuffix(p.Email, ".example") {
				t.Errorf("address %q: %v", p.Email, err)
			}
			if (p.Manager == noManager) != (place == 0) || p.Manager == place || p.Manager >= len(c.People) {
				t.Errorf("person %d is managed by %d", place, p.Manager)
			}
			if p.Title == "" || p.Department == "" || p.Phone == "" || !p.Active {
				t.Errorf("person %d lacks something: %+v", place, p)
			}
		}
		labels := map[string]bool{}
		for _, g := range c.Groups {
			if labels[g.Name] || !slices.IsSorted(g.Members) || len(slices.Compact(slices.Clone(g.Members))) != len(g.Members) {
				t.Errorf("group %s: %v", g.Name, g.Members)
			}
			labels[g.Name] = true
		}
	}
}

func TestCompanyRepeatsItself(t *testing.T) {
	t.Parallel()
	describe := func(seed uint64) string {
		c := NewCompany(seed, 50, 5)
		p := c.People[7]
		c.rename(&p)
		return fmt.Sprint(c.Name, c.People, c.Groups, p, c.followers(3))
	}
	five := describe(5)
	if again := describe(5); again != five {
		t.Error("the same seed gives different companies")
	}
	if five == describe(6) {
		t.Error("different seeds give the same company")
	}
}

func TestFollowersLeadNobody(t *testing.T) {
	t.Parallel()
	c := NewCompany(1, 80, 0)
	managers := map[int]bool{}
	for _, p := range c.People {
		managers[p.Manager] = true
	}
	some := c.followers(8)
	if len(some) != 8 {
		t.Fatalf("%d followers", len(some))
	}
	for _, place := range some {
		if managers[place] {
			t.Errorf("%d manages somebody", place)
		}
	}
	if tiny := NewCompany(1, 1, 0).followers(1); len(tiny) != 1 {
		t.Errorf("in a company of one: %v", tiny)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := Config{Dialect: Okta, BaseURL: "https://scim.example/v2/", Token: "t"}
	if c, err := good.withDefaults(); err != nil || c.Users != 100 || c.Groups != 10 || c.BaseURL != "https://scim.example/v2" || c.App != OIN {
		t.Fatalf("%+v %v", c, err)
	}
	for name, spoil := range map[string]func(*Config){
		"dialect":  func(c *Config) { c.Dialect = "x" },
		"scenario": func(c *Config) { c.Scenario = "x" },
		"scheme":   func(c *Config) { c.BaseURL = "ftp://x/" },
		"relative": func(c *Config) { c.BaseURL = "/scim" },
		"query":    func(c *Config) { c.BaseURL += "?a=b" },
		"password": func(c *Config) { c.BaseURL = "https://a:b@scim.example" },
		"token":    func(c *Config) { c.Token = "" },
		"newline":  func(c *Config) { c.Token = "a\nb" },
		"users":    func(c *Config) { c.Users = MaxUsers + 1 },
		"groups":   func(c *Config) { c.Groups = MaxGroups + 1 },
		"app":      func(c *Config) { c.App = "x" },
	} {
		c := good
		spoil(&c)
		if _, err := Run(t.Context(), c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
