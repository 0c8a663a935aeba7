package health

import (
	"fmt"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// What people read. Everything that this package says is in the files whose
// names begin with words, so that it can be said in other languages.

func when(t time.Time) string { return t.UTC().Format("2 January 2006 at 15:04 UTC") }

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// many is a number with a noun: "1 person", "14 people".
func many(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func people(n int64) string { return many(n, "person", "people") }

// was is the verb behind a number.
func was(n int64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// listed joins words: "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// lasting is a duration in whole units: "40 minutes", "26 hours", "5 days".
func lasting(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return many(int64(d/time.Second), "second", "seconds")
	case d < 3*time.Hour:
		return many(int64(d/time.Minute), "minute", "minutes")
	case d < 72*time.Hour:
		return many(int64(d/time.Hour), "hour", "hours")
	}
	return many(int64(d/(24*time.Hour)), "day", "days")
}

// lastFour is how a token ends, from how it begins and ends.
func lastFour(hint string) string {
	if _, end, ok := strings.Cut(hint, "…"); ok {
		return end
	}
	return hint[max(0, len(hint)-4):]
}

// inside is what a provider is called in the middle of a sentence, nameOf at its
// beginning.
func inside(p quirk.Provider) string {
	if p == quirk.Generic || p == "" {
		return "the identity provider"
	}
	return p.Name()
}

func nameOf(p quirk.Provider) string { return upper(inside(p)) }

func sayStep(step Step) string {
	switch step {
	case CredentialsAccepted:
		return "Credentials accepted"
	case LookupWorks:
		return "Look-up works"
	case UserCreated:
		return "Test user created"
	case UpdateArrived:
		return "Update arrived"
	case DeactivationArrived:
		return "Deactivation arrived"
	case GroupArrived:
		return "Group arrived"
	case MemberAdded:
		return "Member added"
	case MemberRemoved:
		return "Member removed"
	}
	return string(step)
}

func sayDeleting(c *tenants.Connection) string {
	return fmt.Sprintf("Deleted on %s. It can be brought back until %s.", when(c.DeletedAt), day(c.RestorableUntil()))
}

func sayPaused(g *glance) string {
	by, at := "", ""
	if g.PausedBy != "" {
		by = " by " + g.PausedBy
	}
	if !g.PausedAt.IsZero() {
		at = " on " + when(g.PausedAt)
	}
	return fmt.Sprintf("Paused%s%s. Nothing is lost: %s is told to try again later.", by, at, inside(g.provider))
}

func sayDraft() string {
	return "No token has been made, so nothing can arrive yet. Create one, and enter it in the identity provider with the SCIM base URL."
}

func sayTokensEnded(g *glance, last *tenants.Token) string {
	what := "expired"
	if !last.RevokedAt.IsZero() && ended(last).Equal(last.RevokedAt) {
		what = "was revoked"
	}
	return fmt.Sprintf("No token works: the last one, %s (ends …%s), %s on %s. Create a new one and enter it in %s under %s.",
		last.Name, last.LastFour, what, when(ended(last)), inside(g.provider), requestlog.TokenPlace(g.provider))
}

func sayRejected(g *glance) string {
	r := g.Rejected
	before := "Nothing has been accepted so far."
	if g.AcceptedAt != 0 {
		before = fmt.Sprintf("The last one with a good token came on %s.", when(g.LastAt.time()))
	}
	return fmt.Sprintf("%s since %s %s refused for the token. %s Enter a current token in %s under %s.",
		upper(many(r.Count, "request", "requests")), when(r.Since.time()), was(r.Count), before, inside(g.provider), requestlog.TokenPlace(g.provider))
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func sayWaiting(g *glance) string {
	return fmt.Sprintf("Nothing has arrived from %s yet.", inside(g.provider))
}

func sayFailing(g *glance) string {
	sentence := fmt.Sprintf("%d of the last %d requests were refused or failed.", g.bad(), len(g.Outcomes))
	if last := g.request(g.LastBad); last != nil {
		sentence += fmt.Sprintf(" The last one, on %s: %s", when(last.At), last.Sentence)
	}
	return sentence
}

func sayTesting(g *glance) string {
	if g.FirstWrite == "" {
		return fmt.Sprintf("%s reaches this connection since %s; nobody has been provisioned yet.", nameOf(g.provider), when(g.FirstAt.time()))
	}
	return fmt.Sprintf("The first cycle is under way: %s so far, %d refused.", many(g.Cycle.Requests, "request", "requests"), g.Cycle.Refused)
}

func sayQuiet(g *glance, usual time.Duration) string {
	return fmt.Sprintf("Nothing has come since %s. %s usually sends something within %s. See whether provisioning still runs there.",
		when(g.LastAt.time()), nameOf(g.provider), lasting(usual))
}

func sayHealthy(g *glance) string {
	bad := int64(g.bad())
	sentence := fmt.Sprintf("The last request came on %s", when(g.LastAt.time()))
	switch {
	case g.Outcomes == "":
		return sentence + "."
	case bad == 0:
		return sentence + "; none of the last " + many(int64(len(g.Outcomes)), "request", "requests") + " was refused."
	}
	return fmt.Sprintf("%s; %d of the last %d %s refused.", sentence, bad, len(g.Outcomes), was(bad))
}

// sayStranger tells of a token that does not work.
func sayStranger(g *glance, h *hint, what string) string {
	times := ""
	if h.Count > 1 {
		times = fmt.Sprintf(" It came %d times since %s.", h.Count, when(h.First.time()))
	}
	name, since := "", h.Since.time()
	if t := g.tokenOf(h.Token); t != nil {
		name = fmt.Sprintf(" (%s)", t.Name)
		if !ended(t).IsZero() {
			since = ended(t)
		}
	}
	switch what {
	case "none":
		return "A request came without a token." + times
	case "unknown":
		if h.Hint == "" {
			return "A request came with something that is no token of this connection." + times
		}
		return fmt.Sprintf("A request came with a token ending …%s, which is not one of this connection.%s", lastFour(h.Hint), times)
	}
	on := ""
	if !since.IsZero() {
		on = " on " + day(since)
	}
	verb := map[string]string{"expired": "expired", "revoked": "was revoked"}[what]
	return fmt.Sprintf("A request came with a token ending …%s%s, which %s%s.%s", lastFour(h.Hint), name, verb, on, times)
}

// sayHint is what to do next to get the checklist done.
func sayHint(g *glance, s *Setup) string {
	done := map[Step]bool{}
	for _, step := range s.Steps {
		done[step.Step] = !step.DoneAt.IsZero()
	}
	name := inside(g.provider)
	switch {
	case s.Status == Draft:
		return "Create a token first."
	case s.Status == Deleting || s.Status == Paused:
		return ""
	case s.Status == CredentialsExpired:
		return fmt.Sprintf("Enter a current token in %s under %s.", name, requestlog.TokenPlace(g.provider))
	case !done[CredentialsAccepted]:
		return sayFirst(g.provider)
	case !done[UserCreated]:
		return sayAssign(g.provider)
	case !done[UpdateArrived]:
		return fmt.Sprintf("Change the title of somebody who is assigned in %s, and see the update arrive.", name)
	case !done[GroupArrived]:
		return sayPushGroup(g.provider)
	case !done[MemberAdded]:
		return fmt.Sprintf("Add somebody who is assigned to a group in %s.", name)
	case !done[MemberRemoved]:
		return fmt.Sprintf("Take somebody out of a group in %s.", name)
	case !done[DeactivationArrived]:
		return fmt.Sprintf("Unassign a test user in %s: they must be deactivated here, and nobody who leaves keeps access.", name)
	case !done[LookupWorks]:
		return ""
	}
	return ""
}

// sayFirst is how to see the first request at once.
func sayFirst(p quirk.Provider) string {
	switch p {
	case quirk.Okta:
		return "Press *Test API Credentials* (or *Test Connector Configuration*) in Okta under Provisioning > Integration."
	case quirk.Entra:
		return "Press *Test Connection*. Entra sends within 40 minutes once provisioning is started; press *Provision on demand* to see it now."
	case quirk.OneLogin:
		return "Press *Enable* in OneLogin under Configuration > API Connection, and *Enable provisioning* under Provisioning."
	case quirk.JumpCloud:
		return "Enter a *Test User Email* in JumpCloud under Identity Management and press *Test Connection*, then *Activate*."
	case quirk.PingOne:
		return "Press *Test Connection* in PingOne under Integrations > Provisioning, and turn the connection and its rule on."
	case quirk.PingFederate:
		return "Save and activate the channel in PingFederate under Outbound Provisioning > Manage Channels."
	}
	return fmt.Sprintf("Test the connection in %s, or turn provisioning on there.", inside(p))
}

// sayAssign is how somebody is provisioned.
func sayAssign(p quirk.Provider) string {
	switch p {
	case quirk.Okta:
		return "Tick *Create Users*, *Update User Attributes* and *Deactivate Users* under Provisioning > To App, then assign a test user under Assignments > Assign to People."
	case quirk.Entra:
		return "Assign a test user under Users and groups. Entra sends within 40 minutes; press *Provision on demand* to see it now."
	case quirk.OneLogin:
		return "Give a test user a role of the app under Users, and press *Approve* if the user stays *Pending*."
	case quirk.JumpCloud:
		return "Tick a group with a test user under User Groups: JumpCloud provisions by groups only."
	case quirk.PingOne:
		return "Add a rule under Integrations > Provisioning > New Rule, with a filter that a test user meets."
	}
	return fmt.Sprintf("Assign a test user to the application in %s.", inside(p))
}

// sayPushGroup is how a group is provisioned.
func sayPushGroup(p quirk.Provider) string {
	switch p {
	case quirk.Okta:
		return "Push a group under Push Groups > Find groups by name, with *Push Immediately*. Take another group than the one that is assigned."
	case quirk.Entra:
		return "Assign a group under Users and groups, and see that Provision Microsoft Entra ID Groups is enabled in the mappings."
	case quirk.OneLogin:
		return "Tick *Include in User Provisioning* under Parameters > Groups, and add a rule with the action *Set Groups* under Rules."
	}
	return fmt.Sprintf("Assign a group to the application in %s.", inside(p))
}
