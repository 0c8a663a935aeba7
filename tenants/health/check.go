package health

import (
	"time"

	"github.com/roster-scim/roster/tenants/requestlog"
)

// Step is a step of the set-up checklist.
type Step string

// The steps, in the order in which they are done.
const (
	CredentialsAccepted Step = "credentials_accepted"
	LookupWorks         Step = "lookup_works"
	UserCreated         Step = "user_created"
	UpdateArrived       Step = "update_arrived"
	DeactivationArrived Step = "deactivation_arrived"
	GroupArrived        Step = "group_arrived"
	MemberAdded         Step = "member_added"
	MemberRemoved       Step = "member_removed"
)

// Steps are all of them.
var Steps = []Step{
	CredentialsAccepted, LookupWorks, UserCreated, UpdateArrived, DeactivationArrived, GroupArrived, MemberAdded, MemberRemoved,
}

// check is what is known of a step: the first request that did it, or until then
// the last one that tried and was refused.
type check struct {
	Done    *seen `json:"done,omitempty"`
	Refused *seen `json:"refused,omitempty"`
}

// seen is as much of a request as a sentence about it needs.
type seen struct {
	At       stamp               `json:"at"`
	ID       string              `json:"id"` // UUID of the line
	Kind     requestlog.Kind     `json:"kind"`
	Outcome  requestlog.Outcome  `json:"outcome"`
	Code     requestlog.Code     `json:"code,omitempty"`
	Status   int                 `json:"status"`
	Method   string              `json:"method"`
	Type     string              `json:"type,omitempty"`
	Subject  string              `json:"subject,omitempty"`
	Resource string              `json:"resource,omitempty"`
	Hint     string              `json:"hint,omitempty"`
	Lookup   *requestlog.Lookup  `json:"lookup,omitempty"`
	Members  *requestlog.Members `json:"members,omitempty"`
	Effects  []requestlog.Effect `json:"effects,omitempty"` // the one that matters
	Error    *requestlog.Error   `json:"error,omitempty"`
	Token    *requestlog.Token   `json:"token,omitempty"`
}

// see keeps a request. effect is the one that did the step, or nil.
func see(l *requestlog.Line, at stamp, effect *requestlog.Effect) *seen {
	s := &seen{
		At: at, ID: l.ID.UUID(), Kind: l.Kind, Outcome: l.Outcome, Code: l.Code, Status: l.Status, Method: clip(l.Method, 16),
		Type: l.ResourceType, Subject: clip(l.Subject, maxName), Resource: clip(l.ResourceID, maxID), Hint: clip(l.TokenHint, maxName), Token: l.Detail.Token,
	}
	if lookup := l.Detail.Lookup; lookup != nil {
		s.Lookup = &requestlog.Lookup{Attribute: clip(lookup.Attribute, maxName), Shape: lookup.Shape, Value: clip(lookup.Value, maxName), Found: lookup.Found}
	}
	if effect != nil {
		s.Effects = []requestlog.Effect{{
			Action: effect.Action, ResourceType: effect.ResourceType, ID: clip(effect.ID, maxID), Name: clip(effect.Name, maxName),
			Added: effect.Added, Removed: effect.Removed, Pending: effect.Pending,
		}}
	}
	if members := l.Detail.Members; members != nil {
		m := *members
		m.Names = clipAll(m.Names)
		s.Members = &m
	}
	if refusal := l.Detail.Error; refusal != nil {
		e := *refusal
		e.Detail, e.Attribute = clip(e.Detail, maxDetail), clip(e.Attribute, maxName)
		s.Error = &e
	}
	return s
}

// clipAll are the first names of a list, each bounded.
func clipAll(names []string) []string {
	var kept []string
	for _, name := range names[:min(len(names), maxExamples)] {
		kept = append(kept, clip(name, maxName))
	}
	return kept
}

// line is the request again, as far as it was kept.
func (s *seen) line() *requestlog.Line {
	l := &requestlog.Line{
		At: s.At.time(), Method: s.Method, Status: s.Status, TokenHint: s.Hint, Kind: s.Kind, Outcome: s.Outcome, Code: s.Code,
		ResourceType: s.Type, ResourceID: s.Resource, Subject: s.Subject,
		Detail: requestlog.Detail{Lookup: s.Lookup, Effects: s.Effects, Members: s.Members, Error: s.Error, Token: s.Token},
	}
	_ = l.ID.Scan(s.ID) // it was written by one
	return l
}

// check ticks the steps that a request does, or notes that it was refused.
func (f *fold) check(l *requestlog.Line, at stamp) {
	if !accepted(l) {
		if step := f.tried(l); step != "" {
			f.refuse(step, l, at)
		}
		if letIn(l) {
			f.tick(CredentialsAccepted, l, at, nil)
		}
		return
	}
	var first *requestlog.Effect // without it, a sentence could not say what was done
	if len(l.Detail.Effects) > 0 {
		first = &l.Detail.Effects[0]
	}
	f.tick(CredentialsAccepted, l, at, first)
	switch l.Kind {
	case requestlog.KindUserLookup, requestlog.KindGroupLookup:
		f.tick(LookupWorks, l, at, nil)
	case requestlog.KindUserUpdate: // also one that found everything as it should be
		f.tick(UpdateArrived, l, at, first)
	}
	for i := range l.Detail.Effects {
		f.tickEffect(&l.Detail.Effects[i], l, at)
	}
}

// letIn says that a refused request got past the token and what its bearer may do.
func letIn(l *requestlog.Line) bool {
	return l.Outcome == requestlog.Refused && (l.Status == 400 || l.Status == 404 || l.Status == 409 || l.Status == 412)
}

func (f *fold) tickEffect(e *requestlog.Effect, l *requestlog.Line, at stamp) {
	switch e.ResourceType {
	case typeUser:
		if step := stepOfPerson(e.Action); step != "" {
			f.tick(step, l, at, e)
		}
	case typeGroup:
		if e.Action == requestlog.EffectCreated || e.Action == requestlog.EffectAdopted {
			f.tick(GroupArrived, l, at, e)
		}
		if e.Added > 0 {
			f.tick(MemberAdded, l, at, e)
		}
		if e.Removed > 0 && e.Action != requestlog.EffectDeleted {
			f.tick(MemberRemoved, l, at, e)
		}
	}
}

func stepOfPerson(action string) Step {
	switch action {
	case requestlog.EffectCreated, requestlog.EffectAdopted:
		return UserCreated
	case requestlog.EffectUpdated, requestlog.EffectReactivated:
		return UpdateArrived
	case requestlog.EffectDeactivated, requestlog.EffectDeleted: // some providers delete at once
		return DeactivationArrived
	}
	return ""
}

// tick notes the first request that did a step.
func (f *fold) tick(step Step, l *requestlog.Line, at stamp, e *requestlog.Effect) {
	if c := f.Checks[step]; c != nil && c.Done != nil && c.Done.At <= at {
		return
	}
	f.put(step, &check{Done: see(l, at, e)})
}

// refuse notes the last request that tried a step which is not done yet.
func (f *fold) refuse(step Step, l *requestlog.Line, at stamp) {
	c := f.Checks[step]
	if c != nil && (c.Done != nil || (c.Refused != nil && c.Refused.At > at)) {
		return
	}
	f.put(step, &check{Refused: see(l, at, nil)})
}

func (f *fold) put(step Step, c *check) {
	if f.Checks == nil {
		f.Checks = map[Step]*check{}
	}
	f.Checks[step] = c
}

// tried is the step that a refused request would have done.
func (f *fold) tried(l *requestlog.Line) Step {
	if rejects(l) {
		return CredentialsAccepted
	}
	switch l.Kind {
	case requestlog.KindCredentialsCheck:
		return CredentialsAccepted
	case requestlog.KindUserLookup, requestlog.KindGroupLookup:
		return LookupWorks
	case requestlog.KindUserCreate:
		return UserCreated
	case requestlog.KindUserUpdate, requestlog.KindUserReactivate:
		return UpdateArrived
	case requestlog.KindUserDeactivate, requestlog.KindUserDelete:
		return DeactivationArrived
	case requestlog.KindGroupCreate:
		return GroupArrived
	case requestlog.KindGroupMembers:
		if m := l.Detail.Members; m != nil && m.Add == 0 && m.Remove != 0 {
			return MemberRemoved
		}
		return MemberAdded
	}
	return ""
}

// remembered is how long a step says whom it was done with. Whoever keeps the
// request log for longer finds the request there.
const remembered = 30 * 24 * time.Hour

// forgetNames takes people's names out of steps that were done long ago.
func (s *state) forgetNames(at stamp) {
	for _, c := range s.Checks {
		if c == nil || c.Done == nil || at-c.Done.At < stamp(remembered.Microseconds()) {
			continue
		}
		d := c.Done
		c.Done = &seen{At: d.At, ID: d.ID, Kind: d.Kind, Outcome: d.Outcome, Status: d.Status, Method: d.Method, Type: d.Type}
		for _, e := range d.Effects {
			e.ID, e.Name = "", ""
			c.Done.Effects = append(c.Done.Effects, e)
		}
	}
}
