package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

const (
	costsFile = "testdata/costs.txt"

	// costRequests is how many requests one measurement counts, costRounds how many
	// there are, of which the lowest counts: what other goroutines do meanwhile can
	// only add to one.
	costRequests = 100
	costRounds   = 4

	// costTolerance is by how much allocations may rise: others than the request's
	// count too, and they scatter by some per cent under load.
	costTolerance = 0.10
)

// cost is what a request costs the server.
type cost struct {
	allocs     int64 // in memory, of the request's own goroutine
	trips      int64 // to the database and back; 0: it is in the process
	statements int64
}

// BenchmarkCosts is the gate of "make bench-check": it fails if a kind of request
// costs more than the file says. With COSTS_UPDATE=1 it writes the file. Its own
// time means nothing.
func BenchmarkCosts(b *testing.B) {
	update := os.Getenv("COSTS_UPDATE") == "1"
	known := readCosts(b)
	found := map[string]cost{}
	for _, on := range []*backend{onSQLite, onPostgres, onRedis} {
		b.Run(on.name, func(b *testing.B) {
			d := newStill(b, on)
			for _, op := range d.operations() {
				name := on.name + "/" + strings.ReplaceAll(op.name, " ", "-")
				c := d.costOf(b, op)
				found[name] = c
				if limit, ok := known[name]; !update {
					compareCosts(b, name, c, limit, ok)
				}
			}
		})
	}
	if update {
		writeCosts(b, found)
	}
}

// newStill starts a server that does nothing but answer: its request log takes
// what it is told, and waits with storing it.
func newStill(b *testing.B, on *backend) *direct {
	b.Helper()
	held := make(heldLog)
	recorder := requestlog.NewRecorder(held, slog.New(slog.DiscardHandler))
	s := on.startAs(b, on.site(b), func(*Config) {}, func(a *App) { a.unrecorded, a.recorder = true, recorder })
	b.Cleanup(func() { close(held) })
	return onServer(b, s, 200)
}

// heldLog is where a request log stores nothing until it is closed.
type heldLog chan struct{}

func (h heldLog) Places(ctx context.Context, _ []tenants.ConnectionID) ([]requestlog.Place, error) {
	select {
	case <-h:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h heldLog) Append(context.Context, []requestlog.Line, bool) error { return nil }

// costOf is the least that a request of a kind has cost in several rounds.
func (d *direct) costOf(b *testing.B, op costly) cost {
	b.Helper()
	d.round(b, op) // what is made once, and kept
	least := d.round(b, op)
	for range costRounds - 1 {
		c := d.round(b, op)
		least = cost{min(least.allocs, c.allocs), min(least.trips, c.trips), min(least.statements, c.statements)}
	}
	return least
}

// round sends requests that were made before, and without a collection of
// garbage, which would take away what is kept for the next request.
func (d *direct) round(b *testing.B, op costly) cost {
	b.Helper()
	requests := d.requests(b, op, costRequests)
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	db := d.s.app.db
	trips, statements := db.RoundTrips(), db.Statements()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d.serve(b, op, requests)
	runtime.ReadMemStats(&after)
	each := func(n int64) int64 { return int64(math.Round(float64(n) / costRequests)) }
	return cost{
		allocs: each(int64(after.Mallocs - before.Mallocs)),
		trips:  each(db.RoundTrips() - trips), statements: each(db.Statements() - statements),
	}
}

// compareCosts fails for each figure that has risen.
func compareCosts(b *testing.B, name string, c, limit cost, known bool) {
	b.Helper()
	const remedy = "\nIf that has to be, accept it: make bench-check UPDATE=1, and say in the commit what it is for."
	if !known {
		b.Errorf("%s: %s does not say what it may cost.%s", name, costsFile, remedy)
		return
	}
	if most := limit.allocs + int64(math.Ceil(float64(limit.allocs)*costTolerance)); c.allocs > most {
		b.Errorf("%s: %d allocations per request, were %d (at most %d).%s", name, c.allocs, limit.allocs, most, remedy)
	}
	if c.trips > limit.trips {
		b.Errorf("%s: %d round trips to the database per request, were %d.%s", name, c.trips, limit.trips, remedy)
	}
	if c.statements > limit.statements {
		b.Errorf("%s: %d statements per request, were %d.%s", name, c.statements, limit.statements, remedy)
	}
	if c.trips < limit.trips || c.statements < limit.statements ||
		float64(c.allocs) < float64(limit.allocs)*(1-costTolerance) {
		b.Logf("%s costs less than it did: %s, were %s. Keep it so: make bench-check UPDATE=1", name, c, limit)
	}
}

func (c cost) String() string {
	return fmt.Sprintf("%d allocations, %d round trips, %d statements", c.allocs, c.trips, c.statements)
}

const costsLine = "%-30s %6d %6d %11d\n"

func writeCosts(b *testing.B, costs map[string]cost) {
	b.Helper()
	var text strings.Builder
	text.WriteString("# What a request may cost the server: allocations, round trips to the database\n" +
		"# and statements. Checked and written by make bench-check; see BenchmarkCosts.\n" +
		fmt.Sprintf("%-30s %6s %6s %11s\n", "# backend/request", "allocs", "trips", "statements"))
	for _, name := range slices.Sorted(maps.Keys(costs)) {
		c := costs[name]
		fmt.Fprintf(&text, costsLine, name, c.allocs, c.trips, c.statements)
	}
	if err := os.WriteFile(costsFile, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
}

func readCosts(b *testing.B) map[string]cost {
	b.Helper()
	text, err := os.ReadFile(costsFile)
	if err != nil && !os.IsNotExist(err) {
		b.Fatal(err)
	}
	costs := map[string]cost{}
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var name string
		var c cost
		if _, err := fmt.Sscan(lines.Text(), &name, &c.allocs, &c.trips, &c.statements); err != nil {
			b.Fatalf("%s: %q: %v", costsFile, lines.Text(), err)
		}
		costs[name] = c
	}
	return costs
}

// requests makes the next requests of a kind, and what they need.
func (d *direct) requests(t testing.TB, op costly, n int) []*http.Request {
	t.Helper()
	if op.prepare != nil {
		op.prepare(t, n)
	}
	requests := make([]*http.Request, n)
	for i := range requests {
		requests[i] = d.request(op.ask(d.next + i))
	}
	d.next += n
	return requests
}
