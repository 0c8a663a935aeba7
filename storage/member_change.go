package storage

import (
	"cmp"
	"slices"

	"github.com/roster-scim/roster/tenants/events"
)

// memberChange is the net effect of a write's edits on a group: on its members,
// by id, and on those that wait to become members, by the value that the client
// sent.
type memberChange struct {
	setChange
	pending setChange

	// waiting are the values that the write named as members and left pending,
	// also those that had been pending before.
	waiting map[string]bool
}

func newMemberChange() *memberChange {
	return &memberChange{setChange: newSetChange(), pending: newSetChange(), waiting: map[string]bool{}}
}

func (c *memberChange) empty() bool { return c.setChange.empty() && c.pending.empty() }

// setChange is what was put into a set and not taken out again, and the other
// way round.
type setChange struct {
	in, out map[string]string // id → type
}

func newSetChange() setChange {
	return setChange{in: map[string]string{}, out: map[string]string{}}
}

// add records that an element which was not there is now.
func (c *setChange) add(id, typ string) {
	if was, ok := c.out[id]; ok && was == typ {
		delete(c.out, id)
		return
	}
	c.in[id] = typ
}

// remove records that an element which was there is no more.
func (c *setChange) remove(id, typ string) {
	if _, ok := c.in[id]; ok {
		delete(c.in, id)
		return
	}
	c.out[id] = typ
}

func (c *setChange) empty() bool { return len(c.in) == 0 && len(c.out) == 0 }

func (c *setChange) added() []events.Member   { return sortedMembers(c.in) }
func (c *setChange) removed() []events.Member { return sortedMembers(c.out) }

func sortedMembers(set map[string]string) []events.Member {
	list := make([]events.Member, 0, len(set))
	for id, typ := range set {
		list = append(list, events.Member{ID: id, Type: typ})
	}
	slices.SortFunc(list, func(a, b events.Member) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
