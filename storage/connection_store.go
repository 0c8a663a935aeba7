package storage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// CreateConnection implements tenants.ConnectionStore.
func (s *Tenants) CreateConnection(ctx context.Context, c *tenants.Connection) error {
	scopes, err := json.Marshal(c.Scopes)
	if err != nil {
		return fmt.Errorf("create connection: %w", err)
	}
	settings, err := settingsColumn(c)
	if err != nil {
		return fmt.Errorf("create connection: %w", err)
	}
	err = s.db.update(ctx, "", func(tx *tx) error {
		err := tx.changeOne(ctx, `
			insert into connections (tenant_id, id, name, name_key, provider, status, scopes, settings, created_at)
			select t.id, $2, $3, $4, $5, $6, $7, $8, $9
			from tenants t
			where t.id = $1 and t.deleted_at is null`+tx.forChange(), // see touchConnections
			c.TenantID, c.ID, c.Name, c.NameKey(), c.Provider, c.Status, string(scopes), string(settings), c.CreatedAt.UnixMicro())
		if tx.isUnique(err) {
			return &tenants.TakenError{Field: "name", Value: c.Name}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("create connection: %w", err)
	}
	return nil
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

// selectConnection is what scanConnection reads, up to the conditions.
const selectConnection = `
	select c.tenant_id, c.id, c.name, c.provider, c.status, c.scopes, c.settings, c.created_at
	from connections c
	join tenants t on t.id = c.tenant_id and t.deleted_at is null
	where c.deleted_at is null`

func scanConnection(row scanner) (*tenants.Connection, error) {
	var c tenants.Connection
	var scopes, settings []byte
	var created int64
	err := row.Scan(&c.TenantID, &c.ID, &c.Name, &c.Provider, &c.Status, &scopes, &settings, &created)
	if err != nil {
		return nil, err
	}
	if c.Scopes, err = readScopes(scopes); err != nil {
		return nil, err
	}
	if c.Settings, err = quirk.For(c.Provider).Overlay(settings); err != nil {
		return nil, err
	}
	c.CreatedAt = fromMicros(created)
	return &c, nil
}

func readScopes(column []byte) (set authz.ScopeSet, err error) {
	err = json.Unmarshal(column, &set)
	return set, err
}

// FindConnection implements tenants.ConnectionStore.
func (s *Tenants) FindConnection(ctx context.Context, id tenants.ConnectionID) (*tenants.Connection, error) {
	return findOne(ctx, s.db, "connection", scanConnection, selectConnection+` and c.id = $1`, id)
}

// ListConnections implements tenants.ConnectionStore.
func (s *Tenants) ListConnections(ctx context.Context, tenant tenants.TenantID, after tenants.ConnectionID, limit int) ([]*tenants.Connection, error) {
	return findAll(ctx, s.db, "connections", scanConnection,
		selectConnection+` and c.tenant_id = $1 and c.id > $2 order by c.id limit $3`, tenant, after, max(limit, 0))
}

// liveConnection is the condition that a connection and its tenant are there.
const liveConnection = `deleted_at is null
	and exists (select 1 from tenants t where t.id = $1 and t.deleted_at is null)`

// SetConnectionStatus implements tenants.ConnectionStore.
func (s *Tenants) SetConnectionStatus(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID, status tenants.ConnectionStatus) error {
	return s.changeConnection(ctx, "set status of connection", id, `
		update connections set status = $3 where tenant_id = $1 and id = $2 and `+liveConnection, tenant, id, status)
}

// SetConnectionSettings implements tenants.ConnectionStore.
func (s *Tenants) SetConnectionSettings(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID,
	change func(current *tenants.Connection) quirk.Settings) (*tenants.Connection, error) {
	var c *tenants.Connection
	err := s.db.update(ctx, "", func(tx *tx) error {
		err := tx.get(ctx, func(row scanner) (err error) {
			c, err = scanConnection(row)
			return err
		}, selectConnection+` and c.tenant_id = $1 and c.id = $2`+tx.forChange(), tenant, id)
		if errors.Is(err, sql.ErrNoRows) {
			return tenants.ErrNotFound
		}
		if err != nil {
			return err
		}
		c.Settings = change(c)
		settings, err := settingsColumn(c)
		if err != nil {
			return err
		}
		tx.touched.Connection(id.UUID())
		return tx.changeOne(ctx, `update connections set settings = $3 where tenant_id = $1 and id = $2`,
			tenant, id, string(settings))
	})
	if err != nil {
		return nil, fmt.Errorf("set settings of connection: %w", err)
	}
	return c, nil
}

// DeleteConnection implements tenants.ConnectionStore.
func (s *Tenants) DeleteConnection(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID, at time.Time) error {
	return s.changeConnection(ctx, "delete connection", id, `
		update connections set deleted_at = $3 where tenant_id = $1 and id = $2 and `+liveConnection, tenant, id, at.UnixMicro())
}
