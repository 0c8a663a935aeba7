package requestlog

import (
	"net/http"
	"strings"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/privacy"
)

// effects notes what was changed. They say more about what a write meant than
// its body does.
func (c *classifier) effects() {
	l, x := c.line, c.x
	l.Detail.MoreEffects = x.MoreChanges
	for i := range x.Changes {
		if i == MaxEffects {
			l.Detail.MoreEffects += len(x.Changes) - MaxEffects
			break
		}
		l.Detail.Effects = append(l.Detail.Effects, effectOf(&x.Changes[i]))
	}
	l.Detail.Bulk = x.Bulk
	if len(l.Detail.Effects) == 0 || l.Kind == KindBulk {
		return
	}
	e := &l.Detail.Effects[0]
	l.ResourceType, l.Subject = e.ResourceType, e.Name
	c.about(e.ID)
	switch {
	case e.Action == EffectDeactivated:
		l.Kind = KindUserDeactivate
	case e.Action == EffectReactivated:
		l.Kind = KindUserReactivate
	case c.kind == "group" && e.Action == EffectUpdated && len(e.Attributes) == 0:
		l.Kind = KindGroupMembers
	}
	if c.kind == "group" && e.Pending > 0 {
		l.Detail.Members = &Members{Missing: e.Pending}
	}
	l.Detail.Person = e.Person
	e.Person = nil // once is enough
}

func effectOf(change *Change) Effect {
	e := Effect{
		Action: change.Action, ResourceType: change.ResourceType, ID: change.ID, Name: privacy.Clean(privacy.Clip(change.Name, 256)),
		Attributes: change.Attributes, Added: change.Added, Removed: change.Removed, Pending: change.Pending,
		AddedIDs: change.AddedIDs, RemovedIDs: change.RemovedIDs, Person: personOf(change.Person),
	}
	const most = 40
	if len(e.Attributes) > most {
		e.Attributes = e.Attributes[:most]
	}
	return e
}

// errorBody is an error answer.
type errorBody struct {
	SCIMType text `json:"scimType"`
	Detail   text `json:"detail"`
}

// refusal notes why the request was refused.
func (c *classifier) refusal() {
	l, x := c.line, c.x
	if x.Status < http.StatusBadRequest {
		return
	}
	if l.Code == CodeNone {
		l.Code = codeOf(x.Status)
	}
	if l.Kind == KindOther && l.Code == CodeNotFound {
		l.Code = CodeNoEndpoint
	}
	body, _ := parse[errorBody](x.ResponseBody)
	detail := strings.TrimSuffix(string(body.Detail), " (request "+x.RequestID+")")
	l.Detail.Error = &Error{
		Status: x.Status, SCIMType: privacy.Clean(privacy.Clip(string(body.SCIMType), 32)), Detail: privacy.Clean(privacy.Clip(privacy.Detail(detail), 1000)),
		Attribute: privacy.Clean(privacy.Clip(x.Attribute, 200)), RetryAfter: int(x.RetryAfter.Seconds()),
	}
	switch l.Code {
	case CodeTokenUnknown, CodeTokenExpired, CodeTokenRevoked:
		l.Kind = KindCredentialsCheck
		l.Detail.Token = &Token{State: l.Code, Since: x.TokenSince, Sent: x.TokenSent}
	case CodeMemberUnknown:
		c.missing()
	}
}

// missing notes the members because of which a write was refused.
func (c *classifier) missing() {
	m := c.line.Detail.Members
	if m == nil {
		m = &Members{}
		c.line.Detail.Members = m
	}
	m.Missing = len(c.x.Missing)
	for _, name := range c.x.Missing[:min(len(c.x.Missing), MaxMissing)] {
		m.Names = append(m.Names, privacy.Clean(privacy.Clip(privacy.Text(name), 100)))
	}
}

func codeOf(status int) Code {
	switch status {
	case http.StatusUnauthorized:
		return CodeTokenUnknown
	case http.StatusTooManyRequests:
		return CodeRateLimited
	case http.StatusNotFound:
		return CodeNotFound
	case http.StatusServiceUnavailable:
		return CodeUnavailable
	}
	if status >= http.StatusInternalServerError {
		return CodeInternal
	}
	return CodeInvalidValue
}

// outcome says what came of the request.
func (c *classifier) outcome() Outcome {
	l, x := c.line, c.x
	switch {
	case x.Status >= http.StatusBadRequest:
		if l.Code == CodeInternal || l.Code == CodeUnavailable {
			return Failed
		}
		return Refused
	case l.Changed():
		return Done
	case l.Kind == KindBulk && l.Detail.Bulk != nil && l.Detail.Bulk.Failed > 0:
		return Failed
	case l.Kind == KindBulk && l.Detail.Bulk != nil && l.Detail.Bulk.Refused > 0:
		return Refused
	case x.isRead():
		return Done
	}
	return Unchanged
}

// bodies keeps what the tenant wants kept.
func (c *classifier) bodies(keep tenants.RequestBodies) {
	c.line.Detail.Bodies = keep
	if keep == tenants.BodiesNone {
		return
	}
	l, level := c.line, privacy.Redacted
	if keep == tenants.BodiesFull {
		level = privacy.Secrets
	}
	var cut bool
	if len(c.x.RequestBody) > 0 {
		l.RequestBody, cut = privacy.Body(c.x.RequestBody, maxBody, level, privacy.Person)
		l.Detail.Cut = l.Detail.Cut || cut
	}
	if len(c.x.ResponseBody) > 0 {
		l.ResponseBody, cut = privacy.Body(c.x.ResponseBody, maxBody, level, privacy.Person)
		l.Detail.Cut = l.Detail.Cut || cut || c.x.Shortened
	}
}
