package storage

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/tenants/requestlog"
)

// storedLine is a line as the table has it.
type storedLine struct {
	*requestlog.Line
	detail string
}

func storedLines(groups []*lineGroup) ([]storedLine, error) {
	n := 0
	for _, g := range groups {
		n += len(g.lines)
	}
	all := make([]storedLine, 0, n)
	for _, g := range groups {
		for i := range g.lines {
			detail, err := encode(&g.lines[i].Detail)
			if err != nil {
				return nil, fmt.Errorf("encode line: %w", err)
			}
			all = append(all, storedLine{&g.lines[i], detail})
		}
	}
	return all, nil
}

// requestColumns are all columns of requests but the first, the tenant.
var requestColumns = rowColumns[storedLine]{
	{name: "connection_id", kind: "uuid", text: func(l *storedLine) string { return l.ConnectionID.UUID() }},
	{name: "id", kind: "uuid", text: func(l *storedLine) string { return l.ID.UUID() }},
	{name: "at", kind: "bigint", number: func(l *storedLine) int64 { return l.At.UnixMicro() }},
	{name: "duration", kind: "bigint", number: func(l *storedLine) int64 { return l.Duration.Microseconds() }},
	{name: "repeats", kind: "bigint", number: func(l *storedLine) int64 { return l.Repeats }},
	{name: "cycle_id", kind: "uuid", text: cycleOf, nullable: true},
	{name: "method", kind: "text", text: func(l *storedLine) string { return l.Method }},
	{name: "path", kind: "text", text: func(l *storedLine) string { return l.Path }},
	{name: "status", kind: "bigint", number: func(l *storedLine) int64 { return int64(l.Status) }},
	{name: "request_id", kind: "text", text: func(l *storedLine) string { return l.RequestID }},
	{name: "user_agent", kind: "text", text: func(l *storedLine) string { return l.UserAgent }},
	{name: "address", kind: "text", text: func(l *storedLine) string { return l.Address }},
	{name: "token_id", kind: "uuid", text: tokenOf, nullable: true},
	{name: "token_hint", kind: "text", text: func(l *storedLine) string { return l.TokenHint }},
	{name: "kind", kind: "text", text: func(l *storedLine) string { return string(l.Kind) }},
	{name: "outcome", kind: "text", text: func(l *storedLine) string { return string(l.Outcome) }},
	{name: "code", kind: "text", text: func(l *storedLine) string { return string(l.Code) }},
	{name: "resource_type", kind: "text", text: func(l *storedLine) string { return l.ResourceType }},
	{name: "resource_id", kind: "uuid", text: func(l *storedLine) string { return l.ResourceID }, nullable: true},
	{name: "subject", kind: "text", text: func(l *storedLine) string { return l.Subject }},
	{name: "subject_key", kind: "text", text: func(l *storedLine) string { return requestlog.SubjectKey(l.Subject) }},
	{name: "detail", kind: "json", text: func(l *storedLine) string { return l.detail }},
	{name: "request_body", kind: "text", text: func(l *storedLine) string { return l.RequestBody }, nullable: true},
	{name: "response_body", kind: "text", text: func(l *storedLine) string { return l.ResponseBody }, nullable: true},
}

func cycleOf(l *storedLine) string {
	if l.CycleID.IsZero() {
		return ""
	}
	return l.CycleID.UUID()
}

func tokenOf(l *storedLine) string {
	if l.TokenID.IsZero() {
		return ""
	}
	return l.TokenID.UUID()
}

var insertLine = func() string {
	values := make([]string, len(requestColumns)+1)
	for i := range values {
		values[i] = "$" + strconv.Itoa(i+1)
	}
	return "insert into requests (" + requestColumns.names("tenant_id") + ") values (" + strings.Join(values, ", ") + ")"
}()

// addRequests adds the lines of a tenant's groups to a batch: by one statement where
// it may have them as arrays, which takes half of what as many statements take.
func (a *appending) addRequests(b *batch, tenant string, groups []*lineGroup) error {
	lines, err := storedLines(groups)
	if err != nil {
		return err
	}
	if a.takesArrays() {
		b.exec("insert into requests ("+requestColumns.names("tenant_id")+") select $1, n.* from "+requestColumns.table(a.tx, 2),
			requestColumns.params(a.tx, lines, tenant)...)
		return nil
	}
	for i := range lines {
		args := []any{tenant}
		for j := range requestColumns {
			args = append(args, requestColumns[j].value(&lines[i]))
		}
		b.exec(insertLine, args...)
	}
	return nil
}
