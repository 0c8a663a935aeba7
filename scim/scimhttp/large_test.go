package scimhttp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/scim/scimhttp"
)

// largeGroup makes a group of n people in one transaction.
func (b *bench) largeGroup(t *testing.T, n int) (id string) {
	t.Helper()
	dir := b.admission.Directory
	create := func(s scim.Store, kind string, doc map[string]any, edits ...patch.Edit) (string, error) {
		typ := schema.Default().ByName(kind)
		encoded, err := schema.Encode(typ, doc)
		if err != nil {
			return "", err
		}
		record, err := s.Create(t.Context(), dir, typ, scim.Draft{Document: doc, Encoded: encoded, Edits: edits}, scim.Origin{})
		if err != nil {
			return "", err
		}
		return record.ID, nil
	}
	err := b.store.Together(t.Context(), dir, func(s scim.Store) (err error) {
		members := make([]patch.Member, n)
		for i := range members {
			doc := map[string]any{"userName": fmt.Sprint("u", i), "displayName": fmt.Sprint("Person ", i), "active": true}
			if members[i].ID, err = create(s, "User", doc); err != nil {
				return err
			}
		}
		id, err = create(s, "Group", map[string]any{"displayName": "Everybody"}, patch.Edit{Kind: patch.AddMembers, Members: members})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// stalled is a client that stops reading after the first piece of an answer.
type stalled struct {
	*httptest.ResponseRecorder
	began chan<- struct{}
	leave <-chan struct{} // closed: it goes away
	read  <-chan struct{} // closed: it reads on
	once  sync.Once
}

func (s *stalled) Write(p []byte) (int, error) {
	s.once.Do(func() { s.began <- struct{}{} })
	select {
	case <-s.leave:
		return 0, errors.New("the client is gone")
	case <-s.read:
		return s.ResponseRecorder.Write(p)
	}
}

// exchanges keeps what it is told.
type exchanges struct {
	mu  sync.Mutex
	all []*scimhttp.Exchange
}

func (e *exchanges) Record(x *scimhttp.Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, x)
}

// TestLargeGroupToSlowClients: however many clients do not read what they asked
// for, the database is there for others; what they get is of the moment when they
// asked; and who leaves is served no more.
func TestLargeGroupToSlowClients(t *testing.T) {
	t.Parallel()
	const members = 2_100
	b := newBench(t)
	path := "/Groups/" + b.largeGroup(t, members)
	want := b.do("GET", path, "")
	clients := 2*runtime.GOMAXPROCS(0) + 8 // more than the database has readers
	began, leave, read := make(chan struct{}, clients), make(chan struct{}), make(chan struct{})
	var all []*stalled
	var running sync.WaitGroup
	for i := range clients {
		client := &stalled{ResponseRecorder: httptest.NewRecorder(), began: began, read: read}
		if i%2 == 0 {
			client.leave, client.read = leave, nil
		}
		all = append(all, client)
		running.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/scim/v2/con1"+path, nil)
			r.Header.Set("Authorization", "Bearer "+secret)
			b.ServeHTTP(client, r)
		})
	}
	for range clients {
		<-began
	}
	b.want(t, 200, "PUT", path, `{"schemas":["`+schema.GroupURN+`"],"displayName":"Nobody"}`)
	if got := b.want(t, 200, "GET", path, ""); got["displayName"] != "Nobody" || got["members"] != nil {
		t.Errorf("while they read: %v", got)
	}
	close(leave)
	close(read)
	running.Wait()
	for i, client := range all {
		if got := client.Body.String(); i%2 == 0 && got != "" || i%2 != 0 && got != want.Body.String() {
			t.Errorf("client %d got %d bytes, want %d or none", i, len(got), want.Body.Len())
		}
	}
}

// TestLargeGroupIsRecordedInShort: whoever keeps a record of requests keeps no
// large answers, and HEAD makes none.
func TestLargeGroupIsRecordedInShort(t *testing.T) {
	t.Parallel()
	b, kept := newBench(t), &exchanges{}
	path := "/Groups/" + b.largeGroup(t, 2_100)
	b.configure(func(c *scimhttp.Config) { c.Recorder = kept })
	whole, head := b.do("GET", path, ""), b.do("HEAD", path, "")
	if whole.Code != 200 || head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("ETag") != whole.Header().Get("ETag") {
		t.Fatalf("%d, and %d with %d bytes and ETag %s, want %s", whole.Code, head.Code, head.Body.Len(), head.Header().Get("ETag"), whole.Header().Get("ETag"))
	}
	b.want(t, 304, "GET", path, "", "If-None-Match", whole.Header().Get("ETag"))
	for _, x := range kept.all[:2] {
		var shown struct {
			DisplayName string
			Members     []any
		}
		if err := json.Unmarshal(x.ResponseBody, &shown); err != nil || x.Status != 200 {
			t.Fatalf("status %d, %v", x.Status, err)
		}
		if !x.Shortened || len(x.ResponseBody) > 80<<10 || shown.DisplayName != "Everybody" || len(shown.Members) < 100 {
			t.Errorf("kept %d bytes of %d: %q with %d members", len(x.ResponseBody), whole.Body.Len(), shown.DisplayName, len(shown.Members))
		}
	}
}

// TestLargeGroupOverHTTP10: half an answer must not look like a whole one.
func TestLargeGroupOverHTTP10(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	path := "/Groups/" + b.largeGroup(t, 2_100)
	whole := b.do("GET", path, "")
	if whole.Header().Get("Content-Length") != "" {
		t.Fatalf("the group is not large: %s bytes", whole.Header().Get("Content-Length"))
	}
	r := httptest.NewRequest(http.MethodGet, "/scim/v2/con1"+path, http.NoBody)
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.0", 1, 0
	r.Header.Set("Authorization", "Bearer "+secret)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Length"); got != fmt.Sprint(whole.Body.Len()) || w.Body.Len() != whole.Body.Len() {
		t.Errorf("Content-Length %s and %d bytes, want %d", got, w.Body.Len(), whole.Body.Len())
	}
}
