package storage

import "github.com/roster-scim/roster/tenants/events"

// pending records a change of those that wait to become the target's members.
func (j *journal) pending(display string, net *memberChange) {
	if net.pending.empty() {
		return
	}
	added, removed := net.pending.added(), net.pending.removed()
	j.changes["pending_members"] = map[string]idList{"added": audited(added), "removed": audited(removed)}
	j.events = append(j.events, events.PendingRemoved(j.target, display, removed)...)
	j.events = append(j.events, events.MembersPending(j.target, display, added)...)
}

// joined records that the target became the member that a group had waited for.
func (j *journal) joined(group events.Subject, display string, target events.Member) {
	groups, ok := j.changes["groups"].(map[string]idList)
	if !ok {
		groups = map[string]idList{}
		j.changes["groups"] = groups
	}
	list := groups["added"]
	list.add(group.ID)
	groups["added"] = list
	j.events = append(j.events, events.MembersAdded(group, display, []events.Member{target})...)
}

// awaited records that a group waits no longer for values of the target, which
// had been its member under another name.
func (j *journal) awaited(group events.Subject, display string, values []string) {
	members := make([]events.Member, len(values))
	for i, v := range values {
		members[i].ID = v
	}
	j.events = append(j.events, events.PendingRemoved(group, display, members)...)
}
