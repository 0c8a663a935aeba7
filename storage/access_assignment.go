package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

var _ access.AssignmentStore = (*Access)(nil)

// userFacts reads what a change of one user's assignments is judged by.
func (t *tx) userFacts(ctx context.Context, tenant tenants.TenantID, user string, targets []access.Holding) (*access.Facts, *access.Person, error) {
	f, _, err := t.facts(ctx, factsQuery{people: namedPeople(t)}, tenant.UUID(), jsonParam([]idRow{{ID: user}}), targets)
	if err != nil {
		return nil, nil, err
	}
	if len(f.People) == 0 {
		return nil, nil, tenants.ErrNotFound
	}
	return f, &f.People[0], nil
}

// Assign implements access.AssignmentStore.
func (s *Access) Assign(ctx context.Context, tenant tenants.TenantID, user string, h access.Holding) (*access.Assignment, error) {
	if !isID(user) {
		return nil, tenants.ErrNotFound
	}
	var assigned *access.Assignment
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		if err := tx.lockTenant(ctx, tenant.UUID()); err != nil {
			return err
		}
		f, person, err := tx.userFacts(ctx, tenant, user, []access.Holding{h})
		if err != nil {
			return err
		}
		for _, a := range f.Assignments[user] {
			if a.Holding == h {
				a.User = *person
				assigned = &a
				return errRollback
			}
		}
		if _, err := f.Assigning(h); err != nil {
			return err
		}
		if err := tx.keepLast(ctx, tenant, f, person, f.LosesWith(person, h)); err != nil {
			return err
		}
		if err := tx.holdRoles(ctx, []access.Holding{h}); err != nil {
			return err
		}
		origin := tenants.OriginOf(ctx)
		assigned = &access.Assignment{ID: tenants.NewAssignmentID(), UserID: user, Holding: h, User: *person,
			CreatedBy: origin.Actor, CreatedByName: origin.ActorName, CreatedAt: tx.now}
		b := &batch{}
		b.exec(`
			insert into assignments (tenant_id, user_id, entry_point, role, id, created_by, created_by_name, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			tenant.UUID(), user, h.EntryPoint, h.Role, assigned.ID.UUID(), origin.Actor, origin.ActorName, tx.micros())
		return tx.noteAssignment(ctx, b, tenant, access.AssignmentCreated, person, assigned)
	})
	if err != nil {
		return nil, fmt.Errorf("assign a role: %w", err)
	}
	return assigned, nil
}

// Unassign implements access.AssignmentStore.
func (s *Access) Unassign(ctx context.Context, tenant tenants.TenantID, user string, id tenants.AssignmentID) error {
	if !isID(user) {
		return tenants.ErrNotFound
	}
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		if err := tx.lockTenant(ctx, tenant.UUID()); err != nil {
			return err
		}
		f, person, err := tx.userFacts(ctx, tenant, user, nil)
		if err != nil {
			return err
		}
		for _, a := range f.Assignments[user] {
			if a.ID != id {
				continue
			}
			if err := tx.keepLast(ctx, tenant, f, person, f.LosesWithout(person, id)); err != nil {
				return err
			}
			b := &batch{}
			b.exec(`delete from assignments where tenant_id = $1 and id = $2`, tenant.UUID(), id.UUID())
			return tx.noteAssignment(ctx, b, tenant, access.AssignmentDeleted, person, &a)
		}
		return tenants.ErrNotFound
	})
	return wrapIf("take an assignment away", err)
}

// keepLast refuses what would leave nobody with something that somebody must
// hold. lost is what one person would not hold any more.
func (t *tx) keepLast(ctx context.Context, tenant tenants.TenantID, f *access.Facts, person *access.Person, lost []access.Holding) error {
	for _, h := range lost {
		held, err := t.anyHolder(ctx, tenant.UUID(), h, nil, func(others *access.Facts) *access.Facts { return others.Without(person.ID) })
		if err != nil {
			return err
		}
		if !held {
			return f.RefuseLast(h)
		}
	}
	return nil
}

// noteAssignment leaves the job that tells of the user, and the journal.
func (t *tx) noteAssignment(ctx context.Context, b *batch, tenant tenants.TenantID, action events.Type, person *access.Person, a *access.Assignment) error {
	if err := enqueueAccessOf(ctx, t, b, tenant.UUID(), []string{person.ID}, nil); err != nil {
		return err
	}
	connection := person.ConnectionID
	if connection == noConnection {
		connection = ""
	}
	change := events.Change{To: a.Holding}
	if action == access.AssignmentDeleted {
		change = events.Change{From: a.Holding}
	}
	return t.note(ctx, b, note{
		tenant: tenant.UUID(), connection: connection, action: string(action),
		targetType: userResource, targetID: person.ID, targetName: person.UserName,
		changes: map[string]any{"assignment": change},
		events: []events.Draft{{Type: action, Subject: events.Subject{ResourceType: userResource, ID: person.ID}, Data: map[string]any{
			"id": a.ID.String(), "user_id": person.ID, "entry_point": a.EntryPoint, "role": a.Role,
		}}},
	})
}

// ListAssignments implements access.AssignmentStore.
func (s *Access) ListAssignments(ctx context.Context, tenant tenants.TenantID, f access.AssignmentFilter, after access.AssignmentPlace, limit int) ([]*access.Assignment, error) {
	if f.User != "" && !isID(f.User) {
		return nil, tenants.ErrNotFound
	}
	var all []*access.Assignment
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		if f.User != "" {
			err := tx.getOne(ctx, func(scanner) error { return nil },
				`select 1 from resources r where r.tenant_id = $1 and r.id = $2 and r.resource_type = 'User'`, tenant.UUID(), f.User)
			if err != nil {
				return err
			}
		}
		all = nil
		from, to := orZero(after.User), lastID
		if f.User != "" {
			from, to = max(from, f.User), f.User
		}
		b := &batch{}
		b.query(func(row scanner) error {
			a, err := scanAssignment(row)
			all = append(all, a)
			return err
		}, selectAssignments(tx), tenant.UUID(), from, after.EntryPoint, after.Role, to, f.EntryPoint, f.Role, max(limit, 0))
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("list assignments: %w", err)
	}
	return all, nil
}

// lastID is behind all ids.
const lastID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// selectAssignments are the next assignments of the users from $2, $3, $4 to $5.
func selectAssignments(d dialect) string {
	return `
		select a.id, a.user_id, a.entry_point, a.role, a.created_by, a.created_by_name, a.created_at,
			r.connection_id, ` + yes(activeUser(d, "$1", "r")) + `, r.display,
			coalesce(` + d.jsonValue("r.document", []string{"userName"}, schema.String) + `, '')
		from assignments a cross join resources r
		where a.tenant_id = $1 and (a.user_id, a.entry_point, a.role) > ($2, $3, $4) and a.user_id <= $5
			and ($6 = '' or a.entry_point = $6) and ($7 = '' or a.role = $7)
			and r.tenant_id = $1 and r.id = a.user_id
		order by a.user_id, a.entry_point, a.role limit cast($8 as bigint)`
}

func scanAssignment(row scanner) (*access.Assignment, error) {
	var a access.Assignment
	var created int64
	var active int
	err := row.Scan(&a.ID, &a.UserID, &a.EntryPoint, &a.Role, &a.CreatedBy, &a.CreatedByName, &created,
		&a.User.ConnectionID, &active, &a.User.Name, &a.User.UserName)
	a.CreatedAt, a.User.ID, a.User.Active = fromMicros(created), a.UserID, active == 1
	return &a, err
}
