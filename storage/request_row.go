package storage

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/roster-scim/roster/tenants/requestlog"
)

// insertRequest has the columns of a line in the order of requestArgs.
const insertRequest = `
	insert into requests (tenant_id, connection_id, id, at, duration, repeats, cycle_id, method, path, status, request_id,
		user_agent, address, token_id, token_hint, kind, outcome, code, resource_type, resource_id, subject, subject_key,
		detail, request_body, response_body)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`

// addRequests adds the lines of a tenant's groups to a batch, each by a statement
// of its own: a list of such wide rows as JSON takes the database longer to take
// apart than to store.
func addRequests(b *batch, groups []*lineGroup) error {
	for _, g := range groups {
		for i := range g.lines {
			args, err := requestArgs(&g.lines[i])
			if err != nil {
				return err
			}
			b.exec(insertRequest, args...)
		}
	}
	return nil
}

func requestArgs(l *requestlog.Line) ([]any, error) {
	detail, err := encode(&l.Detail)
	if err != nil {
		return nil, fmt.Errorf("encode line: %w", err)
	}
	var cycle, token sql.NullString
	if !l.CycleID.IsZero() {
		cycle = textOrNull(l.CycleID.UUID())
	}
	if !l.TokenID.IsZero() {
		token = textOrNull(l.TokenID.UUID())
	}
	return []any{
		l.TenantID, l.ConnectionID, l.ID, l.At.UnixMicro(), l.Duration.Microseconds(), l.Repeats, cycle, l.Method, l.Path, l.Status,
		l.RequestID, l.UserAgent, l.Address, token, l.TokenHint, string(l.Kind), string(l.Outcome), string(l.Code),
		l.ResourceType, textOrNull(l.ResourceID), l.Subject, requestlog.SubjectKey(l.Subject),
		detail, textOrNull(l.RequestBody), textOrNull(l.ResponseBody),
	}, nil
}

type stateRow struct {
	Connection string          `json:"connection"`
	State      json.RawMessage `json:"state"`
}

type cycleRow struct {
	Connection string          `json:"connection"`
	ID         string          `json:"id"`
	StartedAt  int64           `json:"started_at"`
	EndedAt    int64           `json:"ended_at"`
	Requests   int64           `json:"requests"`
	Refused    int64           `json:"refused"`
	Failed     int64           `json:"failed"`
	Summary    json.RawMessage `json:"summary"`
}

func cycleRowOf(connection string, c *requestlog.Cycle) cycleRow {
	row := cycleRow{
		Connection: connection, ID: c.ID.UUID(), StartedAt: c.StartedAt.UnixMicro(), EndedAt: c.EndedAt.UnixMicro(),
		Requests: c.Requests, Refused: c.Refused, Failed: c.Failed, Summary: c.Summary,
	}
	if len(row.Summary) == 0 {
		row.Summary = json.RawMessage(`{}`)
	}
	return row
}

func upsertCycles(d dialect) string {
	return `
		insert into sync_cycles (tenant_id, connection_id, id, started_at, ended_at, requests, refused, failed, summary)
		select $1, n.connection, n.id, n.started_at, n.ended_at, n.requests, n.refused, n.failed, n.summary
		from ` + d.jsonRecords("$2", "n", "requests bigint", "connection uuid", "id uuid", "started_at bigint", "ended_at bigint",
		"refused bigint", "failed bigint", "summary json") + `
		where true
		on conflict (tenant_id, connection_id, id) do update set started_at = excluded.started_at, ended_at = excluded.ended_at,
			requests = excluded.requests, refused = excluded.refused, failed = excluded.failed, summary = excluded.summary`
}

type hourRow struct {
	Connection string `json:"connection"`
	Hour       int64  `json:"hour"`
	Requests   int64  `json:"requests"`
	Changes    int64  `json:"changes"`
	Refused    int64  `json:"refused"`
	Failed     int64  `json:"failed"`
	Duration   int64  `json:"duration"`
}

func upsertHours(d dialect) string {
	return `
		insert into request_hours (tenant_id, connection_id, hour, requests, changes, refused, failed, duration)
		select $1, n.connection, n.hour, n.requests, n.changes, n.refused, n.failed, n.duration
		from ` + d.jsonRecords("$2", "n", "requests bigint", "connection uuid", "hour bigint", "changes bigint",
		"refused bigint", "failed bigint", "duration bigint") + `
		where true
		on conflict (tenant_id, connection_id, hour) do update set requests = request_hours.requests + excluded.requests,
			changes = request_hours.changes + excluded.changes, refused = request_hours.refused + excluded.refused,
			failed = request_hours.failed + excluded.failed, duration = request_hours.duration + excluded.duration`
}
