package client

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a server that speaks what Roster's events API promises, with tenants
// of its own making.
type fake struct {
	mu      sync.Mutex
	random  *rand.Rand
	tenants map[string]*directory
	feed    []Event
	gone    int // of the feed, no longer kept
	changed chan struct{}
	server  *httptest.Server
	faults  bool
	serial  int
	waits   bool // answers without events are held back
	// intercept answers in place of the server if it returns true.
	intercept func(w http.ResponseWriter, r *http.Request) bool
}

// directory is what one tenant has, in the server and in mirrors of it.
type directory struct {
	users  map[string]string // id → name
	groups map[string]map[string]bool
	last   int64
	gone   int64 // events up to this one are no longer kept
	events []Event
}

func newDirectory() *directory {
	return &directory{users: map[string]string{}, groups: map[string]map[string]bool{}}
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{random: rand.New(rand.NewPCG(1, 2)), tenants: map[string]*directory{}, changed: make(chan struct{}), waits: true}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/tenants", f.listTenants)
	mux.HandleFunc("GET /api/v1/tenants/{tenant}/events", f.listEvents)
	mux.HandleFunc("GET /api/v1/tenants/{tenant}/snapshot", f.getSnapshot)
	mux.HandleFunc("GET /api/v1/events", f.listAllEvents)
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.intercept != nil && f.intercept(w, r) {
			return
		}
		if r.Header.Get("Authorization") != "Bearer key" {
			refuse(w, 401, "unauthenticated")
			return
		}
		f.mu.Lock()
		fault := 9
		if f.faults {
			fault = f.random.IntN(10)
		}
		f.mu.Unlock()
		switch fault {
		case 0:
			refuse(w, 500, "internal")
		case 1:
			w.Header().Set("Retry-After", "1")
			refuse(w, 429, "rate_limited")
		case 2, 3:
			mux.ServeHTTP(&cutting{ResponseWriter: w, left: 150}, r)
			panic(http.ErrAbortHandler) // the answer was shorter: cut its end
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) client() *Client {
	return &Client{URL: f.server.URL, Key: "key", HTTP: f.server.Client()}
}

// cutting cuts the connection after some bytes.
type cutting struct {
	http.ResponseWriter
	left int
}

func (c *cutting) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		_, _ = c.ResponseWriter.Write(p[:len(p)+c.left])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(p)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"title":%q,"status":%d,"code":%q,"detail":"Do something.","request_id":"r1"}`, http.StatusText(status), status, code)
}

// change makes that many random changes of random tenants.
func (f *fake) change(n int, tenants ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.serial++
		tenant := tenants[f.random.IntN(len(tenants))]
		d := f.tenants[tenant]
		if d == nil {
			d = newDirectory()
			f.tenants[tenant] = d
		}
		e := f.draft(d)
		e.ID, e.TenantID, e.Sequence, e.OccurredAt = fmt.Sprintf("evt%d", f.serial), tenant, d.last+1, time.Now()
		d.apply(e)
		d.events = append(d.events, e)
		f.feed = append(f.feed, e)
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *fake) draft(d *directory) Event {
	user := fmt.Sprintf(`{"id":"u%d","userName":"n%d"}`, f.random.IntN(20), f.serial)
	group := fmt.Sprintf("g%d", f.random.IntN(3))
	switch {
	case f.random.IntN(5) == 0 && len(d.users) > 0:
		return Event{Type: "user.deleted", Data: json.RawMessage(fmt.Sprintf(`{"id":%q}`, slices.Sorted(maps.Keys(d.users))[0]))}
	case f.random.IntN(3) > 0:
		return Event{Type: "user.updated", Data: json.RawMessage(user)}
	case d.groups[group] == nil:
		return Event{Type: "group.created", Data: json.RawMessage(fmt.Sprintf(`{"id":%q}`, group))}
	}
	kind := []string{"group.member_added", "group.member_removed"}[f.random.IntN(2)]
	return Event{Type: kind, Data: json.RawMessage(fmt.Sprintf(`{"group":{"id":%q},"members":[{"value":"u%d"}]}`, group, f.random.IntN(20)))}
}

// apply is how an app applies events: a repetition changes nothing.
func (d *directory) apply(e Event) {
	var data struct {
		ID, UserName string
		Group        struct{ ID string }
		Members      []Member
	}
	if err := e.Decode(&data); err != nil {
		panic(err)
	}
	switch e.Type {
	case "user.updated":
		d.users[data.ID] = data.UserName
	case "user.deleted":
		delete(d.users, data.ID)
	case "group.created":
		d.groups[data.ID] = map[string]bool{}
	case "group.member_added":
		d.groups[data.Group.ID][data.Members[0].Value] = true
	case "group.member_removed":
		delete(d.groups[data.Group.ID], data.Members[0].Value)
	}
	d.last = e.Sequence
}

// forget lets what has happened expire.
func (f *fake) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = len(f.feed)
	for _, d := range f.tenants {
		d.gone = d.last
	}
}

func answer(w http.ResponseWriter, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(text)
}

func (f *fake) listTenants(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	const most = 2
	ids := slices.Sorted(maps.Keys(f.tenants))
	from, _ := slices.BinarySearch(ids, r.FormValue("cursor"))
	page := map[string]any{"items": []any{}, "next_cursor": nil}
	for i, id := range ids[from:] {
		if i == most {
			page["next_cursor"] = id
			break
		}
		page["items"] = append(page["items"].([]any), map[string]any{"id": id})
	}
	answer(w, page)
}

// await runs look until it has found something or the time is over.
func (f *fake) await(r *http.Request, look func() (found bool)) {
	seconds, _ := strconv.Atoi(cmp.Or(r.FormValue("wait"), "0"))
	timeout := time.NewTimer(time.Duration(seconds) * time.Second)
	defer timeout.Stop()
	for {
		f.mu.Lock()
		found, changed := look(), f.changed
		f.mu.Unlock()
		if found || !f.waits {
			return
		}
		select {
		case <-changed:
		case <-timeout.C:
			return
		case <-r.Context().Done():
			return
		}
	}
}

const fakeLimit = 7

func (f *fake) listEvents(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.ParseInt(r.FormValue("after"), 10, 64)
	types := strings.FieldsFunc(r.FormValue("types"), func(c rune) bool { return c == ',' })
	items, next, last, expired := []Event{}, after, int64(0), false
	f.await(r, func() bool {
		d := f.tenants[r.PathValue("tenant")]
		last, expired = d.last, after < d.gone
		if f.faults && f.random.IntN(4) == 0 && after > d.gone+3 {
			after -= 3 // repeats what was told
		}
		for _, e := range d.events[min(after, d.last):min(after+fakeLimit, d.last)] {
			next = e.Sequence
			if len(types) == 0 || slices.Contains(types, e.Type) {
				items = append(items, e)
			}
		}
		return expired || next > after
	})
	if expired {
		refuse(w, 410, "cursor_expired")
		return
	}
	answer(w, map[string]any{"items": items, "last": last, "next_after": next})
}

func (f *fake) listAllEvents(w http.ResponseWriter, r *http.Request) {
	items, next, expired := []Event{}, 0, false
	f.await(r, func() bool {
		place, err := strconv.Atoi(r.FormValue("cursor"))
		if err != nil {
			place = f.gone // none: the oldest that is kept
		}
		if r.FormValue("cursor") == "now" {
			place = len(f.feed)
		}
		expired = place < f.gone
		if f.faults && f.random.IntN(4) == 0 && place > f.gone+3 {
			place -= 3
		}
		next = min(place+fakeLimit, len(f.feed))
		items = slices.Clone(f.feed[place:next])
		return expired || next > place
	})
	if expired {
		refuse(w, 410, "cursor_expired")
		return
	}
	answer(w, map[string]any{"items": items, "next_cursor": strconv.Itoa(next), "more": false})
}

func (f *fake) getSnapshot(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.tenants[r.PathValue("tenant")]
	if d == nil {
		refuse(w, 404, "not_found")
		return
	}
	fmt.Fprintf(w, `{"type":"begin","tenant_id":%q,"sequence":%d}`+"\n", r.PathValue("tenant"), d.last)
	for id, name := range d.users {
		fmt.Fprintf(w, `{"type":"user","data":{"id":%q,"userName":%q}}`+"\n", id, name)
	}
	for id, members := range d.groups {
		fmt.Fprintf(w, `{"type":"group","data":{"id":%q}}`+"\n", id)
		for member := range members {
			fmt.Fprintf(w, `{"type":"members","group_id":%q,"members":[{"value":%q,"type":"User"}]}`+"\n", id, member)
		}
	}
	fmt.Fprintf(w, `{"type":"end","sequence":%d,"users":%d,"groups":%d}`+"\n", d.last, len(d.users), len(d.groups))
}
