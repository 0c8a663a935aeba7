package storage

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
)

// TestHealthIsReadByKeys: SQLite reads nothing of other connections, and of the
// directory only what is looked into.
func TestHealthIsReadByKeys(t *testing.T) {
	t.Parallel()
	h := newHealthFixture(fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1})))
	c := h.connection(h.owner, "One")
	h.must(h.changeConnection(c, func(c *tenants.Connection) { c.Status = tenants.ConnectionPaused }))
	h.came(c, made, 1)
	h.inspect(c, 3)
	h.facts(health.Selection{Limit: 10})
	h.facts(health.Selection{Only: c.ID, Limit: 1})
	var last *health.StoredCycle
	for _, q := range []health.CycleQuery{{}, {Connection: c.ID}, {Since: made.Add(-time.Hour), Until: made.Add(time.Hour), Before: tenants.NewCycleID()}} {
		q.Limit = 10
		list, err := h.health.Cycles(h.ctx, h.owner.ID, q)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d, %v", len(list), err)
		}
		last = list[0]
	}
	_, err := h.health.Cycle(h.ctx, h.owner.ID, c.ID, last.ID)
	h.must(err)
	_, err = h.health.Hours(h.ctx, h.owner.ID, c.ID, made, made.Add(time.Hour))
	h.must(err)
	_, err = h.health.Changed(h.ctx, []health.Watched{{Tenant: h.owner.ID, Connection: c.ID}})
	h.must(err)

	mine := regexp.MustCompile(`connection_states s|request_hours h|directory_totals d|sync_cycles y|resource_values v|pending_members p|resources r|audit e`)
	whole := regexp.MustCompile(`SCAN (resources|resource_values|members|pending_members|connection_states|sync_cycles|request_hours|audit|[rvmpsyheu])( |$)|\(tenant_id=\?\)$`)
	fine := regexp.MustCompile(`sync_cycles_tenant|SEARCH [ctk] |SCAN s$|SEARCH s USING AUTOMATIC`) // in order and to the limit; few; what was found
	n := 0
	for _, query := range h.statements() {
		if !mine.MatchString(query) || !strings.Contains(strings.TrimSpace(query)[:6], "select") && !strings.HasPrefix(strings.TrimSpace(query), "with") {
			continue
		}
		n++
		args := make([]any, strings.Count(query, "$"))
		for i := range args {
			args[i] = "[]"
		}
		for _, step := range h.rows(`explain query plan `+query, args...) {
			if whole.MatchString(step) && !fine.MatchString(step) {
				t.Errorf("%s\nin %s", step, query)
			}
		}
	}
	if n < 12 {
		t.Errorf("only %d statements were seen", n)
	}
}
