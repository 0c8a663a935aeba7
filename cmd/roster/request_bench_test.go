package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// BenchmarkRequest measures what a request costs the server besides the
// connection it came by: the handler of a whole App is called as net/http does,
// with requests that were made before.
func BenchmarkRequest(b *testing.B) {
	for _, on := range []*backend{onSQLite, onPostgres, onRedis} {
		b.Run(on.name, func(b *testing.B) {
			d := onServer(b, on.start(b), 300)
			for _, op := range d.operations() {
				b.Run(op.name, func(b *testing.B) { d.measure(b, op) })
			}
		})
	}
}

// direct calls a server's handler without a connection in between.
type direct struct {
	s     *server
	host  string
	base  string // path of the connection
	token string
	users []string
	group string
	gone  []string // who is to be deleted
	next  int
}

// costly is a kind of request. ask makes the n-th of them; prepare, if it is set,
// makes what the next ones need.
type costly struct {
	name    string
	status  int
	ask     func(n int) (method, path, body string)
	prepare func(t testing.TB, n int)
}

// onServer makes a connection with people on a server, half of them in a group.
func onServer(t testing.TB, s *server, users int) *direct {
	t.Helper()
	s.awaitCache(t)
	c := s.connection(t, "generic")
	u, err := url.Parse(c.base)
	if err != nil {
		t.Fatal(err)
	}
	d := &direct{s: s, host: u.Host, base: u.Path, token: c.token}
	for i := range users {
		d.users = append(d.users, d.created(t, "/Users", user(fmt.Sprintf("user-%d@cost.example", i))))
	}
	d.group = d.created(t, "/Groups", group("Everybody", d.users[:users/2]...))
	return d
}

// created creates a resource and returns its id.
func (d *direct) created(t testing.TB, path, body string) string {
	t.Helper()
	w := httptest.NewRecorder()
	d.handler().ServeHTTP(w, d.request(http.MethodPost, path, body))
	r := reply{status: w.Code, body: w.Body.Bytes()}
	id, _ := r.object(t)["id"].(string)
	if r.status != http.StatusCreated || id == "" {
		t.Fatalf("POST %s: status %d\n%s", path, r.status, clipped(r.body))
	}
	return id
}

func (d *direct) handler() http.Handler { return d.s.app.public.server.Handler }

// request is one as the server of net/http hands it over.
func (d *direct) request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, d.base+path, strings.NewReader(body))
	r.Host, r.RemoteAddr, r.RequestURI = d.host, "192.0.2.7:40001", d.base+path
	if body == "" {
		r.Body = http.NoBody
	} else {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Accept", "application/scim+json")
	r.Header.Set("User-Agent", "cost/1.0")
	return r
}

// operations are the kinds of requests whose cost is known.
func (d *direct) operations() []costly {
	return append(d.reads(), d.writes()...)
}

func (d *direct) reads() []costly {
	return []costly{
		{name: "get", status: 200, ask: func(n int) (string, string, string) {
			return "GET", "/Users/" + d.users[n*7%len(d.users)], ""
		}},
		{name: "filter", status: 200, ask: func(n int) (string, string, string) {
			return "GET", fmt.Sprintf("/Users?filter=userName%%20eq%%20%%22user-%d@cost.example%%22", n*7%len(d.users)), ""
		}},
		{name: "page of 100", status: 200, ask: func(int) (string, string, string) {
			return "GET", "/Users?startIndex=101&count=100", ""
		}},
	}
}

func (d *direct) writes() []costly {
	half := len(d.users) / 2
	return []costly{
		{name: "create", status: 201, ask: func(n int) (string, string, string) {
			return "POST", "/Users", user(fmt.Sprintf("new-%d@cost.example", n))
		}},
		{name: "patch", status: 200, ask: func(n int) (string, string, string) {
			return "PATCH", "/Users/" + d.users[n%len(d.users)],
				patchOp(fmt.Sprintf(`{"op":"replace","path":"active","value":%t}`, n/len(d.users)%2 == 1))
		}},
		{name: "put", status: 200, ask: func(n int) (string, string, string) {
			i := n % len(d.users)
			return "PUT", "/Users/" + d.users[i],
				strings.Replace(user(fmt.Sprintf("user-%d@cost.example", i)), "Noor", fmt.Sprintf("Noor %d", n), 1)
		}},
		{name: "group add", status: 200, ask: func(n int) (string, string, string) {
			return "PATCH", "/Groups/" + d.group + "?excludedAttributes=members", patchOp(turn(n/half, d.users[half+n%half]))
		}},
		{name: "delete", status: 204, prepare: d.doom, ask: func(int) (method, path, body string) {
			id := d.gone[len(d.gone)-1]
			d.gone = d.gone[:len(d.gone)-1]
			return "DELETE", "/Users/" + id, ""
		}},
	}
}

// doom creates people to be deleted.
func (d *direct) doom(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		d.gone = append(d.gone, d.created(t, "/Users", user(fmt.Sprintf("gone-%d-%d@cost.example", d.next, i))))
	}
}

// turn puts somebody in, and takes them out again when it is their turn next.
func turn(round int, id string) string {
	if round%2 == 0 {
		return fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%q}]}`, id)
	}
	return fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, id)
}

func (d *direct) measure(b *testing.B, op costly) {
	b.Helper()
	requests := d.requests(b, op, b.N)
	trips, statements := d.s.app.db.RoundTrips(), d.s.app.db.Statements()
	b.ReportAllocs()
	b.ResetTimer()
	d.serve(b, op, requests)
	b.StopTimer()
	b.ReportMetric(float64(d.s.app.db.RoundTrips()-trips)/float64(b.N), "trips/op")
	b.ReportMetric(float64(d.s.app.db.Statements()-statements)/float64(b.N), "statements/op")
}

// serve has the requests answered, one by one.
func (d *direct) serve(t testing.TB, op costly, requests []*http.Request) {
	t.Helper()
	handler, w := d.handler(), &sink{header: http.Header{}}
	for _, r := range requests {
		clear(w.header)
		w.status = 0
		handler.ServeHTTP(w, r)
		if w.status != op.status {
			t.Fatalf("%s: status %d", op.name, w.status)
		}
	}
}

// sink is an answer that nobody reads.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
