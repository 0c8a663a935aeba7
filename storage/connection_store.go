package storage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// CreateConnection implements tenants.ConnectionStore.
func (s *Tenants) CreateConnection(ctx context.Context, c *tenants.Connection, first ...*tenants.Token) error {
	columns, err := connectionColumns(c)
	if err != nil {
		return fmt.Errorf("create connection: %w", err)
	}
	err = s.db.update(ctx, c.TenantID.UUID(), func(tx *tx) error {
		if err := tx.admitConnection(ctx, c.TenantID); err != nil { // see touchConnections
			return err
		}
		_, err := tx.exec(ctx, `
			insert into connections (tenant_id, id, name, name_key, provider, status, scopes, settings, domains,
				deleted_at, delete_people, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, append(columns, c.CreatedAt.UnixMicro())...)
		if tx.isUnique(err) {
			return &tenants.TakenError{Field: "name", Value: c.Name}
		}
		if err != nil {
			return err
		}
		for _, k := range first {
			if err := tx.insertToken(ctx, k); err != nil {
				return err
			}
		}
		if err := tx.noteConnection(ctx, nil, c); err != nil {
			return err
		}
		for _, k := range first {
			if err := tx.noteNewToken(ctx, k, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return wrap("create connection", err)
	}
	return nil
}

// admitConnection locks the tenant's row and asks whether it may have one more
// connection. Nobody else gives it one until the end of the transaction.
func (t *tx) admitConnection(ctx context.Context, id tenants.TenantID) error {
	tenant, err := t.lockTenantRow(ctx, id, selectTenant, scanPlainTenant)
	if err != nil {
		return err
	}
	live := 0
	err = t.get(ctx, func(row scanner) error { return row.Scan(&live) },
		`select count(*) from connections where tenant_id = $1 and deleted_at is null`, id)
	if err != nil {
		return err
	}
	return tenant.AdmitConnection(live)
}

// connectionColumns are the columns of a connection that may change, behind its
// key.
func connectionColumns(c *tenants.Connection) ([]any, error) {
	scopes, err := json.Marshal(c.Scopes)
	if err != nil {
		return nil, err
	}
	settings, err := settingsColumn(c)
	if err != nil {
		return nil, err
	}
	domains, err := json.Marshal(notNull(c.Domains))
	if err != nil {
		return nil, err
	}
	return []any{
		c.TenantID, c.ID, c.Name, c.NameKey(), c.Provider, c.Status, string(scopes), string(settings), string(domains),
		orNull(c.DeletedAt), textOrNull(string(c.People)),
	}, nil
}

// settingsColumn is what a connection's settings have different from those that
// its provider starts with.
func settingsColumn(c *tenants.Connection) ([]byte, error) {
	var own, preset map[string]json.RawMessage
	if err := reencode(c.Settings, &own); err != nil {
		return nil, err
	}
	if err := reencode(quirk.For(c.Provider), &preset); err != nil {
		return nil, err
	}
	maps.DeleteFunc(own, func(name string, value json.RawMessage) bool {
		return bytes.Equal(value, preset[name])
	})
	return json.Marshal(own)
}

func reencode(v, into any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// connectionPurging is the status of a connection whose grace is over and whose
// directory is being taken apart. Nothing but the purge sees such a connection.
const connectionPurging = "purging"

// selectAnyConnection is what scanConnection reads, up to more conditions.
const selectAnyConnection = `
	select c.tenant_id, c.id, c.name, c.provider, c.status, c.scopes, c.settings, c.domains,
		c.created_at, c.deleted_at, coalesce(c.delete_people, '')
	from connections c
	join tenants t on t.id = c.tenant_id and t.deleted_at is null
	where c.purged_at is null and c.status <> '` + connectionPurging + `'`

func scanConnection(row scanner) (*tenants.Connection, error) {
	var c tenants.Connection
	var scopes, settings, domains []byte
	var created int64
	var deleted sql.NullInt64
	err := row.Scan(&c.TenantID, &c.ID, &c.Name, &c.Provider, &c.Status, &scopes, &settings, &domains,
		&created, &deleted, &c.People)
	if err != nil {
		return nil, err
	}
	if c.Scopes, err = readScopes(scopes); err != nil {
		return nil, err
	}
	if c.Settings, err = quirk.For(c.Provider).Overlay(settings); err != nil {
		return nil, err
	}
	if c.Domains, err = readDomains(domains); err != nil {
		return nil, err
	}
	c.CreatedAt, c.DeletedAt = fromMicros(created), fromNull(deleted)
	return &c, nil
}

func readScopes(column []byte) (set authz.ScopeSet, err error) {
	err = json.Unmarshal(column, &set)
	return set, err
}

// AnyConnection implements tenants.ConnectionStore.
func (s *Tenants) AnyConnection(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID) (*tenants.Connection, error) {
	query, args := selectAnyConnection+` and c.id = $1`, []any{id}
	if !tenant.IsZero() {
		query, args = query+` and c.tenant_id = $2`, append(args, tenant)
	}
	return findOne(ctx, s.db, "connection", scanConnection, query, args...)
}

// ListConnections implements tenants.ConnectionStore.
func (s *Tenants) ListConnections(ctx context.Context, tenant tenants.TenantID, f tenants.ConnectionFilter,
	after tenants.ConnectionID, limit int) ([]*tenants.Connection, error) {
	q := &listing{text: selectAnyConnection, args: []any{tenant, after, max(limit, 0)}}
	switch f.Status {
	case tenants.ConnectionDeleting:
		q.text += ` and c.deleted_at is not null`
	case "":
		q.text += ` and c.deleted_at is null`
	default:
		q.text += ` and c.deleted_at is null`
		q.where(`c.status = %s`, f.Status)
	}
	if f.Provider != "" {
		q.where(`c.provider = %s`, f.Provider)
	}
	if f.Text != "" {
		q.where(`c.name_key like %s escape '\'`, containing(nameKey(f.Text)))
	}
	if !f.Only.IsZero() {
		q.whereID("c.id", f.Only)
	}
	return findAll(ctx, s.db, "connections", scanConnection,
		q.text+` and c.tenant_id = $1 and c.id > $2 order by c.id limit $3`, q.args...)
}

// nameKey is the form in which a text is looked for in names.
func nameKey(text string) string { return (&tenants.Connection{Name: text}).NameKey() }

// ChangeConnection implements tenants.ConnectionStore.
func (s *Tenants) ChangeConnection(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID,
	change func(*tenants.Connection) error) (*tenants.Connection, error) {
	var after *tenants.Connection
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		before, err := tx.lockConnection(ctx, tenant, id)
		if err != nil {
			return err
		}
		next := *before
		after = &next
		if err := change(after); err != nil {
			return err
		}
		changes, err := connectionChanges(before, after)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return errRollback
		}
		if !before.DeletedAt.IsZero() && after.DeletedAt.IsZero() {
			if err := tx.admitConnection(ctx, tenant); err != nil {
				return err
			}
		}
		if err := tx.storeConnection(ctx, after); err != nil {
			return err
		}
		return tx.noteConnection(ctx, before, after)
	})
	if err != nil {
		return nil, wrap("change connection", err)
	}
	return after, nil
}

// lockConnection reads a connection, which nobody else changes then until the end
// of the transaction, nor its set of live tokens.
func (t *tx) lockConnection(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID) (*tenants.Connection, error) {
	var found *tenants.Connection
	err := t.getOne(ctx, func(row scanner) (err error) {
		found, err = scanConnection(row)
		return err
	}, selectAnyConnection+` and c.tenant_id = $1 and c.id = $2`+t.forChange(), tenant, id)
	return found, err
}

func (t *tx) storeConnection(ctx context.Context, c *tenants.Connection) error {
	columns, err := connectionColumns(c)
	if err != nil {
		return err
	}
	t.touched.Connection(c.ID.UUID())
	err = t.changeOne(ctx, `
		update connections set name = $3, name_key = $4, provider = $5, status = $6, scopes = $7, settings = $8,
			domains = $9, deleted_at = $10, delete_people = $11, updated_at = $12
		where tenant_id = $1 and id = $2`, append(columns, t.micros())...)
	if t.isUnique(err) {
		return &tenants.TakenError{Field: "name", Value: c.Name}
	}
	return err
}
