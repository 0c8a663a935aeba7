package storage

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Requests keeps the request log, and what its lines add up to.
type Requests struct {
	db     *DB
	folder requestlog.Folder // nil: nothing is added up
	logger *slog.Logger
}

// NewRequests returns the request log of a database. folder may be nil.
func NewRequests(db *DB, folder requestlog.Folder, logger *slog.Logger) *Requests {
	return &Requests{db: db, folder: folder, logger: logger}
}

var _ requestlog.Sink = (*Requests)(nil)

// livingConnection is the condition that a connection's requests are kept: it
// may be deleted, but not be on its way out of the database.
const livingConnection = `c.purged_at is null and c.status <> '` + connectionPurging + `'`

// Places implements requestlog.Sink. The tenant is what is looked for.
func (s *Requests) Places(ctx context.Context, connections []tenants.ConnectionID) ([]requestlog.Place, error) {
	rows := make([]idRow, len(connections))
	for i, id := range connections {
		rows[i].ID = id.UUID()
	}
	list, err := findAll(ctx, s.db.aside(), "connections", func(row scanner) (*requestlog.Place, error) {
		p := &requestlog.Place{}
		var settings []byte
		if err := row.Scan(&p.ConnectionID, &p.TenantID, &p.Provider, &settings); err != nil {
			return nil, err
		}
		_, log, err := readSettings(settings)
		p.Bodies = log.Bodies
		return p, err
	}, `
		select c.id, c.tenant_id, c.provider, t.settings
		from `+s.db.engine.jsonRows("$1", "n", "id uuid")+`
		join connections c on c.id = n.id and `+livingConnection+`
		join tenants t on t.id = c.tenant_id and t.purged_at is null and t.status <> '`+tenantPurging+`'`, jsonParam(rows))
	places := make([]requestlog.Place, len(list))
	for i, p := range list {
		places[i] = *p
	}
	return places, err
}

// Append implements requestlog.Sink. It uses connections of its own, so that no
// request of an identity provider waits for it, and writes to the log alone. Whatever the number of lines,
// connections and tenants, the database is asked twice; connections are locked
// in the order of their keys, so that replicas do not lock each other out.
func (s *Requests) Append(ctx context.Context, lines []requestlog.Line, again bool) error {
	groups := groupLines(lines)
	err := s.db.requestLog().updateRelaxed(ctx, "", func(tx *tx) error {
		a := &appending{tx: tx, requests: s, again: again, groups: make([]*lineGroup, len(groups))}
		for i, g := range groups {
			a.groups[i] = g.copy() // it may have to be done once more
		}
		if err := a.read(ctx); err != nil {
			return err
		}
		a.fold(ctx)
		return a.write(ctx)
	})
	if err != nil {
		return fmt.Errorf("write the request log: %w", err)
	}
	return nil
}
