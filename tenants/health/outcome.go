package health

import (
	"strings"

	"github.com/roster-scim/roster/tenants/requestlog"
)

// The letters of an outcome in a state.
const (
	letterDone    = "d"
	letterRefused = "r"
	letterFailed  = "f"
)

// A connection fails if more than one request in failingShare of the latest is
// refused; a few are judged with care.
const (
	failingShare   = 20
	failingAtLeast = 3
)

// rejects says that a request had no good token. It says nothing of the
// connection then: whoever sent it may be anybody.
func rejects(l *requestlog.Line) bool {
	switch l.Code {
	case requestlog.CodeTokenUnknown, requestlog.CodeTokenExpired, requestlog.CodeTokenRevoked:
		return true
	}
	return false
}

// harmless are refusals that are part of how clients work, or that somebody here
// has asked for: they make no connection a failing one.
func harmless(l *requestlog.Line) bool {
	switch l.Code {
	case requestlog.CodePaused, requestlog.CodeRateLimited, requestlog.CodePreconditionFailed:
		return true
	case requestlog.CodeNotFound:
		return isRead(l.Kind) || isDelete(l.Kind) // asked whether it is still there
	}
	return false
}

func isRead(k requestlog.Kind) bool {
	return k == requestlog.KindUserRead || k == requestlog.KindGroupRead || k == requestlog.KindResourceRead
}

func isDelete(k requestlog.Kind) bool {
	return k == requestlog.KindUserDelete || k == requestlog.KindGroupDelete || k == requestlog.KindResourceDelete
}

func isLookup(k requestlog.Kind) bool {
	return k == requestlog.KindUserLookup || k == requestlog.KindGroupLookup || k == requestlog.KindResourceLookup
}

func accepted(l *requestlog.Line) bool {
	return l.Outcome == requestlog.Done || l.Outcome == requestlog.Unchanged
}

// judge takes a request into the latest outcomes, and notes when the connection
// begins and stops to fail. It reports whether the request speaks against it.
func (s *state) judge(l *requestlog.Line, at stamp) (bad bool) {
	letter := letterDone
	switch {
	case l.Outcome == requestlog.Failed:
		letter = letterFailed
	case l.Outcome == requestlog.Refused && harmless(l):
		return false
	case l.Outcome == requestlog.Refused:
		letter = letterRefused
	}
	s.Outcomes += strings.Repeat(letter, int(min(l.Requests(), maxOutcomes)))
	s.Outcomes = s.Outcomes[max(0, len(s.Outcomes)-maxOutcomes):]
	switch {
	case s.fails() && s.FailingSince == 0:
		s.FailingSince, s.MendedAt = at, 0
	case !s.fails() && s.FailingSince != 0:
		s.FailingSince, s.MendedAt = 0, at
	}
	return letter != letterDone
}

func (s *state) fails() bool {
	bad := s.bad()
	return bad >= failingAtLeast && bad*failingShare > len(s.Outcomes)
}

// bad is how many of the latest requests were refused or failed.
func (s *state) bad() int {
	return len(s.Outcomes) - strings.Count(s.Outcomes, letterDone)
}

// count counts a refusal under its reason. The reason that was seen longest ago
// goes if there are too many.
func (s *state) count(l *requestlog.Line, at stamp) {
	if accepted(l) {
		return
	}
	r := refusals{Code: l.Code, First: at}
	for i, known := range s.Codes {
		if known.Code == l.Code {
			r = known
			s.Codes = append(s.Codes[:i], s.Codes[i+1:]...)
			break
		}
	}
	r.Count += l.Requests()
	r.First, r.Last, r.Request = earlier(r.First, at), later(r.Last, at), l.ID.UUID()
	s.Codes = lastOf(append(s.Codes, r), maxCodes)
}
