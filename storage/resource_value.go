package storage

// insertValues adds rows to the value index. If several are unique, each is a
// statement of its own, so that a conflict says which value is taken.
func (w *write) insertValues(rows []valueRow) {
	w.touched.touchValues(w.dir, w.typ.Name, rows)
	if w.insertFew(rows) {
		return
	}
	var plain []valueRow
	for _, row := range rows {
		if row.unique {
			w.insertUnique(row)
		} else {
			plain = append(plain, row)
		}
	}
	if len(plain) == 0 {
		return
	}
	w.batch.exec(`
		insert into resource_values (tenant_id, connection_id, resource_type, attribute, value, resource_id, is_unique)
		select $1, $2, $3, v.attribute, v.value, $4, false
		from `+w.jsonRows("$5", "v", "attribute text", "value text"),
		w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, w.id, jsonParam(plain))
}

func (w *write) insertUnique(row valueRow) {
	taken := row.taken()
	if row.bySetting {
		// Values from before the setting are not in the unique index.
		w.refuse(w.batch, taken, `
			select 1 from resource_values
			where tenant_id = $1 and connection_id = $2 and resource_type = $3
				and attribute = $4 and value = $5 and resource_id <> $6
			limit 1`,
			w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, row.Attribute, row.Value, w.id)
	}
	w.batch.exec(`
		insert into resource_values (tenant_id, connection_id, resource_type, attribute, value, resource_id, is_unique)
		values ($1, $2, $3, $4, $5, $6, true)`,
		w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, row.Attribute, row.Value, w.id).conflict = taken
}

// updateValues turns the rows of the old document into those of the new one. A
// value that both have keeps its row.
func (w *write) updateValues(before, after []valueRow) {
	gone := subtractRows(before, after)
	if len(gone) > 0 {
		w.touched.touchValues(w.dir, w.typ.Name, gone)
		w.batch.exec(`
			delete from resource_values
			where tenant_id = $1 and connection_id = $2 and resource_type = $3 and resource_id = $4
				and (attribute, value) in (select v.attribute, v.value
					from `+w.jsonRows("$5", "v", "attribute text", "value text")+`)`,
			w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, w.id, jsonParam(gone))
	}
	w.insertValues(subtractRows(after, before))
}

// subtractRows returns the rows of a that are not in b.
func subtractRows(a, b []valueRow) []valueRow {
	in := make(map[valueKey]bool, len(b))
	for _, row := range b {
		in[row.key()] = true
	}
	var rest []valueRow
	for _, row := range a {
		if !in[row.key()] {
			rest = append(rest, row)
		}
	}
	return rest
}
