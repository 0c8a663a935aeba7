package storage

import "slices"

// On a database with several writers, two transactions may each miss what the
// other is about to commit: a group that begins to wait for somebody who is just
// being created, two groups that are nested into each other. So whatever was
// decided by something that was not there is looked at again behind the tenant's
// sequence row, which one writer has at a time: the second of two sees all that
// the first has committed, and begins again.

// recheck adds those looks to the last batch.
func (w *write) recheck() {
	if !w.writersOverlap() {
		return
	}
	if w.nested {
		w.refuse(w.batch, errConflict, cycleQuery(w), w.dir.TenantID, w.id)
	}
	if len(w.waiting) > 0 {
		w.recheckWaiting()
	}
	if len(w.names) > 0 {
		w.recheckNamed()
	}
}

// recheckWaiting looks whether somebody is there now whom the group was left
// waiting for.
func (w *write) recheckWaiting() {
	ask := make([]idRow, 0, len(w.waiting))
	for value := range w.waiting {
		ask = append(ask, idRow{ID: value})
	}
	for chunk := range slices.Chunk(ask, editChunk) {
		w.refuse(w.batch, errConflict, `
			select 1 from pending_members p cross join resources r
			where p.tenant_id = $1 and p.group_id = $2
				and r.tenant_id = $1 and r.connection_id = $3 and cast(r.id as text) = p.value
				and (p.member_type = '' or p.member_type = r.resource_type) and `+ofMemberType("r.resource_type")+`
				and p.value in (select m.value from `+w.jsonRows("$4", "m", "value text")+`)
				and r.id in (select i.id from `+w.jsonRows("$5", "i", "id uuid")+`)`,
			w.dir.TenantID, w.id, w.dir.ConnectionID, jsonParam(pendingRows(chunk)), jsonParam(idRows(idsOf(chunk))))
		w.refuse(w.batch, errConflict, `
			select 1 from pending_members p cross join resource_values v
			where p.tenant_id = $1 and p.group_id = $2
				and v.tenant_id = $1 and v.connection_id = $3 and v.attribute = 'externalId' and v.value = p.value
				and v.resource_type in (select t.resource_type from directory_totals t
					where t.tenant_id = $1 and t.connection_id = $3)
				and (p.member_type = '' or p.member_type = v.resource_type) and `+ofMemberType("v.resource_type")+`
				and p.value in (select m.value from `+w.jsonRows("$4", "m", "value text")+`)`,
			w.dir.TenantID, w.id, w.dir.ConnectionID, jsonParam(pendingRows(chunk)))
	}
}

func idsOf(rows []idRow) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

// recheckNamed looks whether a group waits now for the resource.
func (w *write) recheckNamed() {
	if len(w.contained) == 0 {
		query := selectAnyWaiting
		if w.alone { // there is one question less to ask
			query += " union all" + selectRemembered
		}
		w.refuse(w.batch, errConflict, query, w.waitingFor(w.names)...)
		return
	}
	w.lookForWaiting(w.names, func(group, _ string) error {
		if w.contained[group] {
			return nil
		}
		return errConflict
	})
}
