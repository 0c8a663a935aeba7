package storage

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/events"
)

// What the audit log calls a write, behind the resource type's name. It is the
// type of the event where there is one.
const (
	actionCreated        = "created"
	actionUpdated        = "updated"
	actionDeleted        = "deleted"
	actionMembersChanged = "members_changed"
)

// auditedIDs is how many ids an audit row names on each side of a membership
// change; the events have them all.
const auditedIDs = 100

// journal is what one write leaves behind for people and for the vendor's app:
// one audit row and any number of events.
type journal struct {
	dir     scim.Directory
	origin  scim.Origin
	target  events.Subject
	action  string
	changes map[string]any // attribute → {"from", "to"}, or memberships → {"added", "removed"}

	actorName, targetName string // what people call them; of the control plane alone

	events []events.Draft
	groups idList // the groups that lost the target
}

// idList is how an audit row tells of memberships.
type idList struct {
	Count int      `json:"count"`
	IDs   []string `json:"ids"` // the first of them
}

func (l *idList) add(id string) {
	if l.Count++; len(l.IDs) < auditedIDs {
		l.IDs = append(l.IDs, id)
	}
}

func newJournal(dir scim.Directory, target events.Subject, o scim.Origin) journal {
	if dir.ConnectionID == manualDirectory {
		dir.ConnectionID = "" // nobody's connection
	}
	return journal{dir: dir, origin: o, target: target, changes: map[string]any{}, actorName: o.ActorName}
}

// changed records a change of the document.
func (j *journal) changed(action string, changes events.Changes, drafts ...events.Draft) {
	j.action = strings.ToLower(j.target.ResourceType) + "." + action
	for name, change := range changes {
		j.changes[name] = change
	}
	j.events = append(j.events, drafts...)
	if len(drafts) > 0 && action == actionUpdated {
		j.action = string(drafts[0].Type) // deactivated and reactivated say more
	}
}

// members records a change of the target's members.
func (j *journal) members(display string, net *memberChange) {
	if net.empty() {
		return
	}
	if j.action == "" {
		j.action = strings.ToLower(j.target.ResourceType) + "." + actionMembersChanged
	}
	j.pending(display, net)
	if net.setChange.empty() {
		return
	}
	added, removed := net.added(), net.removed()
	j.changes["members"] = map[string]idList{"added": audited(added), "removed": audited(removed)}
	j.events = append(j.events, events.MembersAdded(j.target, display, added)...)
	j.events = append(j.events, events.MembersRemoved(j.target, display, removed)...)
}

// left records that a group lost the target because it was deleted.
func (j *journal) left(group events.Subject, display string, target []events.Member) {
	j.groups.add(group.ID)
	j.changes["groups"] = map[string]idList{"removed": j.groups}
	j.events = append(j.events, events.MembersRemoved(group, display, target)...)
}

func audited(members []events.Member) idList {
	l := idList{IDs: []string{}}
	for _, m := range members {
		l.add(m.ID)
	}
	return l
}

// add puts the journal's rows into a batch: the tenant's row of numbers, which
// every writer of the tenant waits for, then the audit row and the events under
// the numbers that it gives.
func (j *journal) add(t *tx, b *batch) error {
	entry, err := j.entry(t.now)
	if err != nil {
		return err
	}
	digest := entry.Digest()
	if len(j.events) == 1 && t.modifiesTogether() {
		return j.addTogether(t, b, &entry, digest[:], j.events[0])
	}
	b.exec(raiseNumbers(t), j.dir.TenantID, len(j.events), digest[:])
	addAudit(b, &entry)
	for i, e := range j.events {
		if err := j.addEvent(b, t.now, e, len(j.events)-1-i); err != nil {
			return err
		}
	}
	return nil
}

// entry is the audit row, but for its place in the chain.
func (j *journal) entry(at time.Time) (audit.Entry, error) {
	id, err := newID()
	if err != nil {
		return audit.Entry{}, err
	}
	changes, err := encode(j.changes)
	if err != nil {
		return audit.Entry{}, fmt.Errorf("encode audit row: %w", err)
	}
	return audit.Entry{
		TenantID: j.dir.TenantID, ID: id, ConnectionID: j.dir.ConnectionID,
		Actor: j.origin.Actor, ActorName: j.actorName, Action: j.action,
		TargetType: j.target.ResourceType, TargetID: j.target.ID, TargetName: j.targetName,
		Changes: []byte(changes), At: at,
		Address: j.origin.Address, UserAgent: j.origin.UserAgent, RequestID: j.origin.RequestID,
	}, nil
}

// addAudit puts an audit row behind the statement that has raised the numbers.
func addAudit(b *batch, e *audit.Entry) {
	b.exec(`
		insert into audit (tenant_id, number, id, connection_id, actor, actor_name, action,
			target_type, target_id, target_name, changes, occurred_at, address, user_agent, request_id, hash)
		values ($1, (select s.audit_number from tenant_sequences s where s.tenant_id = $1),
			$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
			(select s.audit_hash from tenant_sequences s where s.tenant_id = $1))`,
		e.TenantID, e.ID, textOrNull(e.ConnectionID), e.Actor, e.ActorName, e.Action,
		e.TargetType, textOrNull(e.TargetID), e.TargetName, string(e.Changes), e.At.UnixMicro(), e.Address, e.UserAgent, e.RequestID)
}

// textOrNull is a text as a column that may be null, which "" is.
func textOrNull(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }

// addEvent adds an event that has behind others of this write after it. The
// number comes from the row that this transaction has just raised.
func (j *journal) addEvent(b *batch, at time.Time, e events.Draft, behind int) error {
	id, data, previous, err := eventColumns(e)
	if err != nil {
		return err
	}
	b.exec(`
		insert into events (tenant_id, sequence, id, connection_id, type, resource_type, resource_id,
			occurred_at, data, previous, request_id)
		values ($1, (select s.sequence - $2 from tenant_sequences s where s.tenant_id = $1),
			$3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		j.dir.TenantID, behind, id, textOrNull(j.dir.ConnectionID), string(e.Type), e.Subject.ResourceType, textOrNull(e.Subject.ID),
		at.UnixMicro(), data, previous, j.origin.RequestID)
	return nil
}

// eventColumns are what an event's row has of its own. previous may be nil.
func eventColumns(e events.Draft) (id, data string, previous any, err error) {
	if id, err = newID(); err != nil {
		return "", "", nil, err
	}
	data, err = encode(e.Data)
	if err == nil && e.Previous != nil {
		previous, err = encode(e.Previous)
	}
	if err != nil {
		return "", "", nil, fmt.Errorf("encode event: %w", err)
	}
	return id, data, previous, nil
}
