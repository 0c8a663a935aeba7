package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim"
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
	events  []events.Draft
	groups  idList // the groups that lost the target
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
	return journal{dir: dir, origin: o, target: target, changes: map[string]any{}}
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

// add puts the journal's rows into a batch: the audit row, then the events under
// the tenant's next sequence numbers.
func (j *journal) add(b *batch, at time.Time) error {
	if err := j.addAudit(b, at); err != nil {
		return err
	}
	if len(j.events) == 0 {
		return nil
	}
	b.exec(`
		insert into tenant_sequences (tenant_id, sequence) values ($1, $2)
		on conflict (tenant_id) do update set sequence = tenant_sequences.sequence + excluded.sequence`,
		j.dir.TenantID, len(j.events))
	for i, e := range j.events {
		if err := j.addEvent(b, at, e, len(j.events)-1-i); err != nil {
			return err
		}
	}
	return nil
}

func (j *journal) addAudit(b *batch, at time.Time) error {
	id, err := newID()
	if err != nil {
		return err
	}
	changes, err := encode(j.changes)
	if err != nil {
		return fmt.Errorf("encode audit row: %w", err)
	}
	b.exec(`
		insert into audit (tenant_id, id, connection_id, actor, action, target_type, target_id, changes,
			occurred_at, address, user_agent, request_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		j.dir.TenantID, id, j.dir.ConnectionID, j.origin.Actor, j.action, j.target.ResourceType, j.target.ID, changes,
		at.UnixMicro(), j.origin.Address, j.origin.UserAgent, j.origin.RequestID)
	return nil
}

// addEvent adds an event that has behind others of this write after it. The
// number comes from the row that this transaction has just raised.
func (j *journal) addEvent(b *batch, at time.Time, e events.Draft, behind int) error {
	id, err := newID()
	if err != nil {
		return err
	}
	data, err := encode(e.Data)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	var previous any
	if e.Previous != nil {
		if previous, err = encode(e.Previous); err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
	}
	b.exec(`
		insert into events (tenant_id, sequence, id, connection_id, type, resource_type, resource_id,
			occurred_at, data, previous, request_id)
		values ($1, (select s.sequence - $2 from tenant_sequences s where s.tenant_id = $1),
			$3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		j.dir.TenantID, behind, id, j.dir.ConnectionID, string(e.Type), e.Subject.ResourceType, e.Subject.ID,
		at.UnixMicro(), data, previous, j.origin.RequestID)
	return nil
}

// encode is JSON as people read it, without escapes for HTML.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}
