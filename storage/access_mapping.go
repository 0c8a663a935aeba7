package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// groupList is a group as the parameter of peopleBelow.
func groupList(group string) string { return jsonParam([]idRow{{ID: group, Type: groupResource}}) }

const (
	userResource  = "User"
	groupResource = "Group"
)

// groupFacts reads what a change of a group's mappings is judged by: one
// statement, whose cost grows with the people of the group.
func (t *tx) groupFacts(ctx context.Context, tenant, group string, targets []access.Holding) (*access.Facts, error) {
	f, _, err := t.facts(ctx, factsQuery{
		people: peopleBelow(t),
		groups: `select n.id from ` + t.jsonRows("$2", "n", "id uuid", "type text"),
	}, tenant, groupList(group), targets)
	if err != nil {
		return nil, err
	}
	if _, exists := f.Groups[group]; !exists && len(f.Mappings[group]) == 0 {
		return nil, tenants.ErrNotFound
	}
	return f, nil
}

// plan is what a change of a group's mappings would do.
func (t *tx) plan(ctx context.Context, tenant, group string, targets []access.Holding) (*access.Facts, *access.Plan, error) {
	f, err := t.groupFacts(ctx, tenant, group, targets)
	if err != nil {
		return nil, nil, err
	}
	p, err := f.PlanMappings(group, targets, func(h access.Holding, next []access.Mapping) (bool, error) {
		return t.anyHolder(ctx, tenant, h, targets, func(f *access.Facts) *access.Facts { return f.With(group, next) })
	})
	if err != nil {
		return nil, nil, err
	}
	if _, exists := f.Groups[group]; !exists && len(p.Added) > 0 {
		return nil, nil, &tenants.InvalidError{Field: "mappings", Reason: "the group is gone; its mappings can only be removed"}
	}
	return f, p, nil
}

// PlanMappings implements access.MappingStore.
func (s *Access) PlanMappings(ctx context.Context, tenant tenants.TenantID, group string, targets []access.Holding) (*access.Plan, error) {
	if !isID(group) {
		return nil, tenants.ErrNotFound
	}
	var plan *access.Plan
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) (err error) {
		_, plan, err = tx.plan(ctx, tenant.UUID(), group, targets)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("preview role mappings: %w", err)
	}
	return plan, nil
}

// PutMappings implements access.MappingStore. The tenant is locked from before
// the first look to the commit, so that of two changes that both take one of the
// last two holders away the second sees the first.
func (s *Access) PutMappings(ctx context.Context, tenant tenants.TenantID, group string, targets []access.Holding) (*access.Plan, *access.Job, error) {
	if !isID(group) {
		return nil, nil, tenants.ErrNotFound
	}
	var plan *access.Plan
	var job *access.Job
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		job = nil
		if err := tx.lockTenant(ctx, tenant.UUID()); err != nil {
			return err
		}
		f, p, err := tx.plan(ctx, tenant.UUID(), group, targets)
		plan = p
		switch {
		case err != nil:
			return err
		case len(p.Refusals) > 0:
			return p.Refusals[0]
		case len(p.Added)+len(p.Removed) == 0:
			return errRollback
		}
		job, err = tx.changeMappings(ctx, tenant, group, f, p)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("put role mappings: %w", err)
	}
	return plan, job, nil
}

func (t *tx) changeMappings(ctx context.Context, tenant tenants.TenantID, group string, f *access.Facts, p *access.Plan) (*access.Job, error) {
	if err := t.roomForMappings(ctx, tenant, p); err != nil {
		return nil, err
	}
	if err := t.holdRoles(ctx, p.Added); err != nil {
		return nil, err
	}
	b := &batch{}
	origin := tenants.OriginOf(ctx)
	b.exec(`
		delete from role_mappings
		where tenant_id = $1 and group_id = $2 and (entry_point, role) in (
			select n.entry_point, n.role from `+t.jsonRows("$3", "n", "entry_point text", "role text")+`)`,
		tenant.UUID(), group, jsonParam(p.Removed))
	b.exec(`
		insert into role_mappings (tenant_id, group_id, entry_point, role, group_name, created_by, created_by_name, created_at)
		select $1, $2, n.entry_point, n.role, $4, $5, $6, $7 from `+t.jsonRows("$3", "n", "entry_point text", "role text"),
		tenant.UUID(), group, jsonParam(p.Added), f.Groups[group], origin.Actor, origin.ActorName, t.micros())
	var job *access.Job
	if p.Changed > 0 {
		var err error
		if job, err = t.addJob(b, newJob{
			tenant: tenant.UUID(), kind: access.JobMapping, subject: group, detail: groupList(group), total: p.Members, by: origin.Actor,
		}); err != nil {
			return nil, err
		}
	}
	return job, t.note(ctx, b, mappingNote(tenant, group, f, p))
}

func mappingNote(tenant tenants.TenantID, group string, f *access.Facts, p *access.Plan) note {
	holdings := func(mappings []access.Mapping) []access.Holding {
		list := make([]access.Holding, 0, len(mappings))
		for _, m := range mappings {
			list = append(list, m.Holding)
		}
		return list
	}
	name, exists := f.Groups[group]
	if !exists {
		name = f.Mappings[group][0].GroupName
	}
	from, to := holdings(f.Mappings[group]), holdings(p.Next)
	return note{
		tenant: tenant.UUID(), action: string(access.MappingChanged), targetType: groupResource, targetID: group, targetName: name,
		changes: map[string]any{"mappings": events.Change{From: from, To: to}, "people": events.Change{To: p.Changed}},
		events: []events.Draft{{
			Type: access.MappingChanged, Subject: events.Subject{ResourceType: groupResource, ID: group},
			Data:     map[string]any{"group": events.Group{ID: group, Display: name}, "mappings": to},
			Previous: map[string]any{"mappings": from},
		}},
	}
}

// roomForMappings refuses more mappings than a tenant may have.
func (t *tx) roomForMappings(ctx context.Context, tenant tenants.TenantID, p *access.Plan) error {
	if len(p.Added) == 0 {
		return nil
	}
	n := 0
	err := t.get(ctx, func(row scanner) error { return row.Scan(&n) },
		`select count(*) from role_mappings where tenant_id = $1`, tenant.UUID())
	if err == nil && n+len(p.Added)-len(p.Removed) > access.MaxTenantMappings {
		err = &tenants.RefusedError{Code: "too_many_mappings", Reason: fmt.Sprintf(
			"A tenant may have %d role mappings, and this one would have more. Remove mappings of groups that nobody needs.", access.MaxTenantMappings)}
	}
	return err
}

// holdRoles keeps the roles that are given in the catalogue until the transaction
// ends.
func (t *tx) holdRoles(ctx context.Context, given []access.Holding) error {
	if len(given) == 0 {
		return nil
	}
	keys := map[string]bool{}
	for _, h := range given {
		keys[h.Role] = true
	}
	found, err := t.lockRoles(ctx, slices.Sorted(maps.Keys(keys)))
	if err == nil && len(found) < len(keys) {
		return errConflict // one was deleted since it was looked at
	}
	return err
}

// holderPage is how many people are looked at at a time for one who holds
// something. The first of them mostly does.
const holderPage = 200

// anyHolder says whether anybody in the tenant holds something by facts as they
// would be, with roles and entry points that nobody has been given yet.
func (t *tx) anyHolder(ctx context.Context, tenant string, h access.Holding, targets []access.Holding, as func(*access.Facts) *access.Facts) (bool, error) {
	place := noConnection
	for {
		ids, err := t.peopleWith(ctx, tenant, h, place)
		if err != nil || len(ids) == 0 {
			return false, err
		}
		f, _, err := t.facts(ctx, factsQuery{people: namedPeople(t)}, tenant, jsonParam(rowsOf(ids)), targets)
		if err != nil {
			return false, err
		}
		if as(f).Holds(h) {
			return true, nil
		}
		place = ids[len(ids)-1]
	}
}

// peopleWith are the next people who have a reason to hold something.
func (t *tx) peopleWith(ctx context.Context, tenant string, h access.Holding, place string) ([]string, error) {
	return t.ids(ctx, `
		with recursive down (id, type) as (
			select m.group_id, `+t.bytewise("'Group'")+` from role_mappings m
			where m.tenant_id = $1 and m.role = $2 and m.entry_point = $3
			union
			select m.member_id, m.member_type from down cross join members m
			where m.tenant_id = $1 and m.group_id = down.id and down.type = 'Group'
		)
		select x.id from (
			select down.id from down where down.type = 'User'
			union
			select a.user_id from assignments a where a.tenant_id = $1 and a.role = $2 and a.entry_point = $3
		) x
		where x.id > $4 order by x.id limit $5`, tenant, h.Role, h.EntryPoint, place, holderPage)
}

// ids reads a column of ids.
func (t *tx) ids(ctx context.Context, query string, args ...any) ([]string, error) {
	var ids []string
	err := t.each(ctx, func(row scanner) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	}, query, args...)
	return ids, err
}

func rowsOf(ids []string) []idRow {
	rows := make([]idRow, len(ids))
	for i, id := range ids {
		rows[i].ID = id
	}
	return rows
}
