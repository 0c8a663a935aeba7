package health

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Service tells how connections are doing.
type Service struct {
	store   Store
	now     func() time.Time
	watcher *Watcher
	found   *findings
	masking bool // see Masked
}

// NewService returns the Service of a store. Close it before the server stops to
// wait for requests.
func NewService(store Store) *Service {
	return &Service{store: store, now: time.Now, watcher: newWatcher(store), found: newFindings(store)}
}

// Close ends what Watch began, and every later Watch at once.
func (s *Service) Close() { s.watcher.close() }

// Of returns how a connection is doing, or tenants.ErrNotFound.
func (s *Service) Of(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID) (*Report, error) {
	g, err := s.glance(ctx, tenant, connection)
	if err != nil {
		return nil, err
	}
	reports, err := s.reports(ctx, tenant, []*glance{g})
	if err != nil {
		return nil, err
	}
	return reports[0], nil
}

// All returns a page of a tenant's connections, in the order of their ids.
func (s *Service) All(ctx context.Context, tenant tenants.TenantID, page Selection) ([]*Report, error) {
	now := s.now()
	facts, err := s.store.Facts(ctx, tenant, page, now)
	if err != nil {
		return nil, err
	}
	list := make([]*glance, len(facts))
	for i, f := range facts {
		list[i] = s.glanceAt(f, now)
	}
	return s.reports(ctx, tenant, list)
}

// Problems returns what is wrong with a connection, the most harmful first.
func (s *Service) Problems(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID) ([]*Problem, error) {
	r, err := s.Of(ctx, tenant, connection)
	if err != nil {
		return nil, err
	}
	return r.Problems, nil
}

// Setup returns the checklist of a connection, or tenants.ErrNotFound.
func (s *Service) Setup(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID) (*Setup, error) {
	g, err := s.glance(ctx, tenant, connection)
	if err != nil {
		return nil, err
	}
	return g.setup(), nil
}

func (s *Service) glance(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID) (*glance, error) {
	now := s.now()
	facts, err := s.store.Facts(ctx, tenant, Selection{Only: connection, Limit: 1}, now)
	if err != nil {
		return nil, err
	}
	if len(facts) == 0 {
		return nil, fmt.Errorf("connection %s: %w", connection, tenants.ErrNotFound)
	}
	return s.glanceAt(facts[0], now), nil
}

// glanceAt is the connection as whoever the Service is for may see it.
func (s *Service) glanceAt(f *Facts, now time.Time) *glance {
	g := glanceAt(f, now)
	if s.masking {
		g.mask()
	}
	return g
}

func (s *Service) reports(ctx context.Context, tenant tenants.TenantID, list []*glance) ([]*Report, error) {
	found, err := s.found.of(ctx, tenant, list)
	if err != nil {
		return nil, err
	}
	reports := make([]*Report, len(list))
	for i, g := range list {
		reports[i] = g.report()
		shown := found[g.Connection.ID]
		if s.masking {
			shown = shown.masked()
		}
		reports[i].Problems = g.problems(shown)
	}
	return reports, nil
}

// Cycle is a sync cycle as people read it.
type Cycle struct {
	ID         tenants.CycleID
	Connection *tenants.Connection // its id, name and provider
	StartedAt  time.Time
	EndedAt    time.Time // the last request so far
	Running    bool
	Requests   int64
	Refused    int64
	Failed     int64
	Sentence   string
	Facts      []Fact // the weightiest first
}

// Cycles returns sync cycles of a connection, or of all of a tenant, the newest
// first.
func (s *Service) Cycles(ctx context.Context, tenant tenants.TenantID, q CycleQuery) ([]*Cycle, error) {
	stored, err := s.store.Cycles(ctx, tenant, q)
	if err != nil {
		return nil, err
	}
	now := s.now()
	list := make([]*Cycle, len(stored))
	for i, c := range stored {
		if list[i], err = s.read(c, now); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Cycle returns one, or tenants.ErrNotFound.
func (s *Service) Cycle(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, id tenants.CycleID) (*Cycle, error) {
	c, err := s.store.Cycle(ctx, tenant, connection, id)
	if err != nil {
		return nil, err
	}
	return s.read(c, s.now())
}

func (s *Service) read(c *StoredCycle, now time.Time) (*Cycle, error) {
	summary, err := readSummary(c.Summary)
	if err != nil {
		return nil, fmt.Errorf("cycle %s: %w", c.ID, err)
	}
	if s.masking {
		summary.mask()
	}
	told := &Cycle{
		ID: c.ID, Connection: c.Connection, StartedAt: c.StartedAt, EndedAt: c.EndedAt, Running: now.Sub(c.EndedAt) <= silence,
		Requests: c.Requests, Refused: c.Refused, Failed: c.Failed,
	}
	told.Sentence, told.Facts = summary.tell(c.Connection.Provider, c.Refused, c.Failed)
	return told, nil
}

// Bounds of what Hours returns.
const (
	usualHours = 7 * 24 * time.Hour
	mostHours  = 366 * 24 * time.Hour
)

// Hours counts requests by the hour, from since on until. A zero until is now, a
// zero since a week before that; more than a year is cut.
func (s *Service) Hours(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, since, until time.Time) ([]requestlog.Hour, error) {
	if until.IsZero() {
		until = s.now()
	}
	if since.IsZero() {
		since = until.Add(-usualHours)
	}
	if since.Before(until.Add(-mostHours)) {
		since = until.Add(-mostHours)
	}
	return s.store.Hours(ctx, tenant, connection, since, until)
}

// Watch tells of changes of a connection's state until the context ends or the
// Service is closed, which closes the channel. Changes that come while nobody
// receives are told as one. The first is what was stored when Watch began.
func (s *Service) Watch(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID) <-chan struct{} {
	return s.watcher.watch(ctx, Watched{Tenant: tenant, Connection: connection})
}
