package portal

import (
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/requestlog"
)

func connectionReference(c *tenants.Connection) api.ConnectionReference {
	return api.ConnectionReference{ID: c.ID.String(), Name: c.Name, Provider: api.Provider(c.Provider)}
}

func healthAnswer(r *health.Report) api.ConnectionHealth {
	answer := api.ConnectionHealth{
		Connection: connectionReference(r.Connection), Status: api.HealthStatus(r.Status), Reason: r.Reason, Since: r.Since,
		LastRequest: requestReference(r.Last), UsualGapSeconds: orNull(int64(r.UsualGap / time.Second)),
		NextExpectedAt: timeOrNull(r.NextExpected), Last24H: countsAnswer(r.Day),
		People: api.PeopleCount{Total: r.Directory.People, Active: r.Directory.Active}, Groups: r.Directory.Groups,
		Problems: len(r.Problems),
	}
	if t := r.Token; t != nil {
		answer.Token = &api.HealthToken{
			ID: t.ID.String(), Name: t.Name, State: api.HealthTokenState(t.State(time.Now())), ExpiresAt: timeOrNull(t.ExpiresAt),
		}
	}
	if len(r.Problems) > 0 {
		answer.WorstProblem = orNull(string(r.Problems[0].Code))
	}
	return answer
}

func requestReference(r *health.Request) *api.LastRequest {
	if r == nil {
		return nil
	}
	return &api.LastRequest{ID: r.ID.String(), At: r.At, Sentence: r.Sentence}
}

func setupAnswer(s *health.Setup) api.Setup {
	return api.Setup{
		Connection: connectionReference(s.Connection), Status: api.HealthStatus(s.Status), Reason: s.Reason, Hint: orNull(s.Hint),
		Steps: answers(s.Steps, stepAnswer), Strangers: answers(s.Strangers, strangerAnswer), Done: s.Done, Total: len(s.Steps),
	}
}

func stepAnswer(s health.StepState) api.SetupStep {
	answer := api.SetupStep{
		Step: api.SetupStepStep(s.Step), Title: s.Title, DoneAt: timeOrNull(s.DoneAt), Request: requestReference(s.Request),
	}
	if r := s.Refusal; r != nil {
		answer.Refusal = &api.SetupRefusal{At: r.At, RequestID: r.ID.String(), Sentence: r.Sentence}
		if f := r.Fix; f != nil {
			answer.Refusal.Fix = &api.Fix{Cause: f.Cause, Fix: f.Fix, Where: orNull(f.Where)}
		}
	}
	return answer
}

func strangerAnswer(s health.Stranger) api.Stranger {
	return api.Stranger{At: s.At, Hint: s.Hint, What: s.What, Sentence: s.Sentence}
}

func problemAnswer(p *health.Problem) api.ConnectionProblem {
	return api.ConnectionProblem{
		Code: string(p.Code), Severity: api.ConnectionProblemSeverity(p.Severity), Title: p.Title, Since: p.Since, Affected: p.Affected,
		Sentence: p.Sentence, Fix: p.Fix, Where: orNull(p.Where),
		Examples: answers(p.Examples, func(e health.Example) api.ProblemExample { return api.ProblemExample{Name: e.Name, ID: orNull(e.ID)} }),
	}
}

func cycleAnswer(c *health.Cycle) api.Cycle {
	return api.Cycle{
		ID: c.ID.String(), Connection: connectionReference(c.Connection), StartedAt: c.StartedAt, EndedAt: c.EndedAt, Running: c.Running,
		Requests: c.Requests, Refused: c.Refused, Failed: c.Failed, DurationSeconds: int64(c.EndedAt.Sub(c.StartedAt) / time.Second),
		Sentence: c.Sentence, Facts: answers(c.Facts, factAnswer),
	}
}

func factAnswer(f health.Fact) api.CycleFact {
	answer := api.CycleFact{Code: f.Code, Count: f.Count, Refused: f.Refused}
	if f.GroupID != "" {
		answer.Group = &api.OptionalReference{ID: f.GroupID, Name: f.Group}
	}
	return answer
}

func hourAnswer(h requestlog.Hour) api.RequestHour {
	answer := api.RequestHour{Hour: h.Start, Requests: h.Requests, Changes: h.Changes, Refused: h.Refused, Failed: h.Failed}
	if h.Requests > 0 {
		answer.MeanMs = float64(h.Duration.Microseconds()) / 1000 / float64(h.Requests)
	}
	return answer
}

func countsAnswer(c health.Counted) api.RequestCounts {
	return api.RequestCounts{Requests: c.Requests, Changes: c.Changes, Refused: c.Refused, Failed: c.Failed}
}
