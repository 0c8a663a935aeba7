package storage

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/roster-scim/roster/tenants/requestlog"
)

// lineGroup is the lines of one connection, in order of time.
type lineGroup struct {
	tenant, connection string // UUIDs
	lines              []requestlog.Line

	found  bool // the connection is there
	state  []byte
	known  bool // state was stored
	next   []byte
	cycles []requestlog.Cycle
	hours  []requestlog.Hour
}

func (g *lineGroup) copy() *lineGroup {
	return &lineGroup{tenant: g.tenant, connection: g.connection, lines: slices.Clone(g.lines)}
}

// groupLines sorts lines by tenant, connection and time.
func groupLines(lines []requestlog.Line) []*lineGroup {
	byKey := map[[2]string]*lineGroup{}
	var groups []*lineGroup
	for i := range lines {
		l := &lines[i]
		key := [2]string{l.TenantID.UUID(), l.ConnectionID.UUID()}
		g := byKey[key]
		if g == nil {
			g = &lineGroup{tenant: key[0], connection: key[1]}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.lines = append(g.lines, *l)
	}
	for _, g := range groups {
		slices.SortFunc(g.lines, func(a, b requestlog.Line) int { return cmp.Compare(a.ID.UUID(), b.ID.UUID()) })
	}
	slices.SortFunc(groups, func(a, b *lineGroup) int {
		return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.connection, b.connection))
	})
	return groups
}

// appending is one transaction that stores lines.
type appending struct {
	*tx
	requests *Requests
	again    bool
	groups   []*lineGroup
}

// tenants calls do with the groups of each tenant, behind statements that
// confine the batch to it.
func (a *appending) tenants(b *batch, do func(tenant string, groups []*lineGroup)) {
	for start := 0; start < len(a.groups); {
		end, tenant := start, a.groups[start].tenant
		for end < len(a.groups) && a.groups[end].tenant == tenant {
			end++
		}
		a.confineIn(b, tenant)
		do(tenant, a.groups[start:end])
		start = end
	}
}

// read locks the states of the connections and finds out which of them are
// still there.
func (a *appending) read(ctx context.Context) error {
	b := &batch{}
	a.tenants(b, func(tenant string, groups []*lineGroup) {
		a.find(b, tenant, groups)
		a.findStored(b, tenant, groups)
	})
	if err := a.send(ctx, b); err != nil {
		return err
	}
	a.readClock() // whoever had the locks before was earlier
	a.groups = slices.DeleteFunc(a.groups, func(g *lineGroup) bool { return !g.found || len(g.lines) == 0 })
	return a.begin(ctx)
}

func groupOf(groups []*lineGroup, connection string) *lineGroup {
	i, ok := slices.BinarySearchFunc(groups, connection, func(g *lineGroup, id string) int { return cmp.Compare(g.connection, id) })
	if !ok {
		return nil
	}
	return groups[i]
}

func connectionsOf(groups []*lineGroup) []string {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.connection
	}
	return ids
}

// find looks which of a tenant's connections there are, and locks their states.
func (a *appending) find(b *batch, tenant string, groups []*lineGroup) {
	among, ids := amongIDs(a.tx, "$2", connectionsOf(groups))
	b.query(func(row scanner) error {
		var id string
		var state []byte
		if err := row.Scan(&id, &state); err != nil {
			return err
		}
		if g := groupOf(groups, id); g != nil {
			g.found, g.state, g.known = true, slices.Clone(state), state != nil
		}
		return nil
	}, `
		with states as (
			select s.connection_id, s.state from connection_states s
			where s.tenant_id = $1 and s.connection_id `+among+`
			order by s.connection_id`+a.forChange()+`
		)
		select cast(c.id as text), s.state from connections c
		left join states s on s.connection_id = c.id
		where c.tenant_id = $1 and c.id `+among+` and `+livingConnection, tenant, ids)
}

// begin makes the states of connections that have none yet, and locks them: two
// replicas may have met the connection's first request at the same time.
func (a *appending) begin(ctx context.Context) error {
	if a.requests.folder == nil || !slices.ContainsFunc(a.groups, func(g *lineGroup) bool { return !g.known }) {
		return nil
	}
	b := &batch{}
	a.tenants(b, func(tenant string, groups []*lineGroup) {
		rows := make([]idRow, len(groups))
		for i, g := range groups {
			rows[i].ID = g.connection
		}
		b.exec(`
			insert into connection_states (tenant_id, connection_id, state, updated_at)
			select $1, n.id, 'null', $2 from `+idColumns.table(a.tx, 3)+`
			where true
			order by n.id
			on conflict (tenant_id, connection_id) do nothing`, idColumns.params(a.tx, rows, tenant, a.micros())...)
		a.find(b, tenant, groups)
	})
	return a.send(ctx, b)
}

// findStored leaves out lines that an earlier attempt has stored after all.
func (a *appending) findStored(b *batch, tenant string, groups []*lineGroup) {
	if !a.again {
		return
	}
	var keys []idRow
	for _, g := range groups {
		for i := range g.lines {
			keys = append(keys, idRow{ID: g.lines[i].ID.UUID(), Type: g.connection})
		}
	}
	b.query(func(row scanner) error {
		var connection, id string
		if err := row.Scan(&connection, &id); err != nil {
			return err
		}
		if g := groupOf(groups, connection); g != nil {
			g.lines = slices.DeleteFunc(g.lines, func(l requestlog.Line) bool { return l.ID.UUID() == id })
		}
		return nil
	}, `
		select cast(r.connection_id as text), cast(r.id as text)
		from `+a.jsonRows("$2", "n", "id uuid", "type uuid")+`
		join requests r on r.tenant_id = $1 and r.connection_id = n.type and r.id = n.id`, tenant, jsonParam(keys))
}

// fold adds the lines to what is known of their connections. If that fails the
// lines are stored all the same.
func (a *appending) fold(ctx context.Context) {
	s := a.requests
	if s.folder == nil {
		return
	}
	for _, g := range a.groups {
		state := g.state
		if string(state) == "null" {
			state = nil
		}
		var err error
		provider := string(g.lines[len(g.lines)-1].Detail.Provider)
		if g.next, g.cycles, g.hours, err = s.folder.Fold(state, provider, g.lines, a.now); err != nil {
			g.next, g.cycles, g.hours = nil, nil, nil
			s.logger.LogAttrs(ctx, slog.LevelError, "requests could not be added up",
				slog.String("connection", g.connection), slog.Any("error", err))
		}
	}
}

// write stores everything.
func (a *appending) write(ctx context.Context) error {
	b := &batch{}
	var err error
	a.tenants(b, func(tenant string, groups []*lineGroup) {
		if err == nil {
			err = a.addRequests(b, tenant, groups)
		}
		a.writeSums(b, tenant, groups)
	})
	if err != nil || len(b.statements) == 0 {
		return err
	}
	return a.send(ctx, b)
}

// writeSums stores what the lines add up to.
func (a *appending) writeSums(b *batch, tenant string, groups []*lineGroup) {
	var states []stateRow
	var cycles []cycleRow
	var hours []hourRow
	for _, g := range groups {
		if g.next != nil {
			states = append(states, stateRow{g.connection, g.next})
		}
		for i := range g.cycles {
			cycles = append(cycles, cycleRowOf(g.connection, &g.cycles[i]))
		}
		hours = append(hours, hourRows(g.connection, g.hours)...)
	}
	if len(states) > 0 {
		b.exec(updateStates(a.tx), stateColumns.params(a.tx, states, tenant, a.micros())...)
	}
	if len(cycles) > 0 {
		b.exec(upsertCycles(a.tx), cycleColumns.params(a.tx, cycles, tenant)...)
	}
	if len(hours) > 0 {
		b.exec(upsertHours(a.tx), hourColumns.params(a.tx, hours, tenant)...)
	}
}

// hourRows adds up what is of one hour: a statement meets each row once.
func hourRows(connection string, hours []requestlog.Hour) []hourRow {
	var rows []hourRow
	for _, h := range hours {
		at := h.Start.Truncate(time.Hour).UnixMicro()
		i := slices.IndexFunc(rows, func(r hourRow) bool { return r.Hour == at })
		if i < 0 {
			i = len(rows)
			rows = append(rows, hourRow{Connection: connection, Hour: at})
		}
		r := &rows[i]
		r.Requests, r.Changes = r.Requests+h.Requests, r.Changes+h.Changes
		r.Refused, r.Failed = r.Refused+h.Refused, r.Failed+h.Failed
		r.Duration += h.Duration.Microseconds()
	}
	return rows
}
