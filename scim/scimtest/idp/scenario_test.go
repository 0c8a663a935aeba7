package idp

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
)

// variant is a dialect with its options.
type variant struct {
	name   string
	adjust func(*Config)
}

var variants = []variant{
	{"entra", func(c *Config) { c.Dialect = Entra }},
	{"entra-optscim", func(c *Config) { c.Dialect, c.OptSCIM = Entra, true }},
	{"okta-oin", func(c *Config) { c.Dialect = Okta }},
	{"okta-aiw", func(c *Config) { c.Dialect, c.App = Okta, AIW }},
	{"onelogin", func(c *Config) { c.Dialect = OneLogin }},
	{"jumpcloud", func(c *Config) { c.Dialect = JumpCloud }},
	{"pingfederate", func(c *Config) { c.Dialect = PingFederate }},
}

// play runs a configuration and fails the test if it cannot be run at all.
func play(t *testing.T, c Config) *Report {
	t.Helper()
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func requireOK(t *testing.T, r *Report) {
	t.Helper()
	for _, p := range r.Problems {
		t.Error(p)
	}
	for _, d := range r.Differences {
		t.Error(d)
	}
	if !r.OK() || !r.Successful {
		t.Fatalf("not OK: stopped %q, %d differences, %+v", r.Stopped, r.DifferenceCount, r.Totals())
	}
	for _, s := range r.Steps {
		if s.Sent != s.Accepted || s.P50 > s.P99 {
			t.Errorf("step adds up wrongly: %+v", s)
		}
	}
}

func TestScenariosAgainstARightServer(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		for _, s := range Scenarios() {
			t.Run(v.name+"/"+string(s), func(t *testing.T) {
				t.Parallel()
				d := newDouble(t)
				c := d.config("", s)
				v.adjust(&c)
				requireOK(t, play(t, c))
				// A second run finds everything there and must not mind.
				r := play(t, c)
				requireOK(t, r)
				if s != WrongToken && s != Leaver && r.Others > 5 {
					t.Errorf("the second run adopted little: %d others", r.Others)
				}
			})
		}
	}
}

func TestDirectoryHoldsTheCompany(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			c := d.config("", FirstCycle)
			v.adjust(&c)
			requireOK(t, play(t, c))
			company := NewCompany(c.Seed, c.Users, c.Groups)
			if got, want := len(d.stored), c.Users+c.Groups; got != want {
				t.Fatalf("the server holds %d resources, want %d", got, want)
			}
			for i, g := range company.Groups {
				id := ""
				for _, each := range d.order {
					if d.stored[each]["displayName"] == g.Name {
						id = each
					}
				}
				if len(d.teams[id]) != len(g.Members) {
					t.Errorf("group %d %s has %d members on the server, want %d", i, g.Name, len(d.teams[id]), len(g.Members))
				}
			}
		})
	}
}

func TestOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	first := d.config(Entra, FirstCycle)
	requireOK(t, play(t, first))
	second := first
	second.Seed++
	r := play(t, second)
	requireOK(t, r)
	// Department groups have the same names and are adopted, nobody else is.
	if r.Others != first.Users {
		t.Errorf("%d others, want %d", r.Others, first.Users)
	}
}

func TestTwoAtOnceCollides(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			c := d.config("", TwoAtOnce)
			c.Users = 60
			v.adjust(&c)
			d.sameGroupNames = !c.provider().traits().uniqueGroups
			meet(d, c.provider().findUser(NewCompany(c.Seed, 1, 0).People[0].UserName))
			r := play(t, c)
			requireOK(t, r)
			if r.Totals().Existed == 0 {
				t.Error("both cycles looked for the same user before either created it, and neither was answered 409")
			}
			if got := r.Users + r.Groups; len(d.stored) != got {
				t.Errorf("%d resources for a company of %d", len(d.stored), got)
			}
		})
	}
}

// meet holds the first request for a path back until there is a second one.
func meet(d *double, path string) {
	var arrived atomic.Int64
	second := make(chan struct{})
	d.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.RequestURI() != "/scim/v2"+path {
			return false
		}
		switch arrived.Add(1) {
		case 1:
			select {
			case <-second:
			case <-r.Context().Done():
			}
		case 2:
			close(second)
		}
		return false
	}
}

func TestScenarioNames(t *testing.T) {
	t.Parallel()
	for _, s := range Scenarios() {
		if got, err := ParseScenario(string(s)); err != nil || got != s || s.About() == "" {
			t.Errorf("%s: %v %v %q", s, got, err, s.About())
		}
	}
	for _, bad := range []string{"", "first", "first-cycle "} {
		if _, err := ParseScenario(bad); err == nil {
			t.Errorf("%q is a scenario", bad)
		}
	}
	for _, bad := range []string{"", "google"} {
		if _, err := ParseDialect(bad); err == nil {
			t.Errorf("%q is a dialect", bad)
		}
	}
	if fmt.Sprint(Scenario("x").About()) != "" {
		t.Error("an unknown scenario is about something")
	}
}
