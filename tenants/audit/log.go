package audit

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Query selects rows of one tenant's log, newest first.
type Query struct {
	TenantID string
	Before   int64 // rows with smaller numbers; 0: from the newest
	Limit    int
	Filter
}

// Filter narrows a query. What is empty selects all.
type Filter struct {
	Actor  string    // exactly: "key01…"
	Action string    // exactly, or with all that begins so: "connection.paused", "connection."
	Target string    // the id of the target
	Since  time.Time // at or after
	Until  time.Time // before
}

// Head is where a log ends: how many rows it has, and the hash of the last one.
// Whoever keeps it elsewhere can tell later whether the log is still what it was.
type Head struct {
	Number int64
	Hash   []byte
}

// Store reads logs. Rows come into being with the changes that they tell of.
type Store interface {
	// Audit returns rows of a log, newest first.
	Audit(ctx context.Context, q Query) ([]Entry, error)
	// AuditAfter returns at most limit rows behind a number, oldest first.
	AuditAfter(ctx context.Context, tenantID string, after int64, limit int, f Filter) ([]Entry, error)
	// AuditHead returns where the log ends.
	AuditHead(ctx context.Context, tenantID string) (Head, error)
	// AuditLogs returns at most limit tenants that ever had a log, deleted ones
	// too, with ids above after, in order of their ids.
	AuditLogs(ctx context.Context, after string, limit int) ([]string, error)
	// NoteLook adds a row of the action Looked, or returns tenants.ErrNotFound.
	NoteLook(ctx context.Context, tenant tenants.TenantID, look Look) error
}

// Log reads and verifies logs.
type Log struct{ store Store }

// NewLog returns the logs of a store.
func NewLog(store Store) *Log { return &Log{store} }

// List returns rows of one tenant's log, newest first.
func (l *Log) List(ctx context.Context, q Query) ([]Entry, error) { return l.store.Audit(ctx, q) }

// pageRows is how many rows are read at a time, so that a log of any length is
// read in bounded memory.
const pageRows = 1000

// Each calls fn with the rows of one tenant's log, oldest first, up to where the
// log ends when Each is called.
func (l *Log) Each(ctx context.Context, tenantID string, f Filter, fn func(*Entry) error) error {
	head, err := l.store.AuditHead(ctx, tenantID)
	if err != nil {
		return err
	}
	return l.each(ctx, tenantID, head.Number, f, fn)
}

func (l *Log) each(ctx context.Context, tenantID string, last int64, f Filter, fn func(*Entry) error) error {
	for after := int64(0); after < last; {
		rows, err := l.store.AuditAfter(ctx, tenantID, after, pageRows, f)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Number > last {
				return nil
			}
			if err := fn(&rows[i]); err != nil {
				return err
			}
			after = rows[i].Number
		}
		if len(rows) < pageRows {
			return nil
		}
	}
	return nil
}

// EachLog calls fn with every tenant that ever had a log, the installation first.
func (l *Log) EachLog(ctx context.Context, fn func(tenantID string) error) error {
	if err := fn(Installation); err != nil {
		return err
	}
	for after := Installation; ; {
		ids, err := l.store.AuditLogs(ctx, after, pageRows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := fn(id); err != nil {
				return err
			}
			after = id
		}
		if len(ids) < pageRows {
			return nil
		}
	}
}
