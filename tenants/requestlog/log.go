package requestlog

import (
	"context"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// Filter narrows a list. What is left out does not narrow.
type Filter struct {
	Connection tenants.ConnectionID
	Status     int // of the answer
	Class      int // 2, 4 or 5: the first digit of Status
	Outcome    Outcome
	Kind       string // a Kind, or what is before its dot: "user"
	Person     string // id of a user, or userName or e-mail address as it was sent or stored
	Group      string // id of a group, or its name
	Resource   string // id of a resource
	Prefix     string // beginning of a subject, in any case
	RequestID  string // as the answer had it
	Since      time.Time
	Until      time.Time
}

// Query is a page of a tenant's lines, the newest first, or with After the oldest.
type Query struct {
	TenantID tenants.TenantID
	Filter   Filter
	Before   tenants.RequestID // zero: from the newest
	After    tenants.RequestID // zero: none; then the order is the other way round
	Forward  bool
	Limit    int
	Bodies   bool // with them
}

// Entry is a line with the names of what it refers to.
type Entry struct {
	Line

	ConnectionName string
	Provider       quirk.Provider // of the connection now
	TokenName      string
}

// Store reads lines.
type Store interface {
	// Requests returns a page.
	Requests(ctx context.Context, q Query) ([]Entry, error)
	// Request returns one line of a connection with its bodies, or
	// tenants.ErrNotFound.
	Request(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, id tenants.RequestID) (*Entry, error)
}

// Log is the request log as people read it.
type Log struct{ store Store }

// NewLog returns the log of a store.
func NewLog(store Store) *Log { return &Log{store} }

// List returns at most limit lines, the newest first, that are older than before
// (the zero id: from the newest).
func (l *Log) List(ctx context.Context, tenant tenants.TenantID, f Filter, before tenants.RequestID, limit int) ([]Entry, error) {
	return l.store.Requests(ctx, Query{TenantID: tenant, Filter: f, Before: before, Limit: limit})
}

// Since returns when the oldest line came that is still there, of one connection
// or (the zero id) of all; the zero time: there is none.
func (l *Log) Since(ctx context.Context, tenant tenants.TenantID, only tenants.ConnectionID) (time.Time, error) {
	first, err := l.store.Requests(ctx, Query{TenantID: tenant, Filter: Filter{Connection: only}, Forward: true, Limit: 1})
	if err != nil || len(first) == 0 {
		return time.Time{}, err
	}
	return first[0].At, nil
}

// Get returns one line with its bodies.
func (l *Log) Get(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, id tenants.RequestID) (*Entry, error) {
	return l.store.Request(ctx, tenant, connection, id)
}

// exportPage bounds what an export holds in memory: lines, whose bodies are at
// most twice maxBody.
const exportPage = 100

// Each calls fn with every line, the oldest first, bodies included. Lines that
// come meanwhile are left out.
func (l *Log) Each(ctx context.Context, tenant tenants.TenantID, f Filter, fn func(*Entry) error) error {
	if now := time.Now(); f.Until.IsZero() || f.Until.After(now) {
		f.Until = now
	}
	var after tenants.RequestID
	for {
		page, err := l.store.Requests(ctx, Query{TenantID: tenant, Filter: f, After: after, Forward: true, Limit: exportPage, Bodies: true})
		if err != nil {
			return err
		}
		for i := range page {
			if err := fn(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			return nil
		}
		after = page[len(page)-1].ID
	}
}
