package health

import (
	"slices"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// ProblemCode names a problem.
type ProblemCode string

// The problems, the most harmful first.
const (
	TokenHasExpired        ProblemCode = "token_expired"
	EntraQuarantine        ProblemCode = "entra_quarantine"
	WrongUniqueIdentifier  ProblemCode = "wrong_unique_identifier"
	DuplicateNames         ProblemCode = "duplicate_names"
	MembersNotProvisioned  ProblemCode = "members_not_provisioned"
	ExternalIDMailNickname ProblemCode = "externalid_mailnickname"
	TokenExpiresSoon       ProblemCode = "token_expiring" //nolint:gosec // G101: names a problem, no secret
	GroupAlsoAssigned      ProblemCode = "group_also_assigned"
	EmailsMissing          ProblemCode = "emails_missing"
)

// Severity says how much a problem harms.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // somebody is not provisioned, or will not be deprovisioned
	Warning Severity = "warning" // that will happen
	Info    Severity = "info"    // something may be missing
)

// Problem is something that the identity provider's administrator has to mend.
type Problem struct {
	Code     ProblemCode
	Severity Severity
	Title    string
	Since    time.Time
	Affected int64
	Sentence string
	Fix      string
	Where    string    // to click, in the provider's own labels; "": nowhere in particular
	Examples []Example // a few of those affected
}

// What a token's expiry counts as a problem from.
const expiresSoon = 30 * 24 * time.Hour

// everybodyAtLeast people are in a group that can hold everybody, and it holds
// nearly everybody with so many percent of them.
const (
	everybodyAtLeast = 3
	everybodyShare   = 90
)

// inspected is what is worth looking for in the connection's directory.
func (g *glance) inspected() Inspected {
	i := Inspected{Connection: g.Connection.ID, Aliases: g.provider == quirk.Entra}
	if people := g.Directory.Active; g.provider == quirk.Okta && people >= everybodyAtLeast {
		i.Everybody = max(everybodyAtLeast, (people*everybodyShare+99)/100)
	}
	return i
}

// problems are what the requests, the tokens and the directory show.
func (g *glance) problems(found *Findings) []*Problem {
	if g.Connection.State() == tenants.ConnectionDeleting {
		return nil
	}
	if found == nil {
		found = &Findings{}
	}
	wrong, doubles := g.takenPeople()
	all := []*Problem{
		g.tokenExpired(), g.entraQuarantine(), wrongIdentifier(g, wrong), duplicateNames(g, doubles, found), g.membersMissing(found),
		aliases(g, found), g.tokenExpiring(), alsoAssigned(g, found), emailsMissing(g, found),
	}
	return slices.DeleteFunc(all, func(p *Problem) bool { return p == nil })
}

// takenPeople are those who could not be created because their userName is taken:
// since they are looked for by the wrong attribute, or since there are two.
func (g *glance) takenPeople() (wrong, doubles []takenPerson) {
	for _, p := range g.Taken.People {
		if p.Wrong != "" {
			wrong = append(wrong, p)
		} else {
			doubles = append(doubles, p)
		}
	}
	return wrong, doubles
}

func namesOf(list []takenPerson) (examples []Example, since time.Time) {
	var first stamp
	for _, p := range list {
		first = earlier(first, p.First)
		if len(examples) < maxExamples {
			examples = append(examples, Example{Name: p.Name})
		}
	}
	return examples, first.time()
}

// more is how many are meant in all, of a list that is bounded.
func (g *glance) more(list []takenPerson) int64 {
	n := int64(len(list))
	if len(list) == len(g.Taken.People) {
		n += g.Taken.More
	}
	return n
}

func wrongIdentifier(g *glance, list []takenPerson) *Problem {
	if len(list) == 0 {
		return nil
	}
	examples, since := namesOf(list)
	p := &Problem{Code: WrongUniqueIdentifier, Severity: Error, Since: since, Affected: g.more(list), Examples: examples}
	sayWrongIdentifier(g, p, list[len(list)-1].Wrong)
	return p
}

func duplicateNames(g *glance, list []takenPerson, found *Findings) *Problem {
	n := g.more(list)
	if len(list) == 0 {
		n = 0
	}
	if n+found.Twins.Count == 0 {
		return nil
	}
	examples, since := namesOf(list)
	if twins := found.Twins; twins.Count > 0 {
		since = earlier(stampOf(since), stampOf(twins.Since)).time()
		examples = append(examples, twins.Examples...)
	}
	p := &Problem{Code: DuplicateNames, Severity: Error, Since: g.orFirst(since), Affected: n + found.Twins.Count, Examples: firstOf(examples)}
	if n == 0 {
		p.Severity = Warning
	}
	sayDuplicates(g, p, n, found.Twins.Count)
	return p
}

func firstOf(list []Example) []Example { return list[:min(len(list), maxExamples)] }

// orFirst is a time, or if it is not known that of the first request.
func (g *glance) orFirst(t time.Time) time.Time {
	if !t.IsZero() {
		return t
	}
	if g.FirstAt != 0 {
		return g.FirstAt.time()
	}
	return g.Connection.CreatedAt
}

// membersMissing: members that wait, and those that refused a change of a group.
func (g *glance) membersMissing(found *Findings) *Problem {
	affected, since := found.Waiting.Count, stampOf(found.Waiting.Since)
	examples := found.Waiting.Examples
	refused := int64(0)
	for _, m := range g.Missing {
		refused += int64(m.Count)
		since = earlier(since, m.First)
		for _, name := range m.Names {
			examples = append(examples, Example{Name: name})
		}
	}
	if affected += refused; affected == 0 {
		return nil
	}
	p := &Problem{Code: MembersNotProvisioned, Severity: Error, Since: g.orFirst(since.time()), Affected: affected, Examples: firstOf(examples)}
	if refused == 0 {
		p.Severity = Warning
	}
	sayMembersMissing(g, p, found, refused)
	return p
}

func aliases(g *glance, found *Findings) *Problem {
	return fromFinding(g, found.Alias, ExternalIDMailNickname, Warning, sayAliases)
}

func alsoAssigned(g *glance, found *Findings) *Problem {
	return fromFinding(g, found.Everybody, GroupAlsoAssigned, Info, sayAlsoAssigned)
}

func emailsMissing(g *glance, found *Findings) *Problem {
	return fromFinding(g, found.NoEmail, EmailsMissing, Info, sayEmailsMissing)
}

func fromFinding(g *glance, f Finding, code ProblemCode, severity Severity, say func(*glance, *Problem)) *Problem {
	if f.Count == 0 {
		return nil
	}
	p := &Problem{Code: code, Severity: severity, Since: g.orFirst(f.Since), Affected: f.Count, Examples: firstOf(f.Examples)}
	say(g, p)
	return p
}
