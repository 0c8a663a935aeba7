package storage

import (
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/events"
)

// addTogether is what add does, as one statement, for the many writes that leave
// one event.
func (j *journal) addTogether(t *tx, b *batch, a *audit.Entry, digest []byte, e events.Draft) error {
	id, data, previous, err := eventColumns(e)
	if err != nil {
		return err
	}
	b.exec(`
		with numbers as (
			`+raiseNumbers(t)+`
			returning sequence, audit_number, audit_hash
		), event as (
			insert into events (tenant_id, sequence, id, connection_id, type, resource_type, resource_id,
				occurred_at, data, previous, request_id)
			select $1, n.sequence, $4, $5, $6, $7, $8, $9, $10, $11, $12 from numbers n
		)
		insert into audit (tenant_id, number, id, connection_id, actor, actor_name, action,
			target_type, target_id, target_name, changes, occurred_at, address, user_agent, request_id, hash)
		select $1, n.audit_number, $13, $5, $14, $15, $16, $17, $18, $19, $20, $9, $21, $22, $12, n.audit_hash from numbers n`,
		j.dir.TenantID, 1, digest,
		id, textOrNull(j.dir.ConnectionID), string(e.Type), e.Subject.ResourceType, textOrNull(e.Subject.ID),
		t.micros(), data, previous, j.origin.RequestID,
		a.ID, a.Actor, a.ActorName, a.Action, a.TargetType, textOrNull(a.TargetID), a.TargetName, string(a.Changes),
		a.Address, a.UserAgent)
	return nil
}

// raiseNumbers takes as many numbers of a tenant's events as $2 says, and one of
// its audit log, whose last row's hash is made one with the digest in $3. A step
// finds the row, and see insertInStep.
func raiseNumbers(t *tx) string {
	if t.stepped {
		return `
			update tenant_sequences set sequence = sequence + $2, audit_number = audit_number + 1,
				audit_hash = ` + t.chain("audit_hash", "$3") + `
			where tenant_id = $1`
	}
	return `
		insert into tenant_sequences (tenant_id, sequence, audit_number, audit_hash)
		values ($1, $2, 1, ` + t.chain("", "$3") + `)
		on conflict (tenant_id) do update set sequence = tenant_sequences.sequence + excluded.sequence,
			audit_number = tenant_sequences.audit_number + 1,
			audit_hash = ` + t.chain("tenant_sequences.audit_hash", "$3")
}
