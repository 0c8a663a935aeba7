package events

import "slices"

// membersPerEvent bounds an event: a group that loses 100,000 members at once
// has 100 events of it.
const membersPerEvent = 1000

// Group is the group whose members changed.
type Group struct {
	ID      string `json:"id"`
	Display string `json:"display"`
}

// Member is somebody who joined or left a group. Of somebody who waits to join
// it has the value that the client sent, and the type if the client said it.
type Member struct {
	ID   string `json:"value"`
	Type string `json:"type,omitempty"`
}

// membership is the data of every event about a group's members.
type membership struct {
	Group   Group    `json:"group"`
	Members []Member `json:"members"`
}

// MembersAdded returns the events of members that joined the group s.
func MembersAdded(s Subject, display string, members []Member) []Draft {
	return s.memberEvents("member_added", display, members)
}

// MembersRemoved returns the events of members that left the group s.
func MembersRemoved(s Subject, display string, members []Member) []Draft {
	return s.memberEvents("member_removed", display, members)
}

// MembersPending returns the events of members that the group s has to wait for,
// because they are not in the directory. Each has group.member_added when it is.
func MembersPending(s Subject, display string, members []Member) []Draft {
	return s.memberEvents("member_pending", display, members)
}

// PendingRemoved returns the events of members that the group s waits for no
// longer, though they have not joined: the client took them back.
func PendingRemoved(s Subject, display string, members []Member) []Draft {
	return s.memberEvents("member_pending_removed", display, members)
}

func (s Subject) memberEvents(what, display string, members []Member) []Draft {
	var drafts []Draft
	for chunk := range slices.Chunk(members, membersPerEvent) {
		drafts = append(drafts, Draft{
			Type:    s.event(what),
			Subject: s,
			Data:    membership{Group{s.ID, display}, chunk},
		})
	}
	return drafts
}
