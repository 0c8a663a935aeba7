package storage

// insertTogether is countIn, insertResource and insertValues as one statement,
// which a server carries out at less than half the cost.
const insertTogether = `
	with counted as (
		insert into directory_totals (tenant_id, connection_id, resource_type, next_position, total, active)
		values ($1, $2, $3, 1, 1, $4)
		on conflict (tenant_id, connection_id, resource_type) do update
		set next_position = directory_totals.next_position + 1, total = directory_totals.total + 1,
			active = directory_totals.active + excluded.active
		returning next_position - 1 as position
	), bucket as (
		insert into directory_buckets (tenant_id, connection_id, resource_type, bucket, total)
		select $1, $2, $3, c.position / 1024, 1 from counted c
		on conflict (tenant_id, connection_id, resource_type, bucket) do update
		set total = directory_buckets.total + 1
	), resource as (
		insert into resources (tenant_id, id, connection_id, resource_type, position,
			version, created_at, modified_at, display, document)
		select $1, $5, $2, $3, c.position, 1, $6, $6, $7, $8 from counted c
	)
	insert into resource_values (tenant_id, connection_id, resource_type, attribute, value, resource_id, is_unique)
	select $1, $2, $3, v.attribute, v.value, $5, v.is_unique
	from unnest(cast($9 as text[]), cast($10 as text[]), cast($11 as boolean[])) as v (attribute, value, is_unique)`

// insertWhole counts a resource with a new id in and inserts it with its values.
func (w *write) insertWhole(display string, document []byte, seats int, rows []valueRow) {
	unique, one := oneUnique(rows)
	if !one || !w.modifiesTogether() {
		w.countIn(seats)
		w.insertResource(display, document)
		w.insertValues(rows)
		return
	}
	attributes, values, marks := make([]string, len(rows)), make([]string, len(rows)), make([]bool, len(rows))
	for i, row := range rows {
		attributes[i], values[i], marks[i] = row.Attribute, row.Value, row.unique
	}
	w.touched.touchValues(w.dir, w.typ.Name, rows)
	st := w.batch.exec(insertTogether, w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, seats, w.id, w.micros(),
		display, string(document), attributes, values, marks)
	if unique != nil {
		st.conflict = unique.taken()
	}
}
