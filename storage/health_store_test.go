package storage

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// healthFixture is a tenant's connections and what came by them.
type healthFixture struct {
	*control
	health   *Health
	requests *Requests
	owner    *tenants.Tenant
}

func newHealthFixture(f *fixture) *healthFixture {
	c := newControl(f)
	return &healthFixture{control: c, health: NewHealth(f.db), owner: c.tenant(),
		requests: NewRequests(f.db, health.Folder{}, slog.New(slog.DiscardHandler))}
}

// came stores that a user was created by each of some requests, a minute apart.
func (h *healthFixture) came(by *tenants.Connection, at time.Time, n int) []requestlog.Line {
	h.t.Helper()
	var lines []requestlog.Line
	token := tenants.NewTokenID()
	for i := range n {
		id := tenants.NewRequestID()
		lines = append(lines, requestlog.Line{
			TenantID: by.TenantID, ConnectionID: by.ID, TokenID: token, ID: id, At: at.Add(time.Duration(i) * time.Minute), Duration: time.Millisecond,
			Method: "POST", Path: "/Users", Status: 201, Kind: requestlog.KindUserCreate, Outcome: requestlog.Done, ResourceType: "User",
			Detail: requestlog.Detail{Provider: by.Provider, Effects: []requestlog.Effect{{Action: requestlog.EffectCreated, ResourceType: "User", Name: "Jane"}}},
		})
	}
	h.must(h.requests.Append(h.ctx, lines, false))
	return lines
}

func (h *healthFixture) facts(sel health.Selection) []*health.Facts {
	h.t.Helper()
	list, err := h.health.Facts(h.ctx, h.owner.ID, sel, made.Add(time.Hour))
	h.must(err)
	return list
}

func TestFactsOfConnections(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		busy, idle, paused, gone := h.connection(h.owner, "Busy"), h.connection(h.owner, "Idle"), h.connection(h.owner, "Paused"), h.connection(h.owner, "Gone")
		h.connection(h.tenant(), "Of another tenant")
		first := h.token(busy, "First", time.Hour)
		second := h.token(busy, "Second", 0)
		for _, state := range []tenants.ConnectionStatus{tenants.ConnectionPaused, tenants.ConnectionActive, tenants.ConnectionPaused} {
			h.must(h.changeConnection(paused, func(c *tenants.Connection) { c.Status = state }))
		}
		h.delete(gone, tenants.KeepPeople)
		dir := h.directory(busy)
		dir.user("ann")
		dir.create(userType, draft(doc{"userName": "bob", "active": false}))
		dir.group("Sales")
		h.came(busy, made.Add(-23*time.Hour), 3)
		h.came(busy, made.Add(-30*time.Hour), 1)

		list := h.facts(health.Selection{Limit: 10})
		if len(list) != 4 || list[0].Connection.Name != "Busy" || list[3].Connection.State() != tenants.ConnectionDeleting {
			t.Fatalf("%d connections", len(list))
		}
		b := list[0]
		if len(b.Tokens) != 2 || b.Tokens[0].ID != second.ID || b.Tokens[1].ID != first.ID || !b.Tokens[1].ExpiresAt.Equal(made.Add(time.Hour)) {
			t.Errorf("tokens %v", b.Tokens)
		}
		if b.Directory != (tenants.DirectoryCount{People: 2, Active: 1, Groups: 1}) || b.Day.Requests != 3 || b.Day.Changes != 3 {
			t.Errorf("directory %+v, 24 hours %+v", b.Directory, b.Day)
		}
		if len(b.State) == 0 || b.StateAt.IsZero() {
			t.Error("there is no state")
		}
		if i := list[1]; len(i.Tokens) != 0 || i.State != nil || !i.StateAt.IsZero() || i.Connection.ID != idle.ID {
			t.Errorf("idle: %+v", i)
		}
		if p := list[2]; p.PausedBy != "Jane" || p.PausedAt.IsZero() {
			t.Errorf("paused at %v by %q", p.PausedAt, p.PausedBy)
		}
		if page := h.facts(health.Selection{After: busy.ID, Limit: 2}); len(page) != 2 || page[0].Connection.ID != idle.ID {
			t.Errorf("second page %v", page)
		}
		if one := h.facts(health.Selection{Only: busy.ID, Limit: 1}); len(one) != 1 || one[0].Connection.ID != busy.ID {
			t.Errorf("one: %v", one)
		}
	})
}

func TestCyclesAndHours(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		one, two := h.connection(h.owner, "One"), h.connection(h.owner, "Two")
		other := h.connection(h.tenant(), "Of another tenant")
		at := made.Truncate(time.Hour).Add(50 * time.Minute)
		a := h.came(one, at, 20)
		b := h.came(two, at.Add(time.Hour), 1)
		h.came(other, at, 1)
		c := h.came(one, at.Add(2*time.Hour), 1)

		list, err := h.health.Cycles(h.ctx, h.owner.ID, health.CycleQuery{Limit: 10})
		h.must(err)
		var got []string
		for _, y := range list {
			got = append(got, y.Connection.Name+" "+y.ID.UUID())
		}
		want := "One " + c[0].ID.UUID() + ", Two " + b[0].ID.UUID() + ", One " + a[0].ID.UUID()
		if strings.Join(got, ", ") != want {
			t.Errorf("cycles %v, want %s", got, want)
		}
		if y := list[2]; y.Requests != 20 || !y.EndedAt.Equal(at.Add(19*time.Minute)) || !y.StartedAt.Equal(at) || y.Connection.Provider != quirk.Okta {
			t.Errorf("%+v", y.Cycle)
		}
		for name, q := range map[string]health.CycleQuery{
			"of one":  {Connection: two.ID, Limit: 10},
			"between": {Since: at.Add(time.Minute), Until: at.Add(2 * time.Hour), Limit: 10},
			"page":    {Before: list[0].ID, Limit: 1},
		} {
			if some, err := h.health.Cycles(h.ctx, h.owner.ID, q); err != nil || len(some) != 1 || some[0].ID != list[1].ID {
				t.Errorf("%s: %v, %v", name, some, err)
			}
		}
		if y, err := h.health.Cycle(h.ctx, h.owner.ID, one.ID, list[0].ID); err != nil || y.ID != list[0].ID {
			t.Errorf("one cycle: %v, %v", y, err)
		}
		for name, connection := range map[string]*tenants.Connection{"another connection": two, "another tenant": other} {
			if _, err := h.health.Cycle(h.ctx, h.owner.ID, connection.ID, list[0].ID); !errors.Is(err, tenants.ErrNotFound) {
				t.Errorf("cycle by %s: %v", name, err)
			}
		}
		hours, err := h.health.Hours(h.ctx, h.owner.ID, one.ID, made.Add(-time.Hour), made.Add(2*time.Hour))
		h.must(err)
		if len(hours) != 2 || hours[0].Requests != 10 || hours[1].Requests != 10 || hours[1].Changes != 10 || hours[0].Duration != 10*time.Millisecond {
			t.Errorf("hours %+v", hours)
		}
	})
}

func TestChangesOfStates(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHealthFixture(f)
		one, idle := h.connection(h.owner, "One"), h.connection(h.owner, "Idle")
		other := h.connection(h.tenant(), "Of another tenant")
		h.came(one, made, 1)
		h.came(other, made, 1)
		list := []health.Watched{
			{Tenant: other.TenantID, Connection: other.ID}, {Tenant: h.owner.ID, Connection: idle.ID},
			{Tenant: h.owner.ID, Connection: one.ID}, {Tenant: h.owner.ID, Connection: other.ID},
		}
		before, err := h.health.Changed(h.ctx, list)
		h.must(err)
		if before[0].IsZero() || !before[1].IsZero() || before[2].IsZero() || !before[3].IsZero() {
			t.Fatalf("stored at %v", before)
		}
		h.came(one, made.Add(time.Second), 1)
		after, err := h.health.Changed(h.ctx, list)
		h.must(err)
		if !after[2].After(before[2]) || !after[0].Equal(before[0]) {
			t.Errorf("stored at %v, then %v", before, after)
		}
	})
}
