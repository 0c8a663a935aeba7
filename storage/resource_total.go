package storage

import (
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// bucketSize is how many positions a row of directory_buckets counts. It is
// part of the stored data and of the statements below.
const bucketSize = 1024

// countIn takes the next position in the directory and counts the new resource,
// and the seats that it takes.
func (w *write) countIn(seats int) {
	w.batch.exec(`
		insert into directory_totals (tenant_id, connection_id, resource_type, next_position, total, active)
		values ($1, $2, $3, 1, 1, $4)`+countTotal,
		w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, seats)
	w.batch.exec(`
		insert into directory_buckets (tenant_id, connection_id, resource_type, bucket, total)
		values ($1, $2, $3, (
			select (t.next_position - 1) / 1024 from directory_totals t
			where t.tenant_id = $1 and t.connection_id = $2 and t.resource_type = $3
		), 1)`+countBucket,
		w.dir.TenantID, w.dir.ConnectionID, w.typ.Name)
}

// countOut takes the resource, whose row must still be there, out of the counts
// of its directory, and the seats that it took. Its position is never given out again.
func (w *write) countOut(dir scim.Directory, seats int) {
	const bucket = `
		tenant_id = $1 and connection_id = $2 and resource_type = $3 and bucket = (
			select r.position / 1024 from resources r where r.tenant_id = $1 and r.id = $4)`
	args := []any{dir.TenantID, dir.ConnectionID, w.typ.Name, w.id}
	w.batch.exec(`update directory_buckets set total = total - 1 where `+bucket, args...)
	w.batch.exec(`delete from directory_buckets where total = 0 and `+bucket, args...)
	w.batch.exec(`
		update directory_totals set total = total - 1, active = active - $4
		where tenant_id = $1 and connection_id = $2 and resource_type = $3`,
		dir.TenantID, dir.ConnectionID, w.typ.Name, seats)
}

// countSeats changes how many people of the directory are active.
func (w *write) countSeats(by int) {
	if by == 0 {
		return
	}
	w.batch.exec(`
		update directory_totals set active = active + $4
		where tenant_id = $1 and connection_id = $2 and resource_type = $3`,
		w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, by)
}

// seats is how many seats somebody with this document takes: people one, while
// they are active, and nothing else any. There is none without a document.
func (w *write) seats(doc map[string]any) int {
	if w.typ.Schema != schema.UserURN || doc == nil || doc["active"] == false {
		return 0
	}
	return 1
}

// takeSeats has the write refused, behind the tenant's sequence row, if it is one
// too many. by is how many more people are active with it.
func (w *write) takeSeats(limit, by int) {
	if limit != 0 && by > 0 {
		w.seatLimit, w.seatsTaken = limit, by
	}
}

// recheckSeats adds the counting to the last batch: no other writer of the tenant
// can take a seat between that and the commit. People whose connection is deleted
// and who are not kept take none.
func (w *write) recheckSeats() {
	if w.seatsTaken == 0 {
		return
	}
	limit, taken := w.seatLimit, w.seatsTaken
	w.batch.query(func(row scanner) error {
		var active int
		if err := row.Scan(&active); err != nil {
			return err
		}
		if active > limit {
			return &scim.SeatsError{Seats: limit, Used: active - taken}
		}
		return nil
	}, `
		select cast(coalesce(sum(t.active), 0) as bigint) from directory_totals t
		where t.tenant_id = $1 and t.resource_type = 'User' and not exists (
			select 1 from connections c where c.tenant_id = $1 and c.id = t.connection_id
				and c.deleted_at is not null and c.delete_people in ('deactivate', 'remove'))`, w.dir.TenantID)
}
