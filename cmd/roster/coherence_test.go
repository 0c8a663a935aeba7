package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// growing is a value that one writer raises and that many read.
type growing struct {
	name  string
	sent  atomic.Int64 // the last that a request was sent for
	acked atomic.Int64 // the last that was acknowledged
	shown atomic.Int64 // the highest that any reading showed
}

// floor is what a reading that begins now must show at least.
func (v *growing) floor() int64 { return max(v.acked.Load(), v.shown.Load()) }

// saw judges a reading that began when the floor was that.
func (v *growing) saw(got, floor int64) error {
	if sent := v.sent.Load(); got < floor || got > sent {
		return fmt.Errorf("%s: a reading showed %d after %d was acknowledged or shown (%d sent)", v.name, got, floor, sent)
	}
	raise(&v.shown, got)
	return nil
}

// sawParity judges a reading that shows only whether the version is odd: whether
// something is there.
func (v *growing) sawParity(odd bool, floor int64) error {
	if odd == (floor%2 == 1) {
		return nil
	}
	if v.sent.Load() == floor {
		return fmt.Errorf("%s: a reading showed it there=%v, and that changed before it began (%d)", v.name, odd, floor)
	}
	raise(&v.shown, floor+1)
	return nil
}

func raise(v *atomic.Int64, to int64) {
	for old := v.Load(); old < to && !v.CompareAndSwap(old, to); old = v.Load() {
	}
}

// subject is a user whose title counts its versions, in a group whose name counts
// the group's. It goes in and out of another group.
type subject struct {
	id, userName, externalId string
	title, membership        growing
	team                     *team
}

// team is a group whose name counts its versions.
type team struct {
	id, externalId string
	title          growing
}

// phoenix is a user that is created and deleted again and again.
type phoenix struct {
	id, userName string
	there        growing
}

// checker reads and writes a directory by way of any replica, and knows what
// each reading may show.
type checker struct {
	client    *client
	subjects  []*subject
	teams     []*team
	club      string // the group that subjects go in and out of
	phoenixes []*phoenix

	checked, wrote, failed atomic.Int64
	staleReadings          atomic.Int64
	mu                     sync.Mutex
	stale, failures        []string  // some of them
	failedAt               time.Time // the last failure
}

// newChecker fills the directory.
func newChecker(t *testing.T, c *client) *checker {
	t.Helper()
	k := &checker{client: c}
	k.club = c.createGroup(t, "Club")
	for i := range 6 {
		g := &team{externalId: fmt.Sprintf("team-%d", i)}
		g.title.name = "group " + g.externalId
		body := fmt.Sprintf(`{"displayName":"v0","externalId":%q}`, g.externalId)
		g.id = c.want(t, 201, "POST", "/Groups", body)["id"].(string)
		k.teams = append(k.teams, g)
	}
	for i := range 30 {
		s := &subject{userName: fmt.Sprintf("subject-%d", i), externalId: fmt.Sprintf("ext-%d", i), team: k.teams[i%len(k.teams)]}
		s.title.name, s.membership.name = "user "+s.userName, "membership of "+s.userName
		body := fmt.Sprintf(`{"userName":%q,"externalId":%q,"title":"v0"}`, s.userName, s.externalId)
		s.id = c.want(t, 201, "POST", "/Users", body)["id"].(string)
		c.want(t, 204, "PATCH", "/Groups/"+s.team.id, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, s.id)))
		k.subjects = append(k.subjects, s)
	}
	for i := range 9 {
		p := &phoenix{userName: fmt.Sprintf("phoenix-%d", i)}
		p.there.name = p.userName
		k.phoenixes = append(k.phoenixes, p)
	}
	return k
}

// workers are the readers and writers; each thing has one writer, and of each
// kind there are as many for every writer.
func (k *checker) workers() []func(context.Context) {
	var list []func(context.Context)
	for range 6 {
		list = append(list, func(ctx context.Context) {
			for ctx.Err() == nil {
				k.read()
			}
		})
	}
	const writers = 3
	for w := range writers {
		list = append(list, func(ctx context.Context) {
			for ctx.Err() == nil {
				k.write(w, writers)
			}
		})
	}
	return list
}

// write changes one of the things that are this writer's.
func (k *checker) write(w, writers int) {
	own := func(n int) int { return rand.IntN(n/writers)*writers + w }
	switch rand.IntN(6) {
	case 0:
		g := k.teams[own(len(k.teams))]
		k.raise(&g.title, "/Groups/"+g.id, "displayName")
	case 1:
		k.rise(k.phoenixes[own(len(k.phoenixes))])
	case 2:
		k.toggle(k.subjects[own(len(k.subjects))])
	default:
		s := k.subjects[own(len(k.subjects))]
		k.raise(&s.title, "/Users/"+s.id, "title")
	}
}

// raise writes the next version into an attribute.
func (k *checker) raise(v *growing, path, attribute string) {
	next := v.sent.Add(1)
	if k.send("PATCH", path, patchOp(fmt.Sprintf(`{"op":"replace","path":%q,"value":"v%d"}`, attribute, next)), 200, 204) != nil {
		raise(&v.acked, next)
	}
}

// toggle takes a user into the club or out of it, until that is acknowledged.
func (k *checker) toggle(s *subject) {
	next := s.membership.sent.Add(1)
	operation := fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, s.id)
	if next%2 == 1 {
		operation = fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, s.id)
	}
	for range attempts {
		if k.send("PATCH", "/Groups/"+k.club, patchOp(operation), 200, 204) != nil {
			raise(&s.membership.acked, next)
			return
		}
	}
}

// attempts bounds how often a writer sends again what was not acknowledged.
const attempts = 1000

// rise creates the user or deletes it, until that is acknowledged.
func (k *checker) rise(p *phoenix) {
	next := p.there.sent.Add(1)
	for range attempts {
		if next%2 == 0 {
			if k.send("DELETE", "/Users/"+p.id, "", 204, 404) == nil {
				continue
			}
		} else if r := k.send("POST", "/Users", fmt.Sprintf(`{"userName":%q}`, p.userName), 201, 409); r == nil {
			continue
		} else if p.id = k.born(p, r); p.id == "" {
			continue
		}
		raise(&p.there.acked, next)
		return
	}
}

// born is the id of a user that was created, perhaps by a request whose answer
// did not arrive.
func (k *checker) born(p *phoenix, r *reply) string {
	var one struct{ ID string }
	if json.Unmarshal(r.body, &one) == nil && one.ID != "" {
		return one.ID
	}
	if r = k.send("GET", "/Users?filter="+url.QueryEscape(fmt.Sprintf("userName eq %q", p.userName)), "", 200); r == nil {
		return ""
	}
	var list struct{ Resources []struct{ ID string } }
	if json.Unmarshal(r.body, &list) != nil || len(list.Resources) != 1 {
		return ""
	}
	return list.Resources[0].ID
}

// send returns an answer with one of the statuses; anything else is a failure.
func (k *checker) send(method, path, body string, statuses ...int) *reply {
	r, err := k.client.try(method, path, body)
	for _, status := range statuses {
		if err == nil && r.status == status {
			if method != "GET" {
				k.wrote.Add(1)
			}
			return &r
		}
	}
	k.failed.Add(1)
	k.mu.Lock()
	k.failedAt = time.Now()
	k.mu.Unlock()
	k.note(&k.failures, fmt.Sprintf("%s %s: %d %v %s", method, path, r.status, err, clipped(r.body)))
	return nil
}

// note keeps some of what happened.
func (k *checker) note(list *[]string, what string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(*list) < 10 {
		*list = append(*list, what)
	}
}

// lastFailure is when a request failed last, the zero time if none has.
func (k *checker) lastFailure() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failedAt
}

func (k *checker) judge(err error) {
	k.checked.Add(1)
	if err != nil {
		k.staleReadings.Add(1)
		k.note(&k.stale, err.Error())
	}
}

// shown is what the checker reads of a resource.
type shown struct {
	Title, DisplayName string
	Groups             []struct{ Value, Display string }
}

// number is the version that a text counts.
func number(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(text, "v"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// read reads something in one of the ways in which it can be read.
func (k *checker) read() {
	switch rand.IntN(8) {
	case 0, 1:
		k.readTeam(k.teams[rand.IntN(len(k.teams))])
	case 2:
		k.readPhoenix(k.phoenixes[rand.IntN(len(k.phoenixes))])
	default:
		k.readSubject(k.subjects[rand.IntN(len(k.subjects))])
	}
}

func (k *checker) readTeam(g *team) {
	floor := g.title.floor()
	one, ok := k.fetch("/Groups/"+g.id+"?excludedAttributes=members", "/Groups", "externalId", g.externalId, "&excludedAttributes=members")
	if ok {
		k.judge(g.title.saw(number(one.DisplayName), floor))
	}
}

// readSubject reads a user, and of the groups in it what they are called.
func (k *checker) readSubject(s *subject) {
	floor, team, membership := s.title.floor(), s.team.title.floor(), s.membership.floor()
	name, value := "userName", s.userName
	if rand.IntN(2) == 0 {
		name, value = "externalId", s.externalId
	}
	one, ok := k.fetch("/Users/"+s.id, "/Users", name, value, "")
	if !ok {
		return
	}
	k.judge(s.title.saw(number(one.Title), floor))
	inTeam, inClub := int64(-1), false
	for _, g := range one.Groups {
		switch g.Value {
		case s.team.id:
			inTeam = number(g.Display)
		case k.club:
			inClub = true
		}
	}
	k.judge(s.team.title.saw(inTeam, team))
	k.judge(s.membership.sawParity(inClub, membership))
}

func (k *checker) readPhoenix(p *phoenix) {
	floor := p.there.floor()
	r := k.send("GET", "/Users?filter="+url.QueryEscape(fmt.Sprintf("userName eq %q", p.userName)), "", 200)
	if r == nil {
		return
	}
	var list struct{ TotalResults int }
	if err := json.Unmarshal(r.body, &list); err != nil {
		k.judge(err)
		return
	}
	k.judge(p.there.sawParity(list.TotalResults == 1, floor))
}

// fetch reads one resource by its id or looks it up by a value.
func (k *checker) fetch(at, endpoint, name, value, query string) (shown, bool) {
	if rand.IntN(2) == 0 {
		r := k.send("GET", at, "", 200)
		if r == nil {
			return shown{}, false
		}
		var one shown
		if err := json.Unmarshal(r.body, &one); err != nil {
			k.judge(err)
			return shown{}, false
		}
		return one, true
	}
	r := k.send("GET", endpoint+"?filter="+url.QueryEscape(fmt.Sprintf("%s eq %q", name, value))+query, "", 200)
	if r == nil {
		return shown{}, false
	}
	var list struct{ Resources []shown }
	if err := json.Unmarshal(r.body, &list); err != nil || len(list.Resources) != 1 {
		k.judge(fmt.Errorf("%s %q finds %d resources (%w)", name, value, len(list.Resources), err))
		return shown{}, false
	}
	return list.Resources[0], true
}

// report says what was seen and fails the test for what must not be.
func (k *checker) report(t *testing.T, what string) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	t.Logf("%s: %d readings checked, %d stale, %d writes acknowledged, %d requests failed",
		what, k.checked.Load(), k.staleReadings.Load(), k.wrote.Load(), k.failed.Load())
	for _, s := range k.stale {
		t.Errorf("%s: stale: %s", what, s)
	}
}
