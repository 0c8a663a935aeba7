package storage

// insertTogether is countIn, insertResource and insertValues as one statement,
// which a server carries out at less than half the cost.
const insertTogether = `
	with counted as (
		insert into directory_totals (tenant_id, connection_id, resource_type, next_position, total, active)
		values ($1, $2, $3, 1, 1, $4)` + countTotal + `
		returning next_position - 1 as position
	), bucket as (
		insert into directory_buckets (tenant_id, connection_id, resource_type, bucket, total)
		select $1, $2, $3, c.position / 1024, 1 from counted c` + countBucket + `
	)` + insertCounted

// insertInStep is insertTogether behind a savepoint. "On conflict" locks a row
// before it changes it, and PostgreSQL keeps the locks of all steps of a
// transaction with the row: the thousandth step would look through a thousand.
const insertInStep = `
	with known as (
		update directory_totals set next_position = next_position + 1, total = total + 1, active = active + $4
		where tenant_id = $1 and connection_id = $2 and resource_type = $3
		returning next_position - 1 as position
	), begun as (
		insert into directory_totals (tenant_id, connection_id, resource_type, next_position, total, active)
		select $1, $2, $3, 1, 1, $4 where not exists (select 1 from known)` + countTotal + `
		returning next_position - 1 as position
	), counted as (
		select k.position from known k union all select b.position from begun b
	), known_bucket as (
		update directory_buckets set total = total + 1 from counted c
		where tenant_id = $1 and connection_id = $2 and resource_type = $3 and bucket = c.position / 1024
		returning 1
	), bucket as (
		insert into directory_buckets (tenant_id, connection_id, resource_type, bucket, total)
		select $1, $2, $3, c.position / 1024, 1 from counted c where not exists (select 1 from known_bucket)` + countBucket + `
	)` + insertCounted

// What one more resource does to the counts of its directory that are there.
const (
	countTotal = `
		on conflict (tenant_id, connection_id, resource_type) do update
		set next_position = directory_totals.next_position + 1, total = directory_totals.total + 1,
			active = directory_totals.active + excluded.active`
	countBucket = `
		on conflict (tenant_id, connection_id, resource_type, bucket) do update
		set total = directory_buckets.total + 1`
)

// insertCounted follows statements that have counted a resource.
const insertCounted = `, resource as (
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
	query := insertTogether
	if w.stepped {
		query = insertInStep
	}
	st := w.batch.exec(query, w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, seats, w.id, w.micros(),
		display, string(document), attributes, values, marks)
	if unique != nil {
		st.conflict = unique.taken()
	}
}
