package requestlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// memory is a sink that keeps lines in memory.
type memory struct {
	mu     sync.Mutex
	tenant tenants.TenantID
	known  map[tenants.ConnectionID]bool // nil: every connection is there
	away   error                         // what every call answers
	poison string                        // a path that cannot be stored
	asked  int
	lines  []Line
}

func (m *memory) Places(_ context.Context, connections []tenants.ConnectionID) ([]Place, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked += len(connections)
	var places []Place
	for _, id := range connections {
		if m.known == nil || m.known[id] {
			places = append(places, Place{m.tenant, id, quirk.Okta, tenants.BodiesRedacted})
		}
	}
	return places, m.away
}

func (m *memory) Append(_ context.Context, lines []Line, _ bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return m.away
	}
	for i := range lines {
		if m.poison != "" && lines[i].Path == m.poison {
			return errors.New("this cannot be stored")
		}
	}
	m.lines = append(m.lines, lines...)
	return nil
}

// requests is how many requests the lines stand for.
func (m *memory) requests() (n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.lines {
		n += m.lines[i].Requests()
	}
	return n
}

func (m *memory) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// quiet is a recorder that stores when the test says so.
func quiet(m *memory) *Recorder {
	m.tenant = tenants.NewTenantID()
	r := newRecorder(m, slog.New(slog.DiscardHandler))
	r.now = func() time.Time { return began }
	return r
}

var began = time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)

func read(connection tenants.ConnectionID, at time.Time) Exchange {
	return Exchange{At: at, Duration: time.Millisecond, TenantID: "t", Connection: connection.String(), Method: "GET",
		Path: "Users", RawQuery: `filter=userName+eq+%22a%22`, Status: 200, ResponseBody: []byte(`{"totalResults":0}`)}
}

func flushAll(t *testing.T, r *Recorder) {
	t.Helper()
	for {
		n, err := r.flush(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func TestFoldingKeepsCounts(t *testing.T) {
	t.Parallel()
	m := &memory{}
	r := quiet(m)
	a, b := tenants.NewConnectionID(), tenants.NewConnectionID()
	const n = 1000
	for i := range n {
		at := began.Add(time.Duration(i) * time.Millisecond / 2) // all in one second
		r.Record(read(a, at))
		refused := read(b, at)
		refused.Method, refused.Status, refused.Code = "POST", 401, CodeTokenUnknown
		r.Record(refused)
		write := read(a, at)
		write.Method, write.Status, write.RawQuery = "POST", 201, ""
		r.Record(write)
		if i%250 == 249 {
			flushAll(t, r)
		}
	}
	counts, folded := map[string]int64{}, map[string]int64{}
	var duration time.Duration
	for i := range m.lines {
		l := &m.lines[i]
		key := fmt.Sprint(l.Method, l.Status)
		counts[key] += l.Requests()
		duration += l.Duration
		if l.Repeats > 0 {
			folded[key] += l.Repeats
		}
	}
	for key, want := range map[string]int64{"GET200": n, "POST401": n, "POST201": n} {
		if counts[key] != want {
			t.Errorf("%s: %d requests, want %d", key, counts[key], want)
		}
	}
	if folded["POST201"] != 0 {
		t.Error("writes were folded")
	}
	if lines := n - folded["GET200"]; lines < linesPerSecond || lines > linesPerSecond+8 {
		t.Errorf("%d lines of reads", lines)
	}
	if duration != 3*n*time.Millisecond {
		t.Errorf("duration %v", duration)
	}
	if s := r.Stats(); s.Folded != folded["GET200"]+folded["POST401"] || s.Lost != 0 || s.Waiting != 0 || s.Stored != int64(len(m.lines)) {
		t.Errorf("stats %+v", s)
	}
}

// TestFoldingAcrossConnections: the reads of many connections, none of them fast,
// are folded too when together they are too many.
func TestFoldingAcrossConnections(t *testing.T) {
	t.Parallel()
	m := &memory{}
	r := quiet(m)
	var connections []tenants.ConnectionID
	for range 40 {
		connections = append(connections, tenants.NewConnectionID())
	}
	for i := range 2000 {
		r.Record(read(connections[i%40], began))
	}
	flushAll(t, r)
	if got := m.requests(); got != 2000 {
		t.Errorf("%d requests", got)
	}
	if lines := len(m.lines); lines > readsPerSecond+40 {
		t.Errorf("%d lines", lines)
	}
}

// TestRecorderWithoutDatabase: lines wait, within bounds; then the oldest go and
// are counted, and what is left is stored in order when the database is back.
func TestRecorderWithoutDatabase(t *testing.T) {
	t.Parallel()
	m := &memory{away: errors.New("away")}
	r := quiet(m)
	connection := tenants.NewConnectionID()
	const n = maxWaiting + 20_000
	for i := range n {
		x := read(connection, began.Add(time.Duration(i)*time.Second))
		x.Method, x.Status, x.RawQuery = "DELETE", 204, ""
		x.Path = fmt.Sprintf("Users/%d", i)
		r.Record(x)
		if i%10_000 == 0 {
			if _, err := r.flush(t.Context()); err == nil {
				t.Fatal("stored while the database is away")
			}
		}
	}
	if s := r.Stats(); s.Waiting > maxWaiting || s.Lost+int64(s.Waiting) != n || s.Lost == 0 {
		t.Fatalf("stats %+v", s)
	}
	m.set(func() { m.away = nil })
	flushAll(t, r)
	s := r.Stats()
	if int64(len(m.lines))+s.Lost != n || s.Waiting != 0 {
		t.Errorf("%d stored, stats %+v", len(m.lines), s)
	}
	if first, last := m.lines[0].Path, m.lines[len(m.lines)-1].Path; first != fmt.Sprintf("/Users/%d", s.Lost) || last != fmt.Sprintf("/Users/%d", n-1) {
		t.Errorf("stored %s to %s, %d lost", first, last, s.Lost)
	}
	if !slices.IsSortedFunc(m.lines, func(a, b Line) int { return strings.Compare(a.ID.UUID(), b.ID.UUID()) }) {
		t.Error("not in order")
	}
}

// TestRecorderShedsBodies: bodies go before lines do.
func TestRecorderShedsBodies(t *testing.T) {
	t.Parallel()
	m := &memory{away: errors.New("away")}
	r := quiet(m)
	connection := tenants.NewConnectionID()
	body := []byte(strings.Repeat(" ", 4<<20) + "{}")
	for i := range 40 {
		x := read(connection, began.Add(time.Duration(i)*time.Second))
		x.Method, x.RequestBody = "POST", body
		r.Record(x)
		if i == 30 {
			_, _ = r.flush(t.Context())
		}
	}
	if r.bytes > maxBytes {
		t.Errorf("%d bytes wait", r.bytes)
	}
	m.set(func() { m.away = nil })
	flushAll(t, r)
	cut := 0
	for i := range m.lines {
		if m.lines[i].Detail.Cut && m.lines[i].RequestBody == "" {
			cut++
		}
	}
	if len(m.lines) != 40 || cut < 20 || cut == 40 || r.bytes != 0 {
		t.Errorf("%d lines, %d without bodies, %d bytes left", len(m.lines), cut, r.bytes)
	}
}

// TestRecorderStoresAroundPoison: lines that the database refuses keep nobody
// else's from being stored, and are given up.
func TestRecorderStoresAroundPoison(t *testing.T) {
	t.Parallel()
	m := &memory{poison: "/Poison"}
	r := quiet(m)
	bad, good := tenants.NewConnectionID(), tenants.NewConnectionID()
	x := read(bad, began)
	x.Path, x.RawQuery = "Poison", ""
	r.Record(x)
	for i := range triesAlone {
		r.Record(read(good, began.Add(time.Duration(i+1)*time.Second)))
		_, _ = r.flush(t.Context())
		if len(m.lines) != i+1 {
			t.Fatalf("%d lines after %d flushes", len(m.lines), i+1)
		}
	}
	if s := r.Stats(); s.Waiting != 0 || s.Lost != 1 {
		t.Errorf("stats %+v", s)
	}
}

// TestRecorderFindsPoisonOfOneConnection: the lines around it are stored, though
// no other connection shows that the database works.
func TestRecorderFindsPoisonOfOneConnection(t *testing.T) {
	t.Parallel()
	m := &memory{poison: "/Poison"}
	r := quiet(m)
	connection := tenants.NewConnectionID()
	for i := range 40 {
		x := read(connection, began.Add(time.Duration(i)*time.Second))
		if i == 17 {
			x.Path, x.RawQuery = "Poison", ""
		}
		r.Record(x)
	}
	for range triesAlone {
		_, _ = r.flush(t.Context())
	}
	if s := r.Stats(); s.Waiting != 0 || s.Lost != 1 || len(m.lines) != 39 {
		t.Errorf("%d lines, stats %+v", len(m.lines), s)
	}
}

// TestHintOfOddTokens: whatever is sent as a token can be stored.
func TestHintOfOddTokens(t *testing.T) {
	t.Parallel()
	m := &memory{}
	r := quiet(m)
	x := read(tenants.NewConnectionID(), began)
	x.TokenHint, x.TokenSent = HintOf("rstrtok" + strings.Repeat("a", 40) + "\xff\xff\x00\xff")
	x.Status, x.Code = 401, CodeTokenUnknown
	r.Record(x)
	flushAll(t, r)
	if len(m.lines) != 1 || !utf8.ValidString(m.lines[0].TokenHint) || strings.ContainsRune(m.lines[0].TokenHint, 0) {
		t.Errorf("%+v", m.lines)
	}
}

// TestRecorderLeavesStrangersOut: what came to no connection is dropped, and
// asked for once.
func TestRecorderLeavesStrangersOut(t *testing.T) {
	t.Parallel()
	connection := tenants.NewConnectionID()
	m := &memory{known: map[tenants.ConnectionID]bool{connection: true}}
	r := quiet(m)
	stranger := tenants.NewConnectionID()
	for range 3 {
		for _, id := range []string{stranger.String(), connection.String(), "con", "x' or 1=1"} {
			x := read(connection, began)
			x.TenantID, x.Connection, x.Status = "", id, 401
			r.Record(x)
		}
		flushAll(t, r)
	}
	if len(m.lines) != 3 || m.asked != 2 || r.Stats().Lost != 0 {
		t.Errorf("%d lines, %d asked, %+v", len(m.lines), m.asked, r.Stats())
	}
}

func TestCloseStores(t *testing.T) {
	t.Parallel()
	m := &memory{tenant: tenants.NewTenantID()}
	r := NewRecorder(m, slog.New(slog.DiscardHandler))
	connection := tenants.NewConnectionID()
	const writers, each = 8, 800
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for range each {
				r.Record(read(connection, time.Now()))
			}
		})
	}
	wait.Wait()
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := m.requests(); got != writers*each {
		t.Errorf("%d requests, want %d", got, writers*each)
	}
}

// TestRecorderStoresByItself waits for a flush that nobody asked for.
func TestRecorderStoresByItself(t *testing.T) {
	t.Parallel()
	m := &memory{tenant: tenants.NewTenantID(), away: errors.New("away")}
	r := NewRecorder(m, slog.New(slog.DiscardHandler))
	defer r.Close(context.Background())
	r.Record(read(tenants.NewConnectionID(), time.Now()))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for tick := time.Tick(10 * time.Millisecond); m.requests() != 1; {
		select {
		case <-tick:
			m.set(func() {
				if m.asked > 0 {
					m.away = nil // it has tried in vain once
				}
			})
		case <-ctx.Done():
			t.Fatal("nothing was stored")
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	m := &memory{tenant: tenants.NewTenantID()}
	r := NewRecorder(m, slog.New(slog.DiscardHandler))
	defer r.Close(context.Background())
	x := read(tenants.NewConnectionID(), began)
	b.ReportAllocs()
	for b.Loop() {
		x.At = time.Now()
		r.Record(x)
	}
}

func BenchmarkClassifyWrite(b *testing.B) {
	x := Exchange{At: began, Connection: tenants.NewConnectionID().String(), Method: "POST", Path: "Users", Status: 201,
		RequestBody: []byte(`{"userName":"jane@acme.com","emails":[{"value":"jane@acme.com"}],"active":true}`),
		Changes:     []Change{{Action: EffectCreated, ResourceType: "User", ID: "01a202c3-681e-7478-af59-72808a9ae47f", Name: "jane@acme.com"}}}
	x.ResponseBody = x.RequestBody
	place := &Place{Provider: quirk.Okta, Bodies: tenants.BodiesRedacted}
	b.ReportAllocs()
	for b.Loop() {
		classify(&x, place)
	}
}
