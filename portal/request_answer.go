package portal

import (
	"context"
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

func requestAnswer(ctx context.Context, e *requestlog.Entry) api.LoggedRequest {
	l := &e.Line
	if masks(ctx) {
		l = l.Masked()
	}
	return api.LoggedRequest{
		ID: l.ID.String(), At: l.At, RequestID: l.RequestID, UserAgent: l.UserAgent, Address: l.Address,
		Connection: api.ConnectionReference{ID: l.ConnectionID.String(), Name: e.ConnectionName, Provider: api.Provider(e.Provider)},
		Method:     l.Method, Path: l.Path, Status: l.Status,
		DurationMs: float64(l.Duration.Microseconds()) / float64(l.Requests()) / float64(time.Millisecond/time.Microsecond),
		Token:      api.RequestToken{ID: orNull(l.TokenID.String()), Name: orNull(e.TokenName), Hint: l.TokenHint},
		Kind:       string(l.Kind), Outcome: api.RequestOutcome(l.Outcome), Code: orNull(string(l.Code)),
		Sentence: requestlog.Sentence(l, e.Provider), Fix: requestFix(requestlog.FixOf(l, e.Provider)),
		Subject: requestSubject(l), Effects: answers(l.Detail.Effects, requestEffect),
		Repeats: l.Repeats, CycleID: orNull(l.CycleID.String()),
	}
}

func requestDetail(ctx context.Context, e *requestlog.Entry) api.LoggedRequestDetail {
	a := requestAnswer(ctx, e)
	l := &e.Line
	if masks(ctx) {
		l = l.Masked()
	}
	bodies := l.Detail.Bodies
	if bodies == "" {
		bodies = tenants.BodiesNone
	}
	return api.LoggedRequestDetail{
		ID: a.ID, At: a.At, RequestID: a.RequestID, UserAgent: a.UserAgent, Address: a.Address, Connection: a.Connection,
		Method: a.Method, Path: a.Path, Status: a.Status, DurationMs: a.DurationMs, Token: a.Token,
		Kind: a.Kind, Outcome: a.Outcome, Code: a.Code, Sentence: a.Sentence, Fix: a.Fix, Subject: a.Subject, Effects: a.Effects,
		Repeats: a.Repeats, CycleID: a.CycleID,
		RequestBody: orNull(l.RequestBody), ResponseBody: orNull(l.ResponseBody), Bodies: api.LoggedRequestDetailBodies(bodies),
	}
}

func requestFix(f *requestlog.Fix) *api.Fix {
	if f == nil {
		return nil
	}
	return &api.Fix{Cause: f.Cause, Fix: f.Fix, Where: orNull(f.Where)}
}

func requestSubject(l *requestlog.Line) *api.RequestSubject {
	if l.ResourceID == "" && l.Subject == "" {
		return nil
	}
	return &api.RequestSubject{Type: l.ResourceType, ID: orNull(l.ResourceID), Name: orNull(l.Subject)}
}

func requestEffect(e requestlog.Effect) api.RequestEffect {
	return api.RequestEffect{
		Action: api.RequestEffectAction(e.Action), Type: e.ResourceType, ID: e.ID, Name: e.Name,
		Attributes: append([]string{}, e.Attributes...), Added: e.Added, Removed: e.Removed, Pending: e.Pending,
	}
}

func requestLogAnswer(l tenants.RequestLog) api.RequestLogSettings {
	return api.RequestLogSettings{Bodies: api.RequestLogSettingsBodies(l.Bodies), RetentionDays: l.RetentionDays}
}

// requestLogChange reads settings, which come as a whole.
func requestLogChange(s *api.RequestLogSettings) *tenants.RequestLogChange {
	if s == nil {
		return nil
	}
	bodies := tenants.RequestBodies(s.Bodies)
	return &tenants.RequestLogChange{Bodies: &bodies, RetentionDays: &s.RetentionDays}
}
