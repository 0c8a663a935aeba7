package idp

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Page sizes. Groups come with all their members, so fewer at a time.
const (
	userPage  = 100
	groupPage = 10
	idPage    = 200
)

// readAll reads every resource of a kind, page by page. query is "" or begins
// with an ampersand.
func (c *cycle) readAll(ctx context.Context, step string, k kind, count int, query string) ([]document, error) {
	var all []document
	for start := 1; ; {
		path := fmt.Sprintf("%s?startIndex=%d&count=%d%s", k.endpoint, start, count, query)
		var p page
		_, err := c.do(ctx, call{step: step, method: http.MethodGet, path: path, want: []int{http.StatusOK},
			check: func(a *answer) (err error) {
				if p, err = readPage(a, start, count); err != nil {
					return err
				}
				return checkProgress(p, start)
			}})
		if err != nil {
			return nil, err
		}
		all = append(all, p.resources...)
		if start += len(p.resources); start > p.total {
			return all, nil
		}
	}
}

// checkProgress makes sure that paging comes to an end.
func checkProgress(p page, start int) error {
	const most = 4 * MaxUsers
	if p.total > most {
		return fmt.Errorf("totalResults is %d, more than can be read", p.total)
	}
	if len(p.resources) == 0 && start <= p.total {
		return fmt.Errorf("an empty page at %d of %d", start, p.total)
	}
	return nil
}

// lookAround notes what is in the directory before the run.
func (r *run) lookAround(ctx context.Context) error {
	r.before = map[string]string{}
	for _, k := range []kind{users, groups} {
		all, err := r.main.readAll(ctx, "look around", k, idPage, "&attributes=id,meta")
		if err != nil {
			return err
		}
		for _, each := range all {
			r.before[k.name+" "+text(each["id"])] = version(each)
		}
	}
	return nil
}

// others counts what was there before and is not the company's.
func (r *run) others() int {
	n := len(r.before)
	for id := range r.ours() {
		if _, ok := r.before[id]; ok {
			n--
		}
	}
	return n
}

// ours are the kinds and ids of what the company has in the directory.
func (r *run) ours() map[string]bool {
	d := r.main.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := make(map[string]bool, len(d.users)+len(d.groups))
	for _, a := range d.users {
		ids[users.name+" "+a.id] = true
	}
	for _, t := range d.groups {
		ids[groups.name+" "+t.id] = true
	}
	return ids
}

// readBack reads the whole directory and compares it with what was sent.
func (r *run) readBack(ctx context.Context) error {
	const stage = "read back"
	r.config.Progress.Begin(stage, 2)
	defer r.config.Progress.End(stage)
	var found [2][]document
	for i, k := range []kind{users, groups} {
		count := []int{userPage, groupPage}[i]
		var err error
		if found[i], err = r.main.readAll(ctx, "read back "+strings.ToLower(k.name)+"s", k, count, ""); err != nil {
			return r.unread(k, err)
		}
		r.config.Progress.Advance(stage)
	}
	r.log.differ(r.compareUsers(found[0])...)
	r.log.differ(r.compareGroups(found[1])...)
	r.log.differ(compareMemberships(found[0], found[1])...)
	return passing(r.main.provider.lastly(ctx, r.main, found[0]))
}

// unread makes a directory that cannot be read a difference, whatever the reason.
func (r *run) unread(k kind, err error) error {
	if passing(err) == nil {
		r.log.differ(Difference{Resource: "the directory", Sent: "all " + strings.ToLower(k.name) + "s", Found: "it cannot be read back"})
		return nil
	}
	return err
}

func (r *run) compareUsers(found []document) []Difference {
	byID, all := index(users, found)
	d := r.main.dir
	for place := range r.company.People {
		a, ok := d.user(place)
		if !ok {
			continue
		}
		name := "user " + a.person.UserName
		resource, ok := byID[a.id]
		if !ok {
			all = append(all, Difference{Resource: name, Sent: "id " + a.id, Found: "no such user"})
			continue
		}
		for _, difference := range compare(r.main.provider.expectUser(&a.person, d), resource) {
			difference.Resource = name
			all = append(all, difference)
		}
	}
	return append(all, r.compareOthers(users, byID)...)
}

func (r *run) compareGroups(found []document) []Difference {
	byID, all := index(groups, found)
	for place := range r.company.Groups {
		t, ok := r.main.dir.group(place)
		if !ok {
			continue
		}
		name := "group " + t.group.Name
		resource, ok := byID[t.id]
		if !ok {
			all = append(all, Difference{Resource: name, Sent: "id " + t.id, Found: "no such group"})
			continue
		}
		for _, difference := range compareGroup(r.main.provider.groupBody(&t.group), t.members, resource) {
			difference.Resource = name
			all = append(all, difference)
		}
	}
	return append(all, r.compareOthers(groups, byID)...)
}

// index sorts resources by id; one that comes twice, or is no proper resource, is
// a difference.
func index(k kind, found []document) (map[string]document, []Difference) {
	byID := make(map[string]document, len(found))
	var all []Difference
	for _, resource := range found {
		id := text(resource["id"])
		if err := checkResource(k, resource); err != nil {
			all = append(all, Difference{Resource: strings.ToLower(k.name) + " " + id, Sent: "a proper resource", Found: clip(err.Error())})
		}
		if _, twice := byID[id]; twice {
			all = append(all, Difference{Resource: strings.ToLower(k.name) + " " + id, Sent: "one", Found: "it on two pages"})
		}
		byID[id] = resource
	}
	return byID, all
}

// compareOthers makes sure that nothing is there which nobody sent, and that what
// was there before is as it was. Groups change with their members, so only that
// they are there is checked.
func (r *run) compareOthers(k kind, found map[string]document) []Difference {
	ours := r.ours()
	var all []Difference
	for id, resource := range found {
		key := k.name + " " + id
		was, before := r.before[key]
		name := strings.ToLower(k.name) + " " + cmp.Or(text(resource["userName"]), text(resource["displayName"]), id)
		switch {
		case ours[key]:
		case !before:
			all = append(all, Difference{Resource: name, Sent: "nothing", Found: "id " + id})
		case k == users && version(resource) != was:
			all = append(all, Difference{Resource: name, Attribute: "meta.version", Sent: "no change of " + was, Found: version(resource)})
		}
	}
	gone := r.main.dir.deleted()
	for key := range r.before {
		id, isKind := strings.CutPrefix(key, k.name+" ")
		if _, there := found[id]; isKind && !there && !gone[id] {
			all = append(all, Difference{Resource: key, Sent: "no change", Found: "it is gone"})
		}
	}
	slices.SortFunc(all, func(a, b Difference) int { return strings.Compare(a.Resource, b.Resource) })
	return all
}
