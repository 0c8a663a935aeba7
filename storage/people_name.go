package storage

import "github.com/roster-scim/roster/scim"

// claimNames: the userName of somebody whom the vendor registers, nobody else of
// the tenant may have, whoever brought them. Nor may others whom the vendor has
// registered have the externalId: adoption goes by it.
func (w *write) claimNames(rows []valueRow) {
	if w.dir.ConnectionID != manualDirectory {
		return
	}
	for _, row := range rows {
		if row.unique || row.Attribute == externalID {
			w.claimed = append(w.claimed, row)
		}
	}
}

// recheckNames adds to the last batch the looks for others of the same name.
// Behind the tenant's sequence row they see everybody who came first.
func (w *write) recheckNames() {
	for _, row := range w.claimed {
		taken := &scim.ConflictError{Attribute: row.Attribute, Value: row.sent}
		anywhere := "" // in the whole tenant
		if !row.unique {
			anywhere = " and t.connection_id = " + quoted(manualDirectory)
		}
		w.refuse(w.batch, taken, `
			select 1 from directory_totals t cross join resource_values v
			where t.tenant_id = $1 and t.resource_type = $2`+anywhere+`
				and v.tenant_id = $1 and v.connection_id = t.connection_id and v.resource_type = $2
				and v.attribute = $3 and v.value = $4 and v.resource_id <> $5
			limit 1`,
			w.dir.TenantID, w.typ.Name, row.Attribute, row.Value, w.id)
	}
	if w.rivals == nil || !w.writersOverlap() {
		return
	}
	w.rivals.look(w.tx, w.batch, w.dir, func(id, _ string) error {
		if _, known := w.rivals.seen[id]; known || id == w.id {
			return nil
		}
		return errConflict // who was to be taken over is not the only one any more
	})
}
