package storage

// bucketSize is how many positions a row of directory_buckets counts. It is
// part of the stored data and of the statements below.
const bucketSize = 1024

// countIn takes the next position in the directory and counts the new resource.
func (w *write) countIn() {
	w.batch.exec(`
		insert into directory_totals (tenant_id, connection_id, resource_type, next_position, total)
		values ($1, $2, $3, 1, 1)
		on conflict (tenant_id, connection_id, resource_type) do update
		set next_position = directory_totals.next_position + 1, total = directory_totals.total + 1`,
		w.dir.TenantID, w.dir.ConnectionID, w.typ.Name)
	w.batch.exec(`
		insert into directory_buckets (tenant_id, connection_id, resource_type, bucket, total)
		values ($1, $2, $3, (
			select (t.next_position - 1) / 1024 from directory_totals t
			where t.tenant_id = $1 and t.connection_id = $2 and t.resource_type = $3
		), 1)
		on conflict (tenant_id, connection_id, resource_type, bucket) do update
		set total = directory_buckets.total + 1`,
		w.dir.TenantID, w.dir.ConnectionID, w.typ.Name)
}

// countOut takes the resource, whose row must still be there, out of the counts.
// Its position is never given out again.
func (w *write) countOut() {
	const bucket = `
		tenant_id = $1 and connection_id = $2 and resource_type = $3 and bucket = (
			select r.position / 1024 from resources r where r.tenant_id = $1 and r.id = $4)`
	args := []any{w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, w.id}
	w.batch.exec(`update directory_buckets set total = total - 1 where `+bucket, args...)
	w.batch.exec(`delete from directory_buckets where total = 0 and `+bucket, args...)
	w.batch.exec(`
		update directory_totals set total = total - 1
		where tenant_id = $1 and connection_id = $2 and resource_type = $3`, args[:3]...)
}
