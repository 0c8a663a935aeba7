package storage

import (
	"context"
	"maps"
	"slices"

	"github.com/roster-scim/roster/tenants/events"
)

// joinWaiting makes the resource, whose rows are written or in the batch, a
// member of the groups that wait for it by its id or by the externalId that it
// has now and had not before. Where nothing waits that is one index look-up.
//
// A group that the resource contains goes on waiting: to join it would close a
// cycle, which the request that names the member next is told.
func (w *write) joinWaiting(ctx context.Context, before, after map[string]any) error {
	values := w.newNames(before, after)
	if len(values) == 0 || !canBeMember(w.typ) {
		return nil
	}
	w.names = values
	if w.isAlone() {
		return nil // the last batch looks whether somebody waits; the next attempt lets them join
	}
	waiting := &waitingGroups{values: map[string][]string{}}
	w.lookForWaiting(values, waiting.add)
	if err := w.flush(ctx); err != nil || len(waiting.values) == 0 {
		return err
	}
	if w.typ.Members() != nil {
		if err := w.leaveOutContained(ctx, waiting); err != nil || len(waiting.values) == 0 {
			return err
		}
	}
	return w.joinGroups(ctx, waiting)
}

// lookForWaiting has the batch look for groups that wait for one of the values,
// which are one or two.
func (w *write) lookForWaiting(values []string, found func(group, value string) error) {
	w.batch.query(func(row scanner) error {
		var group, value string
		if err := row.Scan(&group, &value); err != nil {
			return err
		}
		return found(group, value)
	}, selectWaiting, w.waitingFor(values)...)
}

// selectWaiting asks twice: each time the index is entered by the value, whatever
// the planner takes the table for. The second time has no rows if there is one value.
const selectWaiting = `
	select p.group_id, p.value from pending_members p where p.tenant_id = $1 and p.connection_id = $2 and p.value = $3
		and (p.member_type = '' or p.member_type = $5)
	union all
	select p.group_id, p.value from pending_members p where p.tenant_id = $1 and p.connection_id = $2 and p.value = $4 and p.value <> $3
		and (p.member_type = '' or p.member_type = $5)`

// selectAnyWaiting has a row if selectWaiting has one.
const selectAnyWaiting = `
	select 1 from pending_members p where p.tenant_id = $1 and p.connection_id = $2 and p.value = $3
		and (p.member_type = '' or p.member_type = $5)
	union all
	select 1 from pending_members p where p.tenant_id = $1 and p.connection_id = $2 and p.value = $4
		and (p.member_type = '' or p.member_type = $5)`

// waitingFor are the parameters of selectWaiting.
func (w *write) waitingFor(values []string) []any {
	return []any{w.dir.TenantID, w.dir.ConnectionID, values[0], values[len(values)-1], w.typ.Name}
}

// newNames are the one or two values by which somebody may wait for the
// resource that it did not have before. before is nil if the resource is new.
func (w *write) newNames(before, after map[string]any) []string {
	var names []string
	if before == nil {
		names = append(names, w.id)
	}
	old, _ := before[externalID].(string)
	if now, _ := after[externalID].(string); now != old && canWait(now) {
		names = append(names, now)
	}
	return names
}

const externalID = "externalId"

// waitingGroups are groups with the values that they wait for: at most two.
type waitingGroups struct{ values map[string][]string }

func (g *waitingGroups) add(group, value string) error {
	g.values[group] = append(g.values[group], value)
	return nil
}

// ids are the groups as a parameter.
func (g *waitingGroups) ids() string {
	return jsonParam(idRows(slices.Collect(maps.Keys(g.values))))
}

// rows are the groups and values as a parameter.
func (g *waitingGroups) rows() string {
	type row struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	}
	var rows []row
	for group, values := range g.values {
		for _, v := range values {
			rows = append(rows, row{ID: group, Value: v})
		}
	}
	return jsonParam(rows)
}

// leaveOutContained takes out the groups from which a walk upward comes to the
// resource, and the resource itself.
func (w *write) leaveOutContained(ctx context.Context, waiting *waitingGroups) error {
	w.contained = map[string]bool{}
	return w.each(ctx, func(row scanner) error {
		var group string
		err := row.Scan(&group)
		delete(waiting.values, group)
		w.contained[group] = true
		return err
	}, `
		with recursive up (start, id) as (
			select r.id, r.id from `+fromEach(w, w.jsonRows("$3", "g", "id uuid"), "resources r", "r.tenant_id = $1 and r.id = g.id")+`
			union
			select up.start, m.group_id from `+fromEach(w, "up", "members m", "m.tenant_id = $1 and m.member_id = up.id")+`
		)
		select up.start from up where up.id = $2`,
		w.dir.TenantID, w.id, waiting.ids())
}

// joinGroups turns the waiting into memberships. A group has a new version also
// when the resource is a member already and it is only the waiting that ends.
func (w *write) joinGroups(ctx context.Context, waiting *waitingGroups) error {
	w.nested = w.nested || w.typ.Members() != nil
	w.mayAffect(w.id, w.typ.Name)
	joined := map[string]bool{}
	w.batch.exec(`
		delete from pending_members
		where tenant_id = $1 and (group_id, value) in (
			select g.id, g.value from `+w.jsonRows("$2", "g", "id uuid", "value text")+`)`,
		w.dir.TenantID, waiting.rows())
	w.batch.query(func(row scanner) error {
		var group string
		err := row.Scan(&group)
		joined[group] = true
		return err
	}, `
		insert into members (tenant_id, group_id, member_id, connection_id, member_type, added_at)
		select $1, g.id, $2, $3, $4, $5 from `+w.jsonRows("$6", "g", "id uuid")+`
		where true
		on conflict (tenant_id, group_id, member_id) do nothing
		returning group_id`,
		w.dir.TenantID, w.id, w.dir.ConnectionID, w.typ.Name, w.micros(), waiting.ids())
	w.batch.query(func(row scanner) error {
		var group events.Subject
		var display string
		if err := row.Scan(&group.ID, &group.ResourceType, &display); err != nil {
			return err
		}
		w.touched.Resource(w.dir, group.ID)
		if joined[group.ID] {
			w.touched.Graph(w.dir)
			w.record.joined(group, display, events.Member{ID: w.id, Type: w.typ.Name})
		} else {
			w.record.awaited(group, display, waiting.values[group.ID])
		}
		return nil
	}, `
		update resources set version = version + 1, modified_at = $3
		where tenant_id = $1 and id in (select g.id from `+w.jsonRows("$2", "g", "id uuid")+`)
		returning id, resource_type, display`,
		w.dir.TenantID, waiting.ids(), w.micros())
	return w.flush(ctx)
}
