package storage

import (
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// What a write to the directory means for access. Whoever it may have given or
// taken something is left for a job, in the same transaction, by a statement of
// the write's last batch that does nothing where the tenant gives no access.

// mayAffect says that the access of users, and of people in groups, may be
// another from now on.
func (w *write) mayAffect(id, typ string) {
	w.affected = append(w.affected, idRow{ID: id, Type: typ})
}

// affectedByMembers: who goes in or out, with everybody below.
func (w *write) affectedByMembers(net *memberChange) {
	for _, side := range []map[string]string{net.in, net.out} {
		for id, typ := range side {
			w.mayAffect(id, typ)
		}
	}
}

// affectedByDocument: who is activated or deactivated.
func (w *write) affectedByDocument(changes events.Changes) {
	if _, switched := changes["active"]; switched && w.typ.Name == userResource {
		w.mayAffect(w.id, userResource)
	}
}

// affectedByDeletion has the batch, which comes before the memberships go, leave
// a job for the people of a group, and look what the vendor knows of a user.
func (w *write) affectedByDeletion() {
	w.gone = true
	switch w.typ.Name {
	case userResource:
		w.toldOf(w.batch, w.dir.TenantID, w.id, &w.told)
	case groupResource:
		w.leavePeople()
	}
}

// leavePeople leaves a job for the members that a group has.
func (w *write) leavePeople() {
	const of = ` from members m where m.tenant_id = $1 and m.group_id = $4`
	w.batch.query(w.left, `
		insert into jobs (tenant_id, id, kind, subject, detail, done, total, place, created_by, created_at)
		select $1, $2, $3, $7, coalesce((select `+w.jsonObjects("id", "m.member_id", "type", "m.member_type")+of+`), '[]'),
			0, (select count(*)`+of+`), '', $5, $6`+usesAccess+` and exists (select 1`+of+`)
		returning id`,
		w.dir.TenantID, tenants.NewJobID().UUID(), string(access.JobGroups), w.id, w.record.origin.Actor, w.micros(), w.id)
}

// endAccess adds the event of a deleted user who held something.
func (w *write) endAccess() error {
	drafts, err := lastTold(w.id, w.told)
	w.record.events = append(w.record.events, drafts...)
	return err
}

// leaveAccess adds what a write leaves of access to its last batch, behind the
// tenant's lock: what was read of a deleted user without it is looked at again.
func (w *write) leaveAccess() error {
	if w.gone && w.typ.Name == userResource {
		w.refuse(w.batch, errConflict, `
			select 1 where coalesce((select cast(s.access as text) from access_told s where s.tenant_id = $1 and s.user_id = $2), '') <> $3`,
			w.dir.TenantID, w.id, w.told)
		w.batch.exec(`delete from access_told where tenant_id = $1 and user_id = $2`, w.dir.TenantID, w.id)
		w.batch.exec(`delete from assignments where tenant_id = $1 and user_id = $2`, w.dir.TenantID, w.id)
	}
	return w.addJobFor(w.batch, w.dir.TenantID, w.affected, w.record.origin.Actor)
}
