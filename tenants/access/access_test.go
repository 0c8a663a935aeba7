package access_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// at is a moment some days into a year.
func at(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }

const jane = "01a202c3-0000-7000-8000-000000000001"

// company has jane in Sales and, through it and through Partners, in Everybody.
func company() *access.Facts {
	return &access.Facts{
		Rule:        access.Highest,
		People:      []access.Person{{ID: jane, Active: true, ConnectionID: "okta", UserName: "jane"}},
		Connections: map[string]access.Connection{"okta": {Name: "Okta"}},
		Parents: map[string][]access.Membership{
			jane:       {{GroupID: "sales", Since: at(5)}, {GroupID: "partners", Since: at(9)}},
			"sales":    {{GroupID: "all", Since: at(8)}},
			"partners": {{GroupID: "all", Since: at(2)}},
		},
		Groups:   map[string]string{"sales": "Sales", "partners": "Partners", "all": "Everybody"},
		Mappings: map[string][]access.Mapping{},
		Roles: map[string]*access.Role{
			"editor": {Key: "editor", Name: "Editor", Rank: 2, Grantable: true},
			"author": {Key: "author", Name: "Author", Rank: 2, Grantable: true},
			"reader": {Key: "reader", Name: "Reader", Rank: 1, Grantable: true},
			"closed": {Key: "closed", Name: "Closed", Rank: 9},
			"admin":  {Key: "admin", Name: "Admin", Rank: 9, Grantable: true, Permits: true},
		},
	}
}

func mapped(f *access.Facts, group, role string, day int) {
	f.Mappings[group] = append(f.Mappings[group], access.Mapping{GroupID: group, CreatedByName: "Ann",
		Holding: access.Holding{EntryPoint: "*", Role: role}, CreatedAt: at(day)})
}

func of(f *access.Facts) *access.UserAccess { return f.Of(&f.People[0]) }

// TestSince: a role is held since the later of mapping and membership, by the
// path that is complete for longest.
func TestSince(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		group   string
		made    int
		since   int
		direct  bool
		through string
	}{
		{"sales", 1, 5, true, "sales"},
		{"sales", 7, 7, true, "sales"},
		{"all", 1, 8, false, "sales"}, // by way of Partners it would be since the 9th
		{"all", 12, 12, false, "sales"},
	} {
		f := company()
		mapped(f, c.group, "editor", c.made)
		u := of(f)
		want := []access.Reason{{Kind: access.ByMapping, Group: c.group, Name: f.Groups[c.group], Direct: c.direct, Through: c.through,
			Via: c.group, By: "Ann", Since: at(c.since)}}
		if diff := cmp.Diff(want, u.Access[0].Reasons); diff != "" {
			t.Errorf("%+v: %s", c, diff)
		}
	}
}

// TestRule: where several roles are given at one entry point, the rule decides;
// of equal ranks the first key wins.
func TestRule(t *testing.T) {
	t.Parallel()
	for rule, want := range map[access.Rule]string{access.Highest: "author", access.All: "author editor reader"} {
		f := company()
		f.Rule = rule
		mapped(f, "sales", "editor", 1)
		mapped(f, "all", "author", 1)
		mapped(f, "partners", "reader", 1)
		mapped(f, "partners", "closed", 1)
		mapped(f, "partners", "admin", 1)
		u := of(f)
		var held, all []string
		for _, l := range u.Access {
			all = append(all, l.Role.Key)
			if l.Wins {
				held = append(held, l.Role.Key)
			}
		}
		if strings.Join(held, " ") != want || strings.Join(all, " ") != "author editor reader" {
			t.Errorf("%s: holds %v of %v", rule, held, all)
		}
		byList := f.HeldBy(&f.People[0])
		if !slices.Equal(byList, access.Held(u.Access)) {
			t.Errorf("%s: holds %v, and %v with reasons", rule, byList, u.Access)
		}
		f.Roles["admin"].Mappable = true
		if l := of(f).Access[0]; l.Role.Key != "admin" {
			t.Errorf("%s: the vendor lets %s be mapped", rule, l.Role.Key)
		}
	}
}

// TestWhyNone: nobody without access is left unexplained.
func TestWhyNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(f *access.Facts)
		want   string // codes
		says   string
	}{
		"groups without mapping": {func(*access.Facts) {}, "groups_not_mapped no_assignments", "Everybody, Partners, Sales"},
		"no group":               {func(f *access.Facts) { f.Parents = nil }, "no_groups no_assignments", "in no group"},
		"inactive": {func(f *access.Facts) {
			f.People[0].Active = false
			mapped(f, "sales", "editor", 1)
		}, "inactive groups_not_mapped no_assignments", "inactive"},
		"not grantable": {func(f *access.Facts) { mapped(f, "all", "closed", 1) },
			"not_mappable groups_not_mapped no_assignments", `"closed" is not grantable`},
		"permissions": {func(f *access.Facts) { mapped(f, "all", "admin", 1) },
			"not_mappable groups_not_mapped no_assignments", "roles:manage"},
		"role gone": {func(f *access.Facts) { mapped(f, "all", "gone", 1) },
			"mapping_without_effect groups_not_mapped no_assignments", "The role is gone."},
		"paused": {func(f *access.Facts) { f.Connections["okta"] = access.Connection{Name: "Okta", Paused: true} },
			"connection_paused groups_not_mapped no_assignments", `"Okta" is paused`},
		"deleted with people": {func(f *access.Facts) {
			f.Connections["okta"] = access.Connection{Name: "Okta", Ends: true, Takes: true}
			mapped(f, "sales", "editor", 1)
		}, "connection_deleted groups_not_mapped no_assignments", "lose their access"},
		"assignment to nothing": {func(f *access.Facts) {
			f.Assignments = map[string][]access.Assignment{jane: {{Holding: access.Holding{EntryPoint: "*", Role: "gone"}}}}
		}, "groups_not_mapped assignment_without_effect", "no effect"},
		"many groups": {func(f *access.Facts) {
			for i := range 12 {
				id := fmt.Sprint("g", i)
				f.Groups[id] = fmt.Sprintf("Group %02d", i)
				f.Parents[jane] = append(f.Parents[jane], access.Membership{GroupID: id})
			}
		}, "groups_not_mapped no_assignments", "and 5 more"},
	} {
		f := company()
		c.change(f)
		u := of(f)
		var codes, texts []string
		for _, w := range u.None {
			codes, texts = append(codes, w.Code), append(texts, w.Message)
		}
		if got := strings.Join(codes, " "); got != c.want || !strings.Contains(strings.Join(texts, " "), c.says) || len(u.Access) > 0 {
			t.Errorf("%s: %s: %q", name, got, texts)
		}
	}
}

// TestPlanKeepsWhatWas: a mapping that is there already is not refused, although
// its role may not be mapped any more.
func TestPlanKeepsWhatWas(t *testing.T) {
	t.Parallel()
	f := company()
	mapped(f, "sales", "closed", 1)
	closed := access.Holding{EntryPoint: "*", Role: "closed"}
	none := func(access.Holding, []access.Mapping) (bool, error) { return false, errors.New("nobody asked") }
	p, err := f.PlanMappings("sales", []access.Holding{closed, {EntryPoint: "*", Role: "reader"}, closed}, none)
	if err != nil || len(p.Refusals) > 0 || len(p.Added) != 1 || len(p.Next) != 2 || p.Changed != 1 {
		t.Errorf("planned %+v, %v", p, err)
	}
	want := []access.PersonChange{{Person: f.People[0], After: []access.Holding{{EntryPoint: "*", Role: "reader"}}}}
	if diff := cmp.Diff(want, p.Changes); diff != "" {
		t.Error(diff)
	}
	p, err = f.PlanMappings("all", []access.Holding{closed}, none)
	if err != nil || len(p.Refusals) != 1 || p.Refusals[0].Code != "not_mappable" {
		t.Errorf("planned %+v, %v", p, err)
	}
	if _, err := f.PlanMappings("all", []access.Holding{{EntryPoint: "nowhere", Role: "reader"}}, none); err == nil {
		t.Error("there is no such entry point")
	}
}

// TestPlanAsksForOthers: only when the people of the group lose a role that
// somebody must hold, and none of them has it afterwards.
func TestPlanAsksForOthers(t *testing.T) {
	t.Parallel()
	for others, refused := range map[bool]int{true: 0, false: 1} {
		f := company()
		f.Roles["reader"].KeepOne = true
		mapped(f, "sales", "reader", 1)
		asked := 0
		p, err := f.PlanMappings("sales", nil, func(access.Holding, []access.Mapping) (bool, error) {
			asked++
			return others, nil
		})
		if err != nil || len(p.Refusals) != refused || asked != 1 {
			t.Errorf("planned %+v, %v; asked %d times", p, err, asked)
		}
		if refused == 1 && !strings.Contains(p.Refusals[0].Reason, `"Reader" (reader) at "*"`) {
			t.Errorf("the refusal says %q", p.Refusals[0].Reason)
		}
	}
	f := company()
	f.Roles["reader"].KeepOne = true
	mapped(f, "sales", "reader", 1)
	_, err := f.PlanMappings("sales", nil, func(access.Holding, []access.Mapping) (bool, error) { return false, tenants.ErrNotFound })
	if !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("a failure to ask: %v", err)
	}
}
