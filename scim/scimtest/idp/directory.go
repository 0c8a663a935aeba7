package idp

import (
	"maps"
	"sync"
)

// directory is the simulator's own idea of what the server holds: what was
// accepted, by place in the company. Its methods may be called at once from
// several goroutines.
type directory struct {
	mu     sync.Mutex
	users  map[int]account
	groups map[int]*team
	places map[string]int  // users' places by id
	gone   map[string]bool // ids that were deleted
}

// account is somebody on the server.
type account struct {
	id     string
	person Person
}

// team is a group on the server. Members are ids: a group that was there before
// may hold some that are not the company's.
type team struct {
	id      string
	group   Group // without members
	members map[string]bool
}

func newDirectory() *directory {
	return &directory{users: map[int]account{}, groups: map[int]*team{}, places: map[string]int{}, gone: map[string]bool{}}
}

func (d *directory) putUser(place int, id string, p Person) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users[place] = account{id, p}
	d.places[id] = place
}

// dropUser also takes the user out of all groups.
func (d *directory) dropUser(place int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.users[place].id
	delete(d.users, place)
	delete(d.places, id)
	d.gone[id] = true
	for _, t := range d.groups {
		delete(t.members, id)
	}
}

// changeUser changes what is known of somebody. Two cycles may change different
// attributes at the same time.
func (d *directory) changeUser(place int, change func(*Person)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.users[place]
	if !ok {
		return
	}
	change(&a.person)
	d.users[place] = a
}

func (d *directory) user(place int) (account, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.users[place]
	return a, ok
}

// ids returns the ids of the people who are on the server.
func (d *directory) ids(places []int) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := make([]string, 0, len(places))
	for _, place := range places {
		if a, ok := d.users[place]; ok {
			ids = append(ids, a.id)
		}
	}
	return ids
}

// display returns the name of a member, "" if it is not the company's.
func (d *directory) display(id string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	place, ok := d.places[id]
	if !ok {
		return ""
	}
	a := d.users[place]
	return a.person.Display()
}

func (d *directory) putGroup(place int, id string, g Group, members []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := &team{id: id, group: Group{ObjectID: g.ObjectID, Name: g.Name}, members: map[string]bool{}}
	for _, member := range members {
		t.members[member] = true
	}
	d.groups[place] = t
}

func (d *directory) dropGroup(place int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t, ok := d.groups[place]; ok {
		d.gone[t.id] = true
	}
	delete(d.groups, place)
}

// deleted returns the ids of what was deleted.
func (d *directory) deleted() map[string]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.gone)
}

func (d *directory) renameGroup(place int, name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.groups[place].group.Name = name
}

// group returns a copy, whose members may be kept.
func (d *directory) group(place int) (team, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.groups[place]
	if !ok {
		return team{}, false
	}
	clone := *t
	clone.members = maps.Clone(t.members)
	return clone, true
}

func (d *directory) changeMembers(place int, add, remove []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.groups[place]
	if !ok {
		return
	}
	for _, id := range add {
		t.members[id] = true
	}
	for _, id := range remove {
		delete(t.members, id)
	}
}

func (d *directory) setMembers(place int, ids []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.groups[place]
	if !ok {
		return
	}
	t.members = map[string]bool{}
	for _, id := range ids {
		t.members[id] = true
	}
}

// merge takes over what another cycle knows and lists the people and groups that
// the two know under different ids, of which one is a duplicate.
func (d *directory) merge(other *directory) []Difference {
	other.mu.Lock()
	defer other.mu.Unlock()
	var all []Difference
	for place, theirs := range other.users {
		ours, ok := d.user(place)
		switch {
		case !ok:
			d.putUser(place, theirs.id, theirs.person)
		case ours.id != theirs.id:
			all = append(all, Difference{"user " + ours.person.UserName, "id", ours.id, theirs.id + " for the second cycle"})
		}
	}
	for place, theirs := range other.groups {
		ours, ok := d.group(place)
		switch {
		case !ok:
			d.putGroup(place, theirs.id, theirs.group, nil)
		case ours.id != theirs.id:
			all = append(all, Difference{"group " + ours.group.Name, "id", ours.id, theirs.id + " for the second cycle"})
			continue
		}
		members := make([]string, 0, len(theirs.members))
		for id := range theirs.members {
			members = append(members, id)
		}
		d.changeMembers(place, members, nil)
	}
	return all
}
