package trace

import (
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const jane = "jane@acme.com"

func ago(hours int) time.Time { return noon.Add(-time.Duration(hours) * time.Hour) }

// okta is the one connection.
var okta = &tenants.Connection{ID: tenants.NewConnectionID(), Name: "Acme - Okta", Provider: quirk.Okta}

func user(name string, change func(*people.User)) *people.User {
	u := &people.User{ID: "1", UserName: name, DisplayName: "Jane Doe", Active: true, Connection: &people.Connection{ID: okta.ID, Name: okta.Name}}
	if change != nil {
		change(u)
	}
	return u
}

func entry(hours int, kind requestlog.Kind, outcome requestlog.Outcome, change func(*requestlog.Line)) requestlog.Entry {
	e := requestlog.Entry{ConnectionName: okta.Name, Provider: okta.Provider, Line: requestlog.Line{
		At: ago(hours), Kind: kind, Outcome: outcome, ResourceType: "User", Subject: jane, Status: 200, ConnectionID: okta.ID,
	}}
	if change != nil {
		change(&e.Line)
	}
	return e
}

func lookup(found int) func(*requestlog.Line) {
	return func(l *requestlog.Line) {
		l.Detail.Lookup = &requestlog.Lookup{Attribute: "userName", Value: jane, Found: found}
	}
}

func code(c requestlog.Code) func(*requestlog.Line) {
	return func(l *requestlog.Line) { l.Code, l.Status = c, 400 }
}

func effect(action string) func(*requestlog.Line) {
	return func(l *requestlog.Line) {
		l.Detail.Effects = []requestlog.Effect{{Action: action, ResourceType: "User", Name: jane}}
	}
}

func holds(lines ...access.Line) *access.UserAccess {
	return &access.UserAccess{Active: true, Access: lines}
}

func none(list ...access.Why) *access.UserAccess { return &access.UserAccess{Active: true, None: list} }

func role(name, entryPoint string, wins bool) access.Line {
	return access.Line{EntryPoint: entryPoint, Role: access.Role{Key: strings.ToLower(name), Name: name}, Wins: wins}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	refused := entry(1, requestlog.KindUserCreate, requestlog.Refused, code(requestlog.CodeSeatLimit))
	asked := entry(2, requestlog.KindUserLookup, requestlog.Done, lookup(0))
	inactive := func(u *people.User) { u.Active = false }
	for name, c := range map[string]struct {
		e       Evidence
		verdict Verdict
		says    []string // parts of sentence, fix and place
	}{
		"holds roles": {Evidence{Person: user(jane, nil), Access: holds(role("Editor", "*", true), role("Reader", "*", false), role("Admin", "wiki", true))},
			HasAccess, []string{"Jane Doe is here and has access: Editor everywhere, Admin at wiki."}},
		"holds many": {Evidence{Person: user("jdoe", nil), Access: holds(role("A", "*", true), role("B", "b", true), role("C", "c", true), role("D", "d", true), role("E", "e", true))},
			HasAccess, []string{"Jane Doe (user name jdoe)", "C at c and 2 more."}},
		"has a namesake": {Evidence{Person: user("jdoe", nil), Same: 3, Access: holds(role("A", "*", true))},
			HasAccess, []string{"3 people are called that; this is about the one with the user name jdoe."}},
		"a refused change does not matter to who is there": {Evidence{Person: user(jane, nil), Access: holds(role("A", "*", true)), Requests: []requestlog.Entry{refused}},
			HasAccess, nil},
		"in groups without mappings": {Evidence{Person: user(jane, nil), Access: none(
			access.Why{Code: "groups_not_mapped", Message: "These groups have no role mapping: Sales."}, access.Why{Code: "no_assignments", Message: "None."})},
			NoAccess, []string{"holds no role. These groups have no role mapping: Sales.", "Map one of these groups"}},
		"in no group": {Evidence{Person: user(jane, nil), Access: none(access.Why{Code: "no_groups", Message: "The user is in no group."}), Connections: []*tenants.Connection{okta}},
			NoAccess, []string{"in no group", "Add the person to a group", "Push Groups"}},
		"nothing is known of the access": {Evidence{Person: user(jane, nil)}, NoAccess, []string{"Assign a role"}},
		"deactivated": {Evidence{Person: user(jane, inactive), Stopped: &Event{At: ago(3), By: "Acme - Okta"}, Connections: []*tenants.Connection{okta}},
			Inactive, []string{"inactive since 22 November 2026 at 09:00 UTC, by Acme - Okta.", "in Okta", "Assignments > Assign to People"}},
		"inactive by hand": {Evidence{Person: user(jane, func(u *people.User) { u.Active, u.Connection = false, nil })},
			Inactive, []string{"here, but inactive.", "Activate the person here."}},
		"with a connection that ends": {Evidence{Person: user(jane, inactive), Access: none(access.Why{Code: "connection_deleted", Message: "It is being deleted."})},
			Inactive, []string{"may not work. It is being deleted."}},
		"refused": {Evidence{Requests: []requestlog.Entry{refused, asked}},
			Refused, []string{"Okta could not create jane@acme.com", "22 November 2026 at 11:00 UTC", "Deactivate somebody who no longer needs access"}},
		"refused before somebody was looked for": {Evidence{Requests: []requestlog.Entry{asked, entry(5, requestlog.KindUserCreate, requestlog.Failed, code(requestlog.CodeInternal))}},
			Refused, nil},
		"an update of nobody is no refusal": {Evidence{Requests: []requestlog.Entry{entry(1, requestlog.KindUserUpdate, requestlog.Refused, code(requestlog.CodeNotFound)), asked}},
			LookedUpOnly, nil},
		"deleted, the log says": {Evidence{Requests: []requestlog.Entry{entry(2, requestlog.KindUserDelete, requestlog.Done, effect(requestlog.EffectDeleted))}},
			Deleted, []string{"was here and was deleted on 22 November 2026 at 10:00 UTC by Acme - Okta.", "created anew"}},
		"deleted, the audit log says": {Evidence{Requests: []requestlog.Entry{asked}, Gone: &Event{At: ago(9), By: "System", Name: "Jane"}},
			Deleted, []string{"Jane was here", "03:00 UTC by System"}},
		"deleted, and refused afterwards":   {Evidence{Requests: []requestlog.Entry{refused}, Gone: &Event{At: ago(9)}}, Refused, nil},
		"refused, and deleted afterwards":   {Evidence{Requests: []requestlog.Entry{refused}, Gone: &Event{At: noon}}, Deleted, nil},
		"called nearly the same":            {Evidence{Alike: []*people.User{user("jane@acme.onmicrosoft.com", nil), user("jane", nil)}, Connections: []*tenants.Connection{okta}}, OtherUserName, []string{"Nobody is here as jane@acme.com, but Jane Doe is, under the user name jane@acme.onmicrosoft.com.", "1 other is", "Attribute Mappings"}},
		"called otherwise now":              {Evidence{Alike: []*people.User{user("jane@new.com", nil)}, Renamed: true}, OtherUserName, []string{"no longer called that", "now jane@new.com"}},
		"called otherwise, and looked for":  {Evidence{Alike: []*people.User{user("jane", nil)}, Requests: []requestlog.Entry{asked}}, OtherUserName, nil},
		"a group names them":                {Evidence{Waiting: []Waiting{{"Sales", okta.ID, ago(4)}}, Requests: []requestlog.Entry{asked}}, LookedUpOnly, []string{"The group Sales names jane@acme.com", "08:00 UTC"}},
		"somebody like them was refused":    {Evidence{Near: []requestlog.Entry{asked, refused}}, Refused, nil},
		"looked for":                        {Evidence{Requests: []requestlog.Entry{asked}}, LookedUpOnly, []string{"Okta looked for jane@acme.com on 22 November 2026 at 10:00 UTC", "assigned to the application", "Assignments > Assign to People"}},
		"looked for and found, long ago":    {Evidence{Requests: []requestlog.Entry{entry(2, requestlog.KindUserLookup, requestlog.Done, lookup(1))}, LogSince: ago(48), Connections: []*tenants.Connection{okta}}, NeverReceived, nil},
		"nothing in a log":                  {Evidence{LogSince: ago(48), Connections: []*tenants.Connection{okta}}, NeverReceived, []string{"since 20 November 2026 at 12:00 UTC, which is how far back the log goes", "in Okta"}},
		"nothing, and no log":               {Evidence{Connections: []*tenants.Connection{okta}}, NeverReceived, []string{"nothing that an identity provider sent is logged"}},
		"nothing, and nowhere to come from": {Evidence{}, NeverReceived, []string{"there is no connection", "Create a connection"}},
	} {
		c.e.Who = jane
		f := Decide(&c.e)
		if f.Verdict != c.verdict || f.Sentence == "" || !strings.HasSuffix(f.Sentence, ".") {
			t.Errorf("%s: %+v, want %s", name, f, c.verdict)
		}
		if f.Fix == "" && f.Verdict != HasAccess && name != "with a connection that ends" {
			t.Errorf("%s: nobody is told what to do", name)
		}
		for _, part := range c.says {
			if !strings.Contains(f.Sentence+"\n"+f.Fix+"\n"+f.Where, part) {
				t.Errorf("%s: %q is not in\n%+v", name, part, f)
			}
		}
	}
}

// TestDecideOnNothing: no evidence is too little.
func TestDecideOnNothing(t *testing.T) {
	t.Parallel()
	if f := Decide(&Evidence{}); f.Verdict != NeverReceived || f.Sentence == "" {
		t.Errorf("%+v", f)
	}
}

func TestAlike(t *testing.T) {
	t.Parallel()
	for who, want := range map[string]string{
		"jane@acme.com":   "JANE@ACME.COM externalId, jane userName, jane externalId, jane@… userName, jane@… emails.value, jane+… userName",
		"jane+x@acme.com": "JANE+X@ACME.COM externalId, jane userName, jane externalId, jane@acme.com userName, jane@acme.com emails.value, jane@… userName, jane@… emails.value, jane+… userName",
		"jdoe":            "JDOE externalId, jdoe@… userName, jdoe@… emails.value, jdoe+… userName",
		"Jane Doe":        "jane doe externalId, JANE DOE externalId",
		"@acme.com":       "@ACME.COM externalId",
		"4711":            "4711@… userName, 4711@… emails.value, 4711+… userName",
	} {
		var got []string
		for _, k := range alike(who) {
			text := k.Value
			if k.Prefix {
				text += "…"
			}
			got = append(got, text+" "+k.Attribute)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %s", who, strings.Join(got, ", "))
		}
	}
}
