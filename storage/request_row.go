package storage

import (
	"encoding/json"

	"github.com/roster-scim/roster/tenants/requestlog"
)

var idColumns = rowColumns[idRow]{{name: "id", kind: "uuid", text: func(r *idRow) string { return r.ID }}}

type stateRow struct {
	Connection string          `json:"connection"`
	State      json.RawMessage `json:"state"`
}

var stateColumns = rowColumns[stateRow]{
	{name: "connection", kind: "uuid", text: func(r *stateRow) string { return r.Connection }},
	{name: "state", kind: "json", text: func(r *stateRow) string { return string(r.State) }},
}

func updateStates(d dialect) string {
	return `
		update connection_states set state = n.state, updated_at = $2
		from ` + stateColumns.table(d, 3) + `
		where connection_states.tenant_id = $1 and connection_states.connection_id = n.connection`
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

var cycleColumns = rowColumns[cycleRow]{
	{name: "connection", kind: "uuid", text: func(r *cycleRow) string { return r.Connection }},
	{name: "id", kind: "uuid", text: func(r *cycleRow) string { return r.ID }},
	{name: "started_at", kind: "bigint", number: func(r *cycleRow) int64 { return r.StartedAt }},
	{name: "ended_at", kind: "bigint", number: func(r *cycleRow) int64 { return r.EndedAt }},
	{name: "requests", kind: "bigint", number: func(r *cycleRow) int64 { return r.Requests }},
	{name: "refused", kind: "bigint", number: func(r *cycleRow) int64 { return r.Refused }},
	{name: "failed", kind: "bigint", number: func(r *cycleRow) int64 { return r.Failed }},
	{name: "summary", kind: "json", text: func(r *cycleRow) string { return string(r.Summary) }},
}

func upsertCycles(d dialect) string {
	return `
		insert into sync_cycles (tenant_id, connection_id, id, started_at, ended_at, requests, refused, failed, summary)
		select $1, n.connection, n.id, n.started_at, n.ended_at, n.requests, n.refused, n.failed, n.summary
		from ` + cycleColumns.table(d, 2) + `
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

var hourColumns = rowColumns[hourRow]{
	{name: "connection", kind: "uuid", text: func(r *hourRow) string { return r.Connection }},
	{name: "hour", kind: "bigint", number: func(r *hourRow) int64 { return r.Hour }},
	{name: "requests", kind: "bigint", number: func(r *hourRow) int64 { return r.Requests }},
	{name: "changes", kind: "bigint", number: func(r *hourRow) int64 { return r.Changes }},
	{name: "refused", kind: "bigint", number: func(r *hourRow) int64 { return r.Refused }},
	{name: "failed", kind: "bigint", number: func(r *hourRow) int64 { return r.Failed }},
	{name: "duration", kind: "bigint", number: func(r *hourRow) int64 { return r.Duration }},
}

func upsertHours(d dialect) string {
	return `
		insert into request_hours (tenant_id, connection_id, hour, requests, changes, refused, failed, duration)
		select $1, n.connection, n.hour, n.requests, n.changes, n.refused, n.failed, n.duration
		from ` + hourColumns.table(d, 2) + `
		where true
		on conflict (tenant_id, connection_id, hour) do update set requests = request_hours.requests + excluded.requests,
			changes = request_hours.changes + excluded.changes, refused = request_hours.refused + excluded.refused,
			failed = request_hours.failed + excluded.failed, duration = request_hours.duration + excluded.duration`
}
