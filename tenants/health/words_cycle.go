package health

import (
	"fmt"
	"strings"

	"github.com/roster-scim/roster/scim/quirk"
)

// Fact is one thing that happened in a cycle, for programs.
type Fact struct {
	Code    string
	Count   int64
	Refused int64
	GroupID string // "": it is about no one group
	Group   string
}

// tell says what happened in a cycle: facts, the weightiest first, and the same
// in sentences.
func (s *Summary) tell(p quirk.Provider, refused, failed int64) (sentence string, facts []Fact) {
	var told []string
	name := nameOf(p)
	if did := s.People.did("people", person, &facts); did != "" || s.People.Refused > 0 {
		told = append(told, name+" "+withRefused(did, s.People.Refused, "person", "people"))
	}
	for i := range s.Members {
		if line := s.Members[i].did(&facts); line != "" {
			told = append(told, name+" "+line)
		}
	}
	if line := s.More.did(&facts); line != "" {
		told = append(told, name+" "+line)
	}
	if did := s.Groups.did("groups", group, &facts); did != "" || s.Groups.Refused > 0 {
		told = append(told, name+" "+withRefused(did, s.Groups.Refused, "group", "groups"))
	}
	if did := s.Resources.did("resources", resource, &facts); did != "" || s.Resources.Refused > 0 {
		told = append(told, name+" "+withRefused(did, s.Resources.Refused, "resource", "resources"))
	}
	if len(told) == 0 {
		told = append(told, s.idle(name, &facts))
	}
	if rest := refused + failed; rest > 0 {
		facts = append(facts, Fact{Code: "requests_refused", Count: rest, Refused: refused})
	}
	return inWords(told, refused, failed), facts
}

// maxTold is how many sentences a cycle is told in.
const maxTold = 6

func inWords(told []string, refused, failed int64) string {
	if len(told) > maxTold {
		told = append(told[:maxTold:maxTold], fmt.Sprintf("There were %d more changes of this kind", len(told)-maxTold))
	}
	text := strings.Join(told, ". ") + "."
	if refused > 0 {
		text += fmt.Sprintf(" %s %s refused.", upper(many(refused, "request", "requests")), was(refused))
	}
	if failed > 0 {
		text += fmt.Sprintf(" %s failed here and will be tried again.", upper(many(failed, "request", "requests")))
	}
	return text
}

// idle is a cycle in which nothing was to be changed.
func (s *Summary) idle(name string, facts *[]Fact) string {
	if s.Tests > 0 && s.Reads == 0 {
		*facts = append(*facts, Fact{Code: "connection_tested", Count: s.Tests})
		return name + " tested the connection"
	}
	*facts = append(*facts, Fact{Code: "nothing_changed", Count: s.Reads})
	return name + " looked and changed nothing"
}

func person(n int64) string   { return people(n) }
func group(n int64) string    { return many(n, "group", "groups") }
func resource(n int64) string { return many(n, "resource", "resources") }

// did is what was done to things of a kind: "created 3 people and deactivated 1".
// The noun is said once; one alone is called by its name.
func (c *Counts) did(kind string, noun func(int64) string, facts *[]Fact) string {
	var parts []string
	for _, each := range []struct {
		verb string
		n    int64
	}{
		{"created", c.Created}, {"adopted", c.Adopted}, {"updated", c.Updated},
		{"deactivated", c.Deactivated}, {"reactivated", c.Reactivated}, {"deleted", c.Deleted},
	} {
		if each.n == 0 {
			continue
		}
		*facts = append(*facts, Fact{Code: kind + "_" + each.verb, Count: each.n})
		switch {
		case c.changes() == 1 && len(c.Names) == 1:
			parts = append(parts, each.verb+" "+c.Names[0])
		case len(parts) == 0:
			parts = append(parts, each.verb+" "+noun(each.n))
		default:
			parts = append(parts, fmt.Sprintf("%s %d", each.verb, each.n))
		}
	}
	if c.Refused > 0 {
		*facts = append(*facts, Fact{Code: kind + "_refused", Refused: c.Refused})
	}
	return listed(parts)
}

func withRefused(did string, refused int64, one, more string) string {
	switch {
	case refused == 0:
		return did
	case did == "":
		return fmt.Sprintf("tried to write %s, %d refused", many(refused, one, more), refused)
	}
	return fmt.Sprintf("%s, %d refused", did, refused)
}

// did is what was done to a group's members: "added 14 people to Sales, 2 refused".
func (g *GroupCount) did(facts *[]Fact) string {
	if g.changes()+g.Refused == 0 {
		return ""
	}
	name := g.Name
	if g.ID == "" {
		name = "other groups"
	} else if name == "" {
		name = "a group"
	}
	var parts []string
	tell := func(code, verb string, n int64, to string) {
		if n > 0 {
			*facts = append(*facts, Fact{Code: code, Count: n, GroupID: g.ID, Group: g.Name})
			parts = append(parts, fmt.Sprintf("%s %s %s %s", verb, people(n), to, name))
		}
	}
	tell("members_added", "added", g.Added, "to")
	tell("members_removed", "removed", g.Removed, "from")
	tell("members_waiting", "named", g.Waiting, "not provisioned yet as members of")
	switch {
	case g.Refused > 0 && len(parts) == 0:
		*facts = append(*facts, Fact{Code: "members_refused", Refused: g.Refused, GroupID: g.ID, Group: g.Name})
		return fmt.Sprintf("tried to change %s of %s, all refused", many(g.Refused, "member", "members"), name)
	case g.Refused > 0:
		(*facts)[len(*facts)-len(parts)].Refused = g.Refused
		return fmt.Sprintf("%s, %d refused", listed(parts), g.Refused)
	}
	return listed(parts)
}
