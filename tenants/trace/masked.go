package trace

import (
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/privacy"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// masked is the evidence for those who may not see personal data. What they have
// asked for they know.
func (e *Evidence) masked() *Evidence {
	m := *e
	m.Person, m.Alike = maskedUser(e.Person), nil
	for _, u := range e.Alike {
		m.Alike = append(m.Alike, maskedUser(u))
	}
	m.Requests, m.Near = maskedLines(e.Requests), maskedLines(e.Near)
	m.Gone, m.Stopped = e.Gone.masked(), e.Stopped.masked()
	return &m
}

func maskedUser(u *people.User) *people.User {
	if u == nil {
		return nil
	}
	m := *u
	m.UserName, m.DisplayName = privacy.Name(u.UserName), privacy.Name(u.DisplayName)
	return &m
}

func maskedLines(list []requestlog.Entry) []requestlog.Entry {
	masked := make([]requestlog.Entry, len(list))
	for i, e := range list {
		masked[i] = e
		masked[i].Line = *e.Line.Masked()
	}
	return masked
}

func (e *Event) masked() *Event {
	if e == nil {
		return nil
	}
	return &Event{At: e.At, By: privacy.Name(e.By), Name: privacy.Name(e.Name)}
}
