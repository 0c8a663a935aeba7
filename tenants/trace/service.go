package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Store finds people and what waits for them. A zero connection is all of the
// tenant's.
type Store interface {
	// Find returns at most limit people who have one of the keys.
	Find(ctx context.Context, tenant tenants.TenantID, only tenants.ConnectionID, keys []Key, limit int) ([]Hit, error)
	// Waiting returns at most limit groups that name one of the values as a member,
	// whom nobody has created.
	Waiting(ctx context.Context, tenant tenants.TenantID, only tenants.ConnectionID, values []string, limit int) ([]Waiting, error)
	// Connections returns at most limit connections in the order of their ids, or
	// tenants.ErrNotFound if there is no such tenant.
	Connections(ctx context.Context, tenant tenants.TenantID, only tenants.ConnectionID, limit int) ([]*tenants.Connection, error)
}

// Hit is somebody who has a key.
type Hit struct {
	ID        string
	Attribute string // of the key
}

// People knows users.
type People interface {
	User(ctx context.Context, tenant tenants.TenantID, id string) (*people.User, error)
}

// Holders knows what users hold.
type Holders interface {
	Access(ctx context.Context, tenant tenants.TenantID, user string) (*access.UserAccess, error)
}

// History is what was done in a tenant.
type History interface {
	List(ctx context.Context, q audit.Query) ([]audit.Entry, error)
}

// Parts are what a Service asks.
type Parts struct {
	Store    Store
	People   People
	Access   Holders
	Requests *requestlog.Log
	Audit    History
}

// Service traces people.
type Service struct{ Parts }

// NewService returns a Service.
func NewService(p Parts) *Service { return &Service{p} }

// Query asks for somebody.
type Query struct {
	Who    string
	Only   tenants.ConnectionID // zero: all connections
	Masked bool                 // whoever asks may not see personal data: name nobody but Who
}

// Result is what was found.
type Result struct {
	Finding
	Person      *people.User // who was found, or is called nearly the same; nil: nobody
	Roles       int          // how many Person holds
	Requests    []requestlog.Entry
	Connections []*tenants.Connection
	LogSince    time.Time
}

// Bounds of what is looked at.
const (
	mostHits        = 5
	mostLines       = 20
	mostTold        = 5
	mostConnections = 100
)

// Trace finds out what is the matter with somebody. It takes a bounded number of
// look-ups, however large the tenant is.
func (s *Service) Trace(ctx context.Context, tenant tenants.TenantID, q Query) (*Result, error) {
	q.Who = strings.TrimSpace(q.Who)
	if q.Who == "" {
		return nil, &tenants.InvalidError{Field: "who", Reason: "give a user name, an e-mail address, an external id or a name"}
	}
	g := gatherer{Parts: &s.Parts, tenant: tenant, query: q, found: Evidence{Who: q.Who}}
	for _, step := range []func(context.Context) error{g.connections, g.person, g.requests, g.gone, g.alike, g.waiting, g.state} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("trace somebody: %w", err)
		}
	}
	e := &g.found
	r := &Result{Person: e.Person, Roles: e.roles(), Requests: slices.Concat(e.Requests, e.Near), Connections: e.Connections, LogSince: e.LogSince}
	if r.Person == nil && len(e.Alike) > 0 {
		r.Person = e.Alike[0]
	}
	r.Requests = r.Requests[:min(len(r.Requests), mostTold)]
	if q.Masked {
		e = e.masked()
	}
	r.Finding = Decide(e)
	if r.Verdict != OtherUserName && e.Person == nil {
		r.Person = nil
	}
	return r, nil
}

// gatherer gathers evidence, step by step.
type gatherer struct {
	*Parts
	tenant tenants.TenantID
	query  Query
	found  Evidence
}

func (g *gatherer) connections(ctx context.Context) (err error) {
	g.found.Connections, err = g.Store.Connections(ctx, g.tenant, g.query.Only, mostConnections)
	return err
}

// user is somebody by the id, nil if there is none that may be told of.
func (g *gatherer) user(ctx context.Context, id string) (*people.User, error) {
	u, err := g.People.User(ctx, g.tenant, id)
	if errors.Is(err, tenants.ErrNotFound) {
		return nil, nil
	}
	if err == nil && !g.query.Only.IsZero() && (u.Connection == nil || u.Connection.ID != g.query.Only) {
		return nil, nil
	}
	return u, err
}

// person finds who is called what was asked for: by the user name rather than by
// something else, and somebody active rather than somebody who is not.
func (g *gatherer) person(ctx context.Context) error {
	if u, err := g.user(ctx, strings.ToLower(g.query.Who)); u != nil || err != nil {
		g.found.Person, g.found.Same = u, 1
		return err
	}
	list, err := g.find(ctx, exact(g.query.Who))
	if len(list) > 0 {
		g.found.Person, g.found.Same = list[0], len(list)
	}
	return err
}

// find returns those who have the first of the attributes that anybody has.
func (g *gatherer) find(ctx context.Context, keys []Key) ([]*people.User, error) {
	hits, err := g.Store.Find(ctx, g.tenant, g.query.Only, keys, mostHits*len(keys))
	if err != nil {
		return nil, err
	}
	rank := func(h Hit) int { return slices.Index([]string{UserName, Email, ExternalID, Display}, h.Attribute) }
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(rank(a), rank(b)) })
	var list []*people.User
	for i, h := range hits {
		if rank(h) != rank(hits[0]) || len(list) == mostHits {
			break
		}
		if slices.ContainsFunc(hits[:i], func(before Hit) bool { return before.ID == h.ID }) {
			continue
		}
		u, err := g.user(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		if u != nil {
			list = append(list, u)
		}
	}
	slices.SortStableFunc(list, func(a, b *people.User) int {
		switch {
		case a.Active == b.Active:
			return 0
		case a.Active:
			return -1
		}
		return 1
	})
	return list, nil
}

// requests reads what was sent about them, by name and by id, and how far back
// that is known.
func (g *gatherer) requests(ctx context.Context) error {
	lines, err := g.lines(ctx, requestlog.Filter{Person: g.query.Who})
	if err != nil {
		return err
	}
	if p := g.found.Person; p != nil {
		more, err := g.lines(ctx, requestlog.Filter{Resource: p.ID})
		if err != nil {
			return err
		}
		lines = slices.Concat(lines, more)
	}
	slices.SortFunc(lines, func(a, b requestlog.Entry) int { return cmp.Compare(b.ID.UUID(), a.ID.UUID()) })
	g.found.Requests = slices.CompactFunc(lines, func(a, b requestlog.Entry) bool { return a.ID == b.ID })
	g.found.LogSince, err = g.Requests.Since(ctx, g.tenant, g.query.Only)
	return err
}

func (g *gatherer) lines(ctx context.Context, f requestlog.Filter) ([]requestlog.Entry, error) {
	f.Connection = g.query.Only
	return g.Requests.List(ctx, g.tenant, f, tenants.RequestID{}, mostLines)
}

// gone finds out what became of whom the requests were about: they were deleted,
// or are called otherwise now.
func (g *gatherer) gone(ctx context.Context) error {
	if g.found.Person != nil {
		return nil
	}
	for i := range g.found.Requests {
		id := g.found.Requests[i].ResourceID
		if id == "" {
			continue
		}
		u, err := g.user(ctx, id)
		if err != nil {
			return err
		}
		if u != nil {
			g.found.Alike, g.found.Renamed = []*people.User{u}, true
			return nil
		}
		g.found.Gone, err = g.event(ctx, id, "user.deleted")
		return err // the newest decides
	}
	return nil
}

// event is the last one of a kind in the audit log of somebody.
func (g *gatherer) event(ctx context.Context, id, action string) (*Event, error) {
	rows, err := g.Audit.List(ctx, audit.Query{TenantID: g.tenant.UUID(), Limit: 1, Filter: audit.Filter{Target: id, Action: action}})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &Event{At: rows[0].At, By: rows[0].ActorName, Name: rows[0].TargetName}, nil
}

// alike finds who is called nearly the same, or what was sent about such people.
func (g *gatherer) alike(ctx context.Context) error {
	e := &g.found
	keys := alike(g.query.Who)
	if e.Person != nil || len(e.Alike) > 0 || len(keys) == 0 {
		return nil
	}
	var err error
	if e.Alike, err = g.find(ctx, keys); err != nil || len(e.Alike) > 0 || len(e.Requests) > 0 {
		return err
	}
	if last := keys[len(keys)-1]; last.Prefix {
		name, _ := strings.CutSuffix(last.Value, "+")
		e.Near, err = g.lines(ctx, requestlog.Filter{Kind: "user", Prefix: name + "@"})
	}
	return err
}

func (g *gatherer) waiting(ctx context.Context) (err error) {
	if g.found.Person == nil {
		g.found.Waiting, err = g.Store.Waiting(ctx, g.tenant, g.query.Only, []string{g.query.Who}, mostHits)
	}
	return err
}

// state finds out what somebody who is there holds, and why they may not work.
func (g *gatherer) state(ctx context.Context) (err error) {
	p := g.found.Person
	if p == nil {
		return nil
	}
	if g.found.Access, err = g.Access.Access(ctx, g.tenant, p.ID); err != nil && !errors.Is(err, tenants.ErrNotFound) {
		return err
	}
	if !p.Active {
		g.found.Stopped, err = g.event(ctx, p.ID, "user.deactivated")
		return err
	}
	return nil
}
