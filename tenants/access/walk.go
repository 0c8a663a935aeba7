package access

import (
	"slices"
	"time"
)

// reached is a group that somebody is in.
type reached struct {
	direct  bool
	since   time.Time // on the path that has been there for longest, which leads …
	through string    // … through this group of which the user is a member
}

// walk finds all groups that somebody is in. Somebody is in a group through
// others since the last step of the path was made, and since the earliest of
// these moments if there are several paths.
func (f *Facts) walk(id string) map[string]reached {
	found := map[string]reached{}
	var queue []string
	reach := func(group string, r reached) {
		old, seen := found[group]
		r.direct = r.direct || old.direct
		if seen && !earlier(r, old) {
			old.direct = r.direct
			found[group] = old
			return
		}
		found[group] = r
		queue = append(queue, group)
	}
	for _, m := range f.Parents[id] {
		reach(m.GroupID, reached{direct: true, since: m.Since, through: m.GroupID})
	}
	for len(queue) > 0 {
		from := queue[0]
		queue = queue[1:]
		r := found[from]
		for _, m := range f.Parents[from] {
			reach(m.GroupID, reached{since: later(r.since, m.Since), through: r.through})
		}
	}
	return found
}

func earlier(a, b reached) bool {
	if c := a.since.Compare(b.since); c != 0 {
		return c < 0
	}
	return a.through < b.through
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// above are all groups that a user or group is in, in order.
func (f *Facts) above(id string) []string {
	seen := map[string]bool{}
	queue := []string{id}
	for len(queue) > 0 {
		from := queue[0]
		queue = queue[1:]
		for _, m := range f.Parents[from] {
			if !seen[m.GroupID] {
				seen[m.GroupID] = true
				queue = append(queue, m.GroupID)
			}
		}
	}
	groups := make([]string, 0, len(seen))
	for g := range seen {
		groups = append(groups, g)
	}
	slices.Sort(groups)
	return groups
}
