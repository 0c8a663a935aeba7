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
	if !w.writersOverlap() || w.stepped { // a step had that row before it looked
		return
	}
	if w.nested {
		w.refuse(w.batch, errConflict, cycleQuery(w), w.dir.TenantID, w.id)
	}
	if len(w.waiting) > 0 {
		w.recheckWaiting()
	}
	if len(w.names) > 0 && !w.alone { // see lookLast
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
		w.refuse(w.batch, errConflict, w.thereByID(), w.dir.TenantID, w.id, w.dir.ConnectionID, jsonParam(idRows(idsOf(chunk))))
		w.refuse(w.batch, errConflict, w.thereByExternalID(), w.dir.TenantID, w.id, w.dir.ConnectionID, jsonParam(pendingRows(chunk)))
	}
}

// thereByID has a row if a resource has one of the ids $4 that the group $2 waits for.
func (w *write) thereByID() string {
	from, named := w.joinEach(w.jsonRows("$4", "m", "id uuid"), "resources r", "r.tenant_id = $1 and r.id = m.id")
	from, awaited := w.joinEach(from, "pending_members p", "p.tenant_id = $1 and p.group_id = $2 and p.value = cast(r.id as text)")
	return `
		select 1 from ` + from + ` where ` + named + ` and ` + awaited + ` and r.connection_id = $3
			and (p.member_type = '' or p.member_type = r.resource_type) and ` + ofMemberType("r.resource_type")
}

// thereByExternalID has a row if a resource has one of the externalIds $4 that the
// group $2 waits for.
func (w *write) thereByExternalID() string {
	from, awaited := w.joinEach(w.jsonRows("$4", "m", "value text"), "pending_members p",
		"p.tenant_id = $1 and p.group_id = $2 and p.value = m.value")
	from, named := w.valuesOfTypes(from, "$3", "p.value")
	return `
		select 1 from ` + from + ` where ` + awaited + ` and ` + named + `
			and (p.member_type = '' or p.member_type = v.resource_type) and ` + ofMemberType("v.resource_type")
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
		w.refuse(w.batch, errConflict, selectAnyWaiting, w.waitingFor(w.names)...)
		return
	}
	w.lookForWaiting(w.names, func(group, _ string) error {
		if w.contained[group] {
			return nil
		}
		return errConflict
	})
}
