package scimhttp_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // reads the journal beside the handler
)

// events are what the directory's events tell, in their order: the type and the
// name of what each is about, with the names of the members that it names. That
// the tenant's numbers have no gap is checked on the way.
func (b *bench) events(tb testing.TB) []string {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+b.file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(tb.Context(), `select e.sequence, e.connection_id, e.type, e.resource_id, e.data
		from events e where e.tenant_id = $1 order by e.sequence`, b.admission.Directory.TenantID)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var told []string
	names := map[string]string{}
	for n := int64(1); rows.Next(); n++ {
		var sequence int64
		var connection, kind, id, data string
		if err := rows.Scan(&sequence, &connection, &kind, &id, &data); err != nil {
			tb.Fatal(err)
		}
		if sequence != n {
			tb.Fatalf("event %d has the number %d", n, sequence)
		}
		line := kind + " " + subject(tb, names, id, data)
		if connection == b.admission.Directory.ConnectionID {
			told = append(told, line)
		}
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return told
}

// subject names what an event is about, as people call it. names collects the
// names of all resources by id.
func subject(tb testing.TB, names map[string]string, id, data string) string {
	tb.Helper()
	var event struct {
		UserName, DisplayName string
		Members               []struct{ Value string }
	}
	if err := json.Unmarshal([]byte(data), &event); err != nil {
		tb.Fatal(err)
	}
	if name := event.UserName + event.DisplayName; name != "" {
		names[id] = name
	}
	members := make([]string, len(event.Members))
	for i, m := range event.Members {
		members[i] = "+" + names[m.Value]
	}
	slices.Sort(members)
	return names[id] + strings.Join(members, "")
}
