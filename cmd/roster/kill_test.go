package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/storage"
)

// TestKill kills the server with SIGKILL while 16 writers are at work, starts it
// again, and checks that every acknowledged write is there and that the journal
// tells exactly what the directory shows. SOAK_ROUNDS sets how often.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, b := range chosen(t) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			rounds := 2
			if b.whole {
				rounds = 5
			}
			if n := soak(); n > 0 {
				rounds = n
			}
			testKill(t, b, rounds)
		})
	}
}

// soak is how many rounds SOAK_ROUNDS asks for, 0 if it is not set: then tests
// take the time of a test.
func soak() int {
	n, err := strconv.Atoi(os.Getenv("SOAK_ROUNDS"))
	if err != nil {
		return 0
	}
	return n
}

func testKill(t *testing.T, b *backend, rounds int) {
	t.Helper()
	p := b.process(t)
	writers := make([]*writer, 16)
	p.start(t)
	var c *client
	for i := range writers {
		if i%4 == 0 { // four tenants, four writers each
			c = p.connection(t, fmt.Sprintf("Tenant %d", i/4))
		}
		writers[i] = &writer{client: c, name: fmt.Sprintf("w%d", i), users: map[string]*written{}}
		writers[i].group = c.createGroup(t, fmt.Sprintf("Group of w%d", i))
	}
	acknowledged := int64(0)
	for round := range rounds {
		p.awaitCache(t)
		p.loadAndKill(t, writers)
		p.settle(t)
		p.site.journalAgrees(t)
		p.start(t)
		for _, w := range writers {
			w.verify(t)
		}
		total := all(writers)
		t.Logf("round %d: %d writes acknowledged before the kill, all there", round+1, total-acknowledged)
		acknowledged = total
	}
	p.kill(t)
}

// process is a server in a process of its own.
type process struct {
	on      *backend
	site    *site
	file    string // with SQLite
	listen  string
	public  string // of several behind one address; "": its own
	command *exec.Cmd
	output  bytes.Buffer
}

func newProcess(t *testing.T) *process {
	t.Helper()
	return onSQLite.process(t)
}

func (b *backend) process(t *testing.T) *process {
	t.Helper()
	return b.processAt(t, b.site(t))
}

func (b *backend) processAt(t *testing.T, at *site) *process {
	t.Helper()
	p := &process{on: b, site: at, listen: freeAddress(t)}
	p.file = strings.TrimPrefix(p.site.database, "sqlite:")
	t.Cleanup(func() {
		if p.command != nil {
			p.kill(t)
		}
		if t.Failed() {
			t.Logf("server output:\n%s", p.output.Bytes())
		}
	})
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// roster is the binary under test: this test binary under the name that makes
// TestMain run the command.
func (p *process) roster(ctx context.Context, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	command := exec.CommandContext(ctx, self)
	command.Args = append([]string{"roster"}, args...)
	command.Env = slices.Concat(os.Environ(), p.site.environment(), []string{"ROSTER_LISTEN=" + p.listen, "ROSTER_LOG_LEVEL=warn",
		"ROSTER_PUBLIC_URL=" + cmp.Or(p.public, "http://"+p.listen), "ROSTER_API_RATE=100000", "ROSTER_API_BURST=100000", "ROSTER_SCIM_RATE=100000", "ROSTER_SCIM_BURST=100000"})
	return command
}

func (p *process) start(t *testing.T) {
	t.Helper()
	p.command = p.roster(context.WithoutCancel(t.Context()), "serve")
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-tick.C:
			response, err := http.Get("http://" + p.listen + "/scim/v2/any/ServiceProviderConfig")
			if err == nil {
				response.Body.Close()
				return
			}
		case <-deadline:
			t.Fatalf("the server did not start:\n%s", p.output.Bytes())
		}
	}
}

// awaitCache waits until the shared cache is open, if there is one.
func (p *process) awaitCache(t *testing.T) {
	t.Helper()
	if p.on.redis == nil {
		return
	}
	eventually(t, "the shared cache opens", func() bool {
		var phase storage.CachePhase
		p.site.sql(t, func(c *pgx.Conn) error {
			return c.QueryRow(t.Context(), `select phase from cache_state`).Scan(&phase)
		})
		return phase == storage.CacheOpen
	})
}

// settle waits until the database has noticed that the server is gone, and has
// ended what it left.
func (p *process) settle(t *testing.T) {
	t.Helper()
	if p.site.behind == "" {
		return
	}
	eventually(t, "the server's transactions end", func() bool {
		var left int
		p.site.sql(t, func(c *pgx.Conn) error {
			return c.QueryRow(t.Context(), `select count(*) from pg_stat_activity
				where datname = current_database() and usename = 'roster'`).Scan(&left)
		})
		return left == 0
	})
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.command.Wait() // killed: always an error
	p.command = nil
}

func (p *process) connection(t *testing.T, tenant string) *client {
	t.Helper()
	run := func(args ...string) map[string]any {
		out, err := p.roster(t.Context(), args...).Output()
		if err != nil {
			t.Fatalf("roster %v: %v\n%s", args, err, out)
		}
		var object map[string]any
		if err := json.Unmarshal(out, &object); err != nil {
			t.Fatalf("roster %v: %v\n%s", args, err, out)
		}
		return object
	}
	id := run("tenant", "create", "--name", tenant, "--json")["id"].(string)
	connection := run("connection", "create", "--tenant", id, "--name", "Main", "--provider", "generic", "--json")
	return &client{base: connection["base_url"].(string), token: connection["token"].(string)}
}

// all is how many writes were acknowledged to the writers.
func all(writers []*writer) (n int64) {
	for _, w := range writers {
		n += w.acknowledged.Load()
	}
	return n
}

// loadAndKill lets all writers work and kills the server at a random moment after
// they have done something.
func (p *process) loadAndKill(t *testing.T, writers []*writer) {
	t.Helper()
	var wait sync.WaitGroup
	for _, w := range writers {
		wait.Go(w.work)
	}
	before := all(writers)
	eventually(t, "the writers are at work", func() bool { return all(writers) >= before+50 })
	moment := time.NewTimer(rand.N(400 * time.Millisecond))
	<-moment.C
	p.kill(t)
	wait.Wait()
}

// written is what one user must look like: its title is the last acknowledged
// one or, if a write was under way, the one that was being written.
type written struct {
	id              string
	titles          []string // acceptable ones; "" means none
	gone            []bool   // acceptable answers to "is it deleted?"
	member, pending bool     // in the group; membership under way
}

// writer changes its own users and its own group until the server dies.
type writer struct {
	client       *client
	name, group  string
	users        map[string]*written // by userName
	unknown      string              // userName of a create that was not answered
	serial       int
	acknowledged atomic.Int64
	enough       atomic.Bool // stops it although nothing was refused
}

func (w *writer) work() {
	for !w.enough.Load() && w.step() {
		w.acknowledged.Add(1)
	}
}

// step does one write and reports whether it was acknowledged.
func (w *writer) step() bool {
	w.serial++
	for _, u := range w.users {
		if u.gone[0] {
			continue
		}
		switch rand.IntN(6) {
		case 0:
			return w.join(u)
		case 1:
			return w.remove(u)
		case 2, 3:
			return w.retitle(u)
		}
		break // one user, picked by the random order of maps
	}
	return w.create()
}

func (w *writer) create() bool {
	userName := fmt.Sprintf("%s-%d@example.com", w.name, w.serial)
	w.unknown = userName
	r, err := w.client.try("POST", "/Users", user(userName))
	if err != nil || r.status != 201 {
		return false
	}
	var answer struct{ ID string }
	if json.Unmarshal(r.body, &answer) != nil {
		return false
	}
	w.unknown = ""
	w.users[userName] = &written{id: answer.ID, titles: []string{""}, gone: []bool{false}}
	return true
}

func (w *writer) retitle(u *written) bool {
	title := fmt.Sprintf("Title %d", w.serial)
	u.titles = append(u.titles[:1], title)
	r, err := w.client.try("PATCH", "/Users/"+u.id, patchOp(fmt.Sprintf(`{"op":"replace","path":"title","value":%q}`, title)))
	if err != nil || r.status != 200 {
		return false
	}
	u.titles = []string{title}
	return true
}

func (w *writer) join(u *written) bool {
	u.pending = true
	r, err := w.client.try("PATCH", "/Groups/"+w.group, patchOp(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, u.id)))
	if err != nil || r.status != 204 {
		return false
	}
	u.member, u.pending = true, false
	return true
}

func (w *writer) remove(u *written) bool {
	u.gone = []bool{false, true}
	r, err := w.client.try("DELETE", "/Users/"+u.id, "")
	if err != nil || r.status != 204 {
		return false
	}
	u.gone = []bool{true}
	return true
}

// verify compares the directory with what was acknowledged and then takes over
// the outcome of what was under way.
func (w *writer) verify(t *testing.T) {
	t.Helper()
	if w.unknown != "" {
		w.adopt(t)
	}
	members := w.members(t)
	for userName, u := range w.users {
		r := w.client.send(t, "GET", "/Users/"+u.id, "")
		gone := r.status == 404
		if !contains(u.gone, gone) {
			t.Errorf("%s: status %d after restart, deleted acceptable: %v", userName, r.status, u.gone)
			continue
		}
		u.gone = []bool{gone}
		if gone {
			continue
		}
		title, _ := r.object(t)["title"].(string)
		if !contains(u.titles, title) {
			t.Errorf("%s: title %q, want one of %q", userName, title, u.titles)
		}
		u.titles = []string{title}
		if members[u.id] != u.member && !u.pending {
			t.Errorf("%s: member %v, want %v", userName, members[u.id], u.member)
		}
		u.member, u.pending = members[u.id], false
	}
}

func (w *writer) members(t *testing.T) map[string]bool {
	t.Helper()
	set := map[string]bool{}
	list, _ := w.client.want(t, 200, "GET", "/Groups/"+w.group, "")["members"].([]any)
	for _, m := range list {
		set[m.(map[string]any)["value"].(string)] = true
	}
	return set
}

func (w *writer) adopt(t *testing.T) {
	t.Helper()
	found := w.client.want(t, 200, "GET", "/Users?filter="+url.QueryEscape(fmt.Sprintf("userName eq %q", w.unknown)), "")
	for _, r := range found["Resources"].([]any) {
		w.users[w.unknown] = &written{id: r.(map[string]any)["id"].(string), titles: []string{""}, gone: []bool{false}}
	}
	w.unknown = ""
}

func contains[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}
