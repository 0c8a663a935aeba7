package trace

import (
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Decide says what evidence comes to. Somebody who is there is judged by what
// they hold. Of somebody who is not, the last thing that happened decides; then
// who is called nearly the same; and then what did not happen.
func Decide(e *Evidence) Finding {
	w := words{e}
	if p := e.Person; p != nil {
		switch {
		case !p.Active:
			return w.inactive()
		case e.roles() > 0:
			return w.hasAccess()
		}
		return w.noAccess()
	}
	for i := range e.Requests {
		l := &e.Requests[i].Line
		if e.Gone != nil && !l.At.After(e.Gone.At) {
			break // that was before they were deleted
		}
		switch {
		case refusal(l):
			return w.refused(&e.Requests[i])
		case e.Gone == nil && removal(l):
			return w.deleted(&Event{At: l.At, By: e.Requests[i].ConnectionName, Name: e.Who})
		}
	}
	switch {
	case e.Gone != nil:
		return w.deleted(e.Gone)
	case len(e.Alike) > 0:
		return w.otherUserName()
	case len(e.Waiting) > 0:
		return w.namedOnly()
	}
	for i := range e.Near {
		if refusal(&e.Near[i].Line) {
			return w.refused(&e.Near[i])
		}
	}
	for i := range e.Requests {
		if search(&e.Requests[i].Line) {
			return w.lookedUpOnly(&e.Requests[i])
		}
	}
	return w.neverReceived()
}

// roles counts what the person holds.
func (e *Evidence) roles() int {
	n := 0
	if e.Access != nil {
		for i := range e.Access.Access {
			if e.Access.Access[i].Wins {
				n++
			}
		}
	}
	return n
}

// refusal reports whether a request would have made or changed somebody.
func refusal(l *requestlog.Line) bool {
	if l.Outcome != requestlog.Refused && l.Outcome != requestlog.Failed {
		return false
	}
	switch l.Kind {
	case requestlog.KindUserCreate:
		return true
	case requestlog.KindUserUpdate, requestlog.KindUserDeactivate, requestlog.KindUserReactivate:
		return l.Code != requestlog.CodeNotFound // whom there is not cannot be changed
	}
	return false
}

// removal reports whether a request deleted somebody.
func removal(l *requestlog.Line) bool {
	for _, e := range l.Detail.Effects {
		if e.Action == requestlog.EffectDeleted && e.ResourceType == "User" {
			return true
		}
	}
	return false
}

// search reports whether a request looked for somebody, and was told that nobody
// is there.
func search(l *requestlog.Line) bool {
	return l.Kind == requestlog.KindUserLookup && l.Outcome == requestlog.Done && l.Detail.Lookup != nil && l.Detail.Lookup.Found == 0
}
