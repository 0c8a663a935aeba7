package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// testLongPolls: who waits for an event is answered when there is one.
func testLongPolls(t *testing.T, s *server) {
	tenant, vendor := s.tenant(t, "Waiting"), s.api(t)
	idp := s.connectionOf(t, tenant, "okta")
	events := "/api/v1/tenants/" + tenant.String() + "/events"
	last := vendor.want(t, 200, "GET", events, nil)["last"].(float64)
	answer := make(chan reply, 1)
	go func() {
		defer close(answer)
		answer <- vendor.call(t, "GET", fmt.Sprintf("%s?after=%.0f&wait=60", events, last), nil)
	}()
	user := idp.createUser(t, "amara@acme.example")
	r := <-answer
	if r.status != http.StatusOK || !strings.Contains(string(r.body), user) {
		t.Errorf("who waited was answered %d %s", r.status, r.body)
	}
	page := r.object(t)
	if page["next_after"] != last+1 || page["last"] != last+1 {
		t.Errorf("the page is %v", page)
	}
	none := vendor.want(t, 200, "GET", fmt.Sprintf("%s?after=%.0f&types=group.deleted&wait=0", events, last), nil)
	if len(none["items"].([]any)) != 0 || none["next_after"] != last+1 {
		t.Errorf("past events of other types: %v", none)
	}
}

// stream reads server-sent events.
type stream struct {
	response *http.Response
	lines    *bufio.Scanner
}

func (c *caller) stream(t *testing.T, path string) *stream {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.bearer)
	response, err := noRedirects.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != eventStream {
		t.Fatalf("GET %s: %d, %s", path, response.StatusCode, kind)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	return &stream{response, lines}
}

// next is the data of the next event, nil at the end.
func (s *stream) next(t *testing.T) (event map[string]any) {
	t.Helper()
	for s.lines.Scan() {
		if data, ok := strings.CutPrefix(s.lines.Text(), "data: "); ok {
			if err := json.Unmarshal([]byte(data), &event); err != nil {
				t.Fatalf("%v: %s", err, data)
			}
			return event
		}
	}
	return nil
}

// testSetupStream: a page that watches a new connection sees its steps tick.
func testSetupStream(t *testing.T, s *server) {
	tenant, vendor := s.tenant(t, "Watching"), s.api(t)
	idp := s.connectionOf(t, tenant, "okta")
	path := "/api/v1/tenants/" + tenant.String() + "/connections/" + idp.base[strings.LastIndexByte(idp.base, '/')+1:] + "/setup"
	watching := vendor.stream(t, path+"/stream")
	if setup := watching.next(t); setup["done"] != 0.0 || setup["status"] != "waiting" {
		t.Errorf("before anything came: %v", setup)
	}
	idp.createUser(t, "amara@acme.example")
	for done := false; !done; {
		setup := watching.next(t)
		if setup == nil {
			t.Fatal("the stream ended before the step was done")
		}
		for _, item := range setup["steps"].([]any) {
			step := item.(map[string]any)
			done = done || step["step"] == "user_created" && step["done_at"] != nil
		}
	}
	if now := vendor.want(t, 200, "GET", path, nil); now["done"].(float64) < 2 {
		t.Errorf("the checklist itself is %v", now)
	}
}

// TestWaitingEndsWithTheServer: a server that is told to stop does so at once,
// whoever waits for an event.
func TestWaitingEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s := start(t)
	tenant, vendor := s.tenant(t, "Waiting"), s.api(t)
	idp := s.connectionOf(t, tenant, "okta")
	path := "/api/v1/tenants/" + tenant.String()
	watching := vendor.stream(t, path+"/connections/"+idp.base[strings.LastIndexByte(idp.base, '/')+1:]+"/setup/stream")
	watching.next(t)
	last := vendor.want(t, 200, "GET", path+"/events", nil)["last"].(float64)
	answers := make(chan reply, 2)
	for _, poll := range []string{fmt.Sprintf("%s/events?after=%.0f&wait=60", path, last), "/api/v1/events?types=group.deleted&wait=60"} {
		go func() {
			var r reply
			defer func() { answers <- r }()
			r = vendor.call(t, "GET", poll, nil)
		}()
	}
	eventually(t, "all three are in", func() bool { return metric(t, s.app, "roster_http_requests_in_flight") >= 3 })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := s.app.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
	for range 2 {
		if r := <-answers; r.status != http.StatusOK {
			t.Errorf("who waited was answered %d %s", r.status, r.body)
		}
	}
	for watching.next(t) != nil { // it ends
	}
}
