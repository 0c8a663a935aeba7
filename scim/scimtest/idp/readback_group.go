package idp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// compareGroup compares a group with what was sent of it.
func compareGroup(sent document, want map[string]bool, found document) []Difference {
	sent, rest := without(sent, "members"), without(found, "members")
	if _, named := sent["externalId"]; !named {
		rest = without(rest, "externalId") // another application may have set it before
	}
	return append(compare(sent, rest), compareMembers(want, found)...)
}

func without(r document, name string) document {
	result := make(document, len(r))
	for key, value := range r {
		if key != name {
			result[key] = value
		}
	}
	return result
}

// compareMembers compares sets, and checks that every member is a proper one.
func compareMembers(want map[string]bool, group document) []Difference {
	got := map[string]bool{}
	var all []Difference
	list, _ := group["members"].([]any)
	for _, each := range list {
		member, _ := each.(document)
		id := text(member["value"])
		if got[id] {
			all = append(all, Difference{Attribute: "members", Sent: id + " once", Found: "it twice"})
		}
		got[id] = true
		if err := checkMember(member); err != nil {
			all = append(all, Difference{Attribute: "members", Sent: "a proper member", Found: err.Error()})
		}
	}
	if missing := minus(want, got); len(missing) > 0 {
		all = append(all, Difference{Attribute: "members", Sent: fmt.Sprintf("%d members", len(want)), Found: few("without", missing)})
	}
	if surplus := minus(got, want); len(surplus) > 0 {
		all = append(all, Difference{Attribute: "members", Sent: fmt.Sprintf("%d members", len(want)), Found: few("also", surplus)})
	}
	return all
}

// checkMember checks what is optional in a member and must be right if there.
func checkMember(member document) error {
	id, kind := text(member["value"]), text(member["type"])
	if id == "" {
		return errors.New("a member without value")
	}
	if kind != "" && kind != users.name && kind != groups.name {
		return fmt.Errorf("member %s is of type %q", id, kind)
	}
	if ref := text(member["$ref"]); ref != "" && !strings.HasSuffix(ref, "/"+id) {
		return fmt.Errorf("$ref of member %s is %q", id, ref)
	}
	return nil
}

// compareMemberships checks users' groups against groups' members. A server may
// leave the attribute out (RFC 7643 section 4.1.2), but then for everybody.
func compareMemberships(people, teams []document) []Difference {
	direct := map[string]map[string]bool{} // user → groups, by groups' members
	for _, group := range teams {
		for _, id := range memberIDs(group) {
			if direct[id] == nil {
				direct[id] = map[string]bool{}
			}
			direct[id][text(group["id"])] = true
		}
	}
	shown := func(user document) bool { list, _ := user["groups"].([]any); return len(list) > 0 }
	if !slices.ContainsFunc(people, shown) {
		return nil
	}
	var all []Difference
	for _, user := range people {
		if d, differs := compareUserGroups(user, direct[text(user["id"])]); differs {
			all = append(all, d)
		}
	}
	return all
}

func compareUserGroups(user document, want map[string]bool) (Difference, bool) {
	got := map[string]bool{}
	list, _ := user["groups"].([]any)
	for _, each := range list {
		group, _ := each.(document)
		if !strings.EqualFold(text(group["type"]), "indirect") {
			got[text(group["value"])] = true
		}
	}
	missing, surplus := minus(want, got), minus(got, want)
	if len(missing)+len(surplus) == 0 {
		return Difference{}, false
	}
	return Difference{
		Resource: "user " + text(user["userName"]), Attribute: "groups", Sent: fmt.Sprintf("%d memberships", len(want)),
		Found: strings.TrimSpace(few("without", missing) + " " + few("also", surplus)),
	}, true
}

func minus(a, b map[string]bool) []string {
	var left []string
	for each := range a {
		if !b[each] {
			left = append(left, each)
		}
	}
	slices.Sort(left)
	return left
}

// few writes a list's length and beginning.
func few(word string, ids []string) string {
	switch n := len(ids); n {
	case 0:
		return ""
	case 1:
		return word + " " + ids[0]
	default:
		return fmt.Sprintf("%s %s and %d more", word, ids[0], n-1)
	}
}
