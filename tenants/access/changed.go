package access

import (
	"slices"
	"strings"
	"time"

	"github.com/roster-scim/roster/tenants/events"
)

// The events of access.
const (
	AccessChanged      events.Type = "user.access_changed"
	MappingChanged     events.Type = "role_mapping.changed"
	AssignmentCreated  events.Type = "assignment.created"
	AssignmentDeleted  events.Type = "assignment.deleted"
	EntryPointCreated  events.Type = "entry_point.created"
	EntryPointUpdated  events.Type = "entry_point.updated"
	EntryPointDeleted  events.Type = "entry_point.deleted"
	subjectUser                    = "User"
	maxReasonsOfEvents             = 20 // for each role; the API has them all
)

// Changed is the event of a user who holds something else than the vendor was
// told last. lines are what they are given now.
func Changed(user string, active bool, lines []Line, before []Holding) events.Draft {
	data := changedData{UserID: user, Active: active, Access: []changedLine{}}
	for _, l := range lines {
		if l.Wins {
			data.Access = append(data.Access, changedLineOf(l))
		}
	}
	if before == nil {
		before = []Holding{}
	}
	return events.Draft{
		Type: AccessChanged, Subject: events.Subject{ResourceType: subjectUser, ID: user},
		Data: data, Previous: map[string]any{"access": before},
	}
}

// Told is the data of the event of what somebody holds as the vendor was told of
// it: with the reasons that there are now, which are none where something has
// changed and its event is still to come.
func (f *Facts) Told(user string, told []Holding) any {
	data := changedData{UserID: user, Access: []changedLine{}}
	lines := map[Holding]Line{}
	i, found := slices.BinarySearchFunc(f.People, user, func(p Person, id string) int { return strings.Compare(p.ID, id) })
	if found {
		u := f.Of(&f.People[i])
		data.Active = u.Active
		for _, l := range u.Access {
			lines[Holding{l.EntryPoint, l.Role.Key}] = l
		}
	}
	for _, h := range told {
		line, held := lines[h]
		if !held {
			line = Line{EntryPoint: h.EntryPoint, Role: Role{Key: h.Role, Name: h.Role}}
			if role := f.Roles[h.Role]; role != nil {
				line.Role = *role
			}
		}
		data.Access = append(data.Access, changedLineOf(line))
	}
	return data
}

type changedData struct {
	UserID string        `json:"user_id"`
	Active bool          `json:"active"`
	Access []changedLine `json:"access"`
}

type changedLine struct {
	EntryPoint string          `json:"entry_point"`
	Role       changedRole     `json:"role"`
	Reasons    []changedReason `json:"reasons"`
}

type changedRole struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Rank int64  `json:"rank"`
}

type changedReason struct {
	Kind  Kind          `json:"kind"`
	Group *changedGroup `json:"group"`
	Via   string        `json:"via"`
	By    string        `json:"by"`
	Since time.Time     `json:"since"`
}

type changedGroup struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Direct bool   `json:"direct"`
}

func changedLineOf(l Line) changedLine {
	line := changedLine{EntryPoint: l.EntryPoint, Role: changedRole{l.Role.Key, l.Role.Name, l.Role.Rank}, Reasons: []changedReason{}}
	for _, r := range l.Reasons[:min(len(l.Reasons), maxReasonsOfEvents)] {
		reason := changedReason{Kind: r.Kind, Via: r.Via, By: r.By, Since: r.Since}
		if r.Kind == ByMapping {
			reason.Group = &changedGroup{r.Group, r.Name, r.Direct}
		}
		line.Reasons = append(line.Reasons, reason)
	}
	return line
}
