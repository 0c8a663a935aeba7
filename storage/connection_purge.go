package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// What one transaction of a purge takes on. A group may have 100,000 members,
// which go with it.
const (
	peoplePerStep = 200
	groupsPerStep = 1
)

// DueConnections implements tenants.MaintenanceStore.
func (m *Maintenance) DueConnections(ctx context.Context, deletedBy time.Time, limit int) ([]tenants.ConnectionPurge, error) {
	list, err := findAll(ctx, m.db, "connections to purge", func(row scanner) (*tenants.ConnectionPurge, error) {
		p := &tenants.ConnectionPurge{DeletedBy: deletedBy}
		return p, row.Scan(&p.TenantID, &p.ConnectionID, &p.SchemaRevision)
	}, `
		select c.tenant_id, c.id, t.schema_revision
		from connections c
		join tenants t on t.id = c.tenant_id and t.deleted_at is null
		where c.deleted_at <= $1 and c.purged_at is null
		order by c.deleted_at limit $2`, deletedBy.UnixMicro(), limit)
	due := make([]tenants.ConnectionPurge, len(list))
	for i, p := range list {
		due[i] = *p
	}
	return due, err
}

// PurgeConnection implements tenants.MaintenanceStore. Where it goes on is what
// is left of the directory, so it can be interrupted at any point and done by
// several at a time.
func (m *Maintenance) PurgeConnection(ctx context.Context, p tenants.ConnectionPurge) (done bool, err error) {
	types, err := m.types.Registry(ctx, p.TenantID, p.SchemaRevision)
	if err != nil {
		return false, fmt.Errorf("purge connection: %w", err)
	}
	done, err = purgePart(
		func(last bool) (purgeState, error) { return m.purgeDirectory(ctx, p, types, last) },
		func() (left bool, err error) { return m.forgetRequests(ctx, p.TenantID, p.ConnectionID) })
	if err != nil {
		return false, fmt.Errorf("purge connection %s: %w", p.ConnectionID, err)
	}
	return done, nil
}

// purgeDirectory takes a part of the directory. If there is none and it is the last
// part, the connection is marked as purged.
func (m *Maintenance) purgeDirectory(ctx context.Context, p tenants.ConnectionPurge, types *schema.Registry, last bool) (state purgeState, err error) {
	err = m.db.update(ctx, p.TenantID.UUID(), func(tx *tx) error {
		s := &purge{tx: tx, types: types, origin: originOf(ctx),
			dir: scim.Directory{TenantID: p.TenantID.UUID(), ConnectionID: p.ConnectionID.UUID()}}
		found, err := s.begin(ctx, p)
		if err != nil {
			return err
		}
		if state = purgeOver; !found {
			return errRollback
		}
		left, err := s.step(ctx)
		switch {
		case err != nil:
			return err
		case left:
			state = rowsLeft
		case !last:
			state = logLeft
		default:
			return s.finish(ctx)
		}
		return nil
	})
	return state, err
}

// originOf is who causes a change, for the journal of resources.
func originOf(ctx context.Context) scim.Origin {
	o := tenants.OriginOf(ctx)
	return scim.Origin{Actor: o.Actor, ActorName: o.ActorName, Address: o.Address, UserAgent: o.UserAgent, RequestID: o.RequestID}
}

// purge is one transaction that takes a deleted connection's directory apart.
type purge struct {
	*tx
	types      *schema.Registry
	origin     scim.Origin
	dir        scim.Directory
	connection tenants.Connection // its key, name and what becomes of its people
}

// begin locks the connection, unless it was restored or purged meanwhile, and
// marks it: from the first step on it cannot be restored.
func (s *purge) begin(ctx context.Context, p tenants.ConnectionPurge) (found bool, err error) {
	c, status := &s.connection, ""
	c.TenantID, c.ID = p.TenantID, p.ConnectionID
	err = s.get(ctx, func(row scanner) error {
		var deleted int64
		err := row.Scan(&c.Name, &c.Provider, &status, &c.People, &deleted)
		c.DeletedAt = fromMicros(deleted)
		return err
	}, `
		select c.name, c.provider, c.status, c.delete_people, c.deleted_at from connections c
		where c.tenant_id = $1 and c.id = $2 and c.deleted_at <= $3 and c.purged_at is null`+s.forChange(),
		c.TenantID, c.ID, p.DeletedBy.UnixMicro())
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := s.lockTenant(ctx, s.dir.TenantID); err != nil { // before the locks of many resources
		return false, err
	}
	s.readClock()
	if status == connectionPurging {
		return true, nil
	}
	s.touched.Connection(s.dir.ConnectionID)
	return true, s.changeOne(ctx, `update connections set status = $3 where tenant_id = $1 and id = $2`,
		c.TenantID, c.ID, connectionPurging)
}

// step does the next part, if something is left: the groups, which refer to
// everything else, before the people.
func (s *purge) step(ctx context.Context) (left bool, err error) {
	types, err := s.typesLeft(ctx)
	if err != nil || len(types) == 0 {
		return false, err
	}
	name := types[0]
	if name == "User" {
		return true, s.people(ctx)
	}
	limit := peoplePerStep
	if t := s.types.ByName(name); t != nil && t.Members() != nil {
		limit = groupsPerStep
	}
	some, err := s.next(ctx, name, limit)
	if err != nil {
		return true, err
	}
	for _, rec := range some {
		if err := s.remove(ctx, name, rec); err != nil {
			return true, err
		}
	}
	return true, nil
}

// typesLeft are the types of which the directory has something, in the order in
// which it goes.
func (s *purge) typesLeft(ctx context.Context) ([]string, error) {
	var names []string
	err := s.each(ctx, func(row scanner) error {
		var name string
		err := row.Scan(&name)
		names = append(names, name)
		return err
	}, `
		select t.resource_type from directory_totals t
		where t.tenant_id = $1 and t.connection_id = $2 and t.total > 0
		order by t.resource_type`, s.dir.TenantID, s.dir.ConnectionID)
	slices.SortStableFunc(names, func(a, b string) int { return purgeOrder(a) - purgeOrder(b) })
	return names, err
}

func purgeOrder(name string) int {
	switch name {
	case "Group":
		return 0
	case "User":
		return 2
	}
	return 1
}

// next reads and locks the first resources of a type.
func (s *purge) next(ctx context.Context, name string, limit int) ([]*scim.Record, error) {
	var some []*scim.Record
	err := s.each(ctx, func(row scanner) error {
		rec, err := scanRecord(row)
		some = append(some, rec)
		return err
	}, `
		select `+recordColumns(noMemberships)+` from resources r
		where r.tenant_id = $1 and r.connection_id = $2 and r.resource_type = $3
		order by r.position limit $4`+s.forDelete(), s.dir.TenantID, s.dir.ConnectionID, name, limit)
	return some, err
}

// remove deletes a resource. Of what the tenant does not define any more the
// journal tells nothing, since nobody knows what of it may be shown.
func (s *purge) remove(ctx context.Context, name string, rec *scim.Record) error {
	t := s.types.ByName(name)
	if t == nil {
		t, rec.Document = &schema.ResourceType{Name: name}, []byte(`{}`)
	} else if err := dropUndefined(t, rec); err != nil {
		return err
	}
	return newWrite(s.tx, s.dir, t, rec.ID, s.origin).delete(ctx, rec)
}

// finish is the last step: nothing of the directory is left.
func (s *purge) finish(ctx context.Context) error {
	c := &s.connection
	b := &batch{}
	b.exec(`delete from directory_buckets where tenant_id = $1 and connection_id = $2`, c.TenantID, c.ID)
	b.exec(`delete from directory_totals where tenant_id = $1 and connection_id = $2`, c.TenantID, c.ID)
	b.exec(`delete from directory_history where tenant_id = $1 and connection_id = $2`, c.TenantID, c.ID)
	b.exec(`update connections set purged_at = $3 where tenant_id = $1 and id = $2`, c.TenantID, c.ID, s.micros())
	s.touched.Connection(s.dir.ConnectionID)
	n := noteOn(c, "connection.purged")
	n.changes = map[string]any{"status": events.Change{From: string(tenants.ConnectionDeleting), To: "purged"}}
	n.events = []events.Draft{controlEvent("connection", c.ID.UUID(), n.action, c.ID.String(), map[string]any{
		"name": c.Name, "provider": string(c.Provider), "people_on_delete": string(c.People),
	}, nil)}
	return s.note(ctx, b, n)
}
