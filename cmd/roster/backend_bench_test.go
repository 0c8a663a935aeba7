package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// benchUsers is how many people the directory has at first, benchMembers how
// many of them are in its group.
const (
	benchUsers   = 2000
	benchMembers = 1000
	benchRead    = 200 // how many of them are read, again and again
)

// BenchmarkBackends compares what the same requests cost on each backend, with
// eight clients at a time: round trips to the database, and its processor time.
// The time of SQLite is in the process itself, as that of the clients is.
func BenchmarkBackends(b *testing.B) {
	for _, on := range []*backend{onSQLite, onPostgres, onRedis} {
		b.Run(on.name, func(b *testing.B) {
			s := on.startAt(b, benchSite(b, on), func(*Config) {})
			s.awaitCache(b)
			w := newWorkload(b, s)
			for _, op := range []struct {
				name string
				do   func(n int) error
			}{
				{"create", w.create},
				{"get", w.get},
				{"filter", w.filter},
				{"patch", w.patch},
				{"page", w.page},
				{"group add", w.groupAdd},
			} {
				b.Run(op.name, func(b *testing.B) { w.measure(b, op.do) })
			}
		})
	}
}

// benchSite has a PostgreSQL of its own, which writes to the disk as one in use
// does; the one that tests share does not.
func benchSite(b *testing.B, on *backend) *site {
	b.Helper()
	if on.name == "sqlite" {
		return on.site(b)
	}
	p := servers.NewPostgres(b)
	if err := migrate(b.Context(), p.URL()); err != nil {
		b.Fatal(err)
	}
	s := &site{database: p.URL(), behind: database(b, p.SuperURL(), p.URL())}
	if on.redis != nil {
		s.redis = on.redis(b)
	}
	return s
}

// workload is a directory and a client that works on it.
type workload struct {
	s     *server
	c     *client
	users []string
	group string
	next  atomic.Int64
}

func newWorkload(b *testing.B, s *server) *workload {
	b.Helper()
	w := &workload{s: s, c: s.connection(b, "generic")}
	w.c.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	b.Cleanup(w.c.http.CloseIdleConnections)
	w.users = make([]string, benchUsers)
	w.each(b, benchUsers, func(i int) error {
		r, err := w.ask(http.StatusCreated, "POST", "/Users", user(fmt.Sprintf("user-%d@bench.example", i)))
		if err == nil {
			w.users[i] = r.object(b)["id"].(string)
		}
		return err
	})
	r, err := w.ask(http.StatusCreated, "POST", "/Groups", group("Everybody", w.users[:benchMembers]...))
	if err != nil {
		b.Fatal(err)
	}
	w.group = r.object(b)["id"].(string)
	if s.site.behind != "" { // what autovacuum does within a minute
		s.site.sql(b, func(c *pgx.Conn) error {
			_, err := c.Exec(b.Context(), `analyze`)
			return err
		})
	}
	return w
}

// ask sends a request and wants a status.
func (w *workload) ask(status int, method, path, body string) (reply, error) {
	r, err := w.c.try(method, path, body)
	if err == nil && r.status != status {
		err = fmt.Errorf("%s %s: status %d\n%s", method, path, r.status, clipped(r.body))
	}
	return r, err
}

// each does n things, eight at a time.
func (w *workload) each(b *testing.B, n int, do func(i int) error) {
	b.Helper()
	var wg sync.WaitGroup
	var next atomic.Int64
	for range 8 {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func (w *workload) measure(b *testing.B, do func(n int) error) {
	b.Helper()
	from := int(w.next.Add(int64(b.N))) - b.N
	trips, cpu := w.s.app.db.RoundTrips(), w.databaseTime(b)
	b.ResetTimer()
	w.each(b, b.N, func(i int) error { return do(from + i) })
	b.StopTimer()
	each := func(total float64, unit string) { b.ReportMetric(total/float64(b.N), unit) }
	each(float64(w.s.app.db.RoundTrips()-trips), "trips/op")
	if w.s.site.behind != "" {
		each((w.databaseTime(b)-cpu)*1e6, "db-cpu-µs/op")
	}
}

func (w *workload) create(n int) error {
	_, err := w.ask(http.StatusCreated, "POST", "/Users", user(fmt.Sprintf("new-%d@bench.example", n)))
	return err
}

func (w *workload) get(n int) error {
	_, err := w.ask(http.StatusOK, "GET", "/Users/"+w.users[n*7919%benchRead], "")
	return err
}

func (w *workload) filter(n int) error {
	_, err := w.ask(http.StatusOK, "GET", fmt.Sprintf("/Users?filter=userName%%20eq%%20%%22user-%d@bench.example%%22", n*7919%benchRead), "")
	return err
}

func (w *workload) patch(n int) error {
	_, err := w.ask(http.StatusOK, "PATCH", "/Users/"+w.users[n%benchUsers],
		patchOp(fmt.Sprintf(`{"op":"replace","path":"active","value":%t}`, n/benchUsers%2 == 1)))
	return err
}

func (w *workload) page(n int) error {
	_, err := w.ask(http.StatusOK, "GET", fmt.Sprintf("/Users?startIndex=%d&count=100", n%19*100+1), "")
	return err
}

// groupAdd puts the people in who are not in yet, and then takes turns.
func (w *workload) groupAdd(n int) error {
	op := "add"
	if n/(benchUsers-benchMembers)%2 == 1 {
		op = "remove"
	}
	id := w.users[benchMembers+n%(benchUsers-benchMembers)]
	body := fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, id)
	if op == "remove" {
		body = fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, id)
	}
	_, err := w.ask(http.StatusOK, "PATCH", "/Groups/"+w.group+"?excludedAttributes=members", patchOp(body))
	return err
}

// ticksPerSecond is what the kernel counts processor time in for programs.
const ticksPerSecond = 100

// databaseTime is the processor time in seconds of the database server's
// processes that serve this database, which their titles name.
func (w *workload) databaseTime(b *testing.B) float64 {
	b.Helper()
	if w.s.site.behind == "" {
		return 0
	}
	name := w.s.site.database[strings.LastIndexByte(w.s.site.database, '/')+1:]
	name, _, _ = strings.Cut(name, "?")
	titles, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		b.Fatal(err)
	}
	ticks := 0
	for _, title := range titles {
		text, err := os.ReadFile(title)
		if err != nil || !strings.HasPrefix(string(text), "postgres: ") || !strings.Contains(string(text), " "+name+" ") {
			continue // it has ended, or is another
		}
		ticks += processTicks(b, filepath.Dir(title))
	}
	return float64(ticks) / ticksPerSecond
}

// processTicks is user and system time, the 14th and 15th field of stat; the
// second field is in brackets.
func processTicks(b *testing.B, process string) int {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(process, "stat"))
	if err != nil {
		return 0 // it has ended
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	sum := 0
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		sum += n
	}
	return sum
}
