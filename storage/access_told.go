package storage

import (
	"slices"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// tell adds to a batch the events of those people who hold something else than
// the vendor was told, and what is told by them. The transaction has the
// tenant's lock, so nobody else tells, and no change that it does not see has
// been committed. people may be gone.
func (t *tx) tell(b *batch, tenant string, f *access.Facts, told map[string][]access.Holding, people []string) error {
	persons := make(map[string]*access.Person, len(f.People))
	for i := range f.People {
		persons[f.People[i].ID] = &f.People[i]
	}
	j := journal{dir: scim.Directory{TenantID: tenant}}
	var now []toldRow
	var gone []idRow
	for _, row := range idRows(people) {
		id := row.ID
		before, person := told[id], persons[id]
		var held []access.Holding
		u := &access.UserAccess{}
		if person != nil {
			if held = f.HeldBy(person); !slices.Equal(held, before) {
				u = f.Of(person)
			}
		}
		if slices.Equal(held, before) {
			continue
		}
		j.events = append(j.events, access.Changed(id, u.Active, u.Access, before))
		if len(held) == 0 {
			gone = append(gone, row)
			continue
		}
		now = append(now, toldRow{ID: id, Access: jsonParam(held)})
	}
	if len(j.events) == 0 {
		return nil
	}
	t.touched.events(tenant)
	t.remember(b, tenant, now, gone)
	b.exec(`update tenant_sequences set sequence = sequence + $2 where tenant_id = $1`, tenant, len(j.events))
	for i, e := range j.events {
		if err := j.addEvent(b, t.now, e, len(j.events)-1-i); err != nil {
			return err
		}
	}
	return nil
}

// toldRow is a row of access_told.
type toldRow struct {
	ID     string `json:"id"`
	Access string `json:"access"` // JSON
}

// remember stores what the vendor is told.
func (t *tx) remember(b *batch, tenant string, now []toldRow, gone []idRow) {
	if len(now) > 0 {
		b.exec(`
			insert into access_told (tenant_id, user_id, access)
			select $1, n.id, n.access from `+t.jsonRows("$2", "n", "id uuid", "access json")+`
			where true
			on conflict (tenant_id, user_id) do update set access = excluded.access`, tenant, jsonParam(now))
	}
	if len(gone) > 0 {
		b.exec(`
			delete from access_told
			where tenant_id = $1 and user_id in (select n.id from `+t.jsonRows("$2", "n", "id uuid")+`)`, tenant, jsonParam(gone))
	}
}

// toldOf reads what the vendor was told of one user.
func (t *tx) toldOf(b *batch, tenant, user string, told *string) {
	b.query(func(row scanner) error { return row.Scan(told) },
		`select cast(s.access as text) from access_told s where s.tenant_id = $1 and s.user_id = $2`, tenant, user)
}

// lastTold is the event of a user who is gone and held something.
func lastTold(user, told string) ([]events.Draft, error) {
	held, err := decodeHoldings(told)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	return []events.Draft{access.Changed(user, false, nil, held)}, nil
}
