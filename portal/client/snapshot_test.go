package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serve answers the snapshot of ten1 with some text.
func serve(t *testing.T, text string) *fake {
	t.Helper()
	f := newFake(t)
	f.change(1, "ten1")
	f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/snapshot") {
			return false
		}
		_, _ = io.WriteString(w, text)
		return true
	}
	return f
}

var errSeen = errors.New("seen")

// A snapshot that is not whole is not taken, also if the handler takes it for
// whole, and another one is.
func TestSnapshotsThatAreNotWhole(t *testing.T) {
	t.Parallel()
	const begin, user, end = `{"type":"begin","sequence":1}` + "\n", `{"type":"user","data":{"id":"u1"}}` + "\n", `{"type":"end","sequence":1,"users":1,"groups":0}` + "\n"
	for text, want := range map[string]string{
		"":                        "unexpected EOF",
		"<html>":                  "unexpected EOF",
		"<html>\n":                "invalid character '<'",
		user + end:                "does not begin at its beginning",
		begin:                     "unexpected EOF",
		begin + user:              "unexpected EOF",
		begin + end:               "0 users and 0 groups at 1 arrived of 1 and 0 at 1",
		begin + user + user + end: "2 users and 0 groups at 1 arrived of 1 and 0 at 1",
		begin + user + end[:40]:   "unexpected EOF",
		begin + user[:9] + "\n":   "unexpected end of JSON input",
		begin + "\n" + user + end: "", // whole
		begin + `{"type":"new"}` + "\n" + user + end: "", // so is one with something new
	} {
		f := serve(t, text)
		cursor, said := &MemoryCursor{}, error(nil)
		ctx, cancel := context.WithCancel(t.Context())
		c := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: cursor, Apply: nothing, Options: brisk(t),
			Snapshot: func(_ context.Context, s *Snapshot) error {
				for _, err := range s.Lines() {
					said = err
				}
				return nil // although it may have been cut off
			}}
		c.pause = func(context.Context, time.Duration) { cancel() }
		if want == "" {
			c.Apply = func(context.Context, Batch) error { return errSeen }
			f.change(1, "ten1")
		}
		err := c.Run(ctx)
		cancel()
		switch {
		case want == "":
			if !errors.Is(err, errSeen) || cursor.place != "1" {
				t.Errorf("%q: %v, cursor %q", text, err, cursor.place)
			}
		case !errors.Is(err, context.Canceled) || cursor.place != "":
			t.Errorf("%q: %v, cursor %q", text, err, cursor.place)
		case said != nil && !strings.Contains(said.Error(), want):
			t.Errorf("%q: %v, want %q", text, said, want)
		case said == nil && strings.HasPrefix(text, begin):
			t.Errorf("%q: the handler was told of no error", text)
		}
	}
}

// A handler that leaves a snapshot early has not mirrored it.
func TestSnapshotMustBeRead(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(50, "ten1")
	for name, handler := range map[string]func(context.Context, *Snapshot) error{
		"not at all": func(context.Context, *Snapshot) error { return nil },
		"one line": func(_ context.Context, s *Snapshot) error {
			for range s.Lines() {
				break
			}
			return nil
		},
	} {
		cursor := &MemoryCursor{}
		c := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: cursor, Snapshot: handler, Apply: nothing, Options: brisk(t)}
		if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "has not read the snapshot of tenant ten1 to its end") || cursor.place != "" {
			t.Errorf("%s: %v, cursor %q", name, err, cursor.place)
		}
		c.Snapshot = func(context.Context, *Snapshot) error { return errSeen }
		if err := c.Run(t.Context()); !errors.Is(err, errSeen) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A snapshot is handed on as it arrives: its end is sent only when its beginning
// has been seen.
func TestSnapshotStreams(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	first := make(chan struct{})
	const users = 20_000
	f.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprintf(w, `{"type":"begin","sequence":1}`+"\n"+`{"type":"user","data":{}}`+"\n")
		_ = http.NewResponseController(w).Flush()
		<-first
		for range users {
			fmt.Fprintf(w, `{"type":"user","data":{"id":"%0200d"}}`+"\n", 0)
		}
		fmt.Fprintf(w, `{"type":"end","sequence":1,"users":%d,"groups":0}`+"\n", users+1)
		return true
	}
	n := 0
	c := &TenantConsumer{Client: f.client(), Tenant: "ten1", Cursor: &MemoryCursor{}, Apply: nothing, Options: brisk(t),
		Snapshot: func(_ context.Context, s *Snapshot) error {
			for _, err := range s.Lines() {
				if err != nil {
					return err
				}
				if n++; n == 1 {
					close(first)
				}
			}
			return errSeen
		}}
	if err := c.Run(t.Context()); !errors.Is(err, errSeen) || n != users+1 {
		t.Errorf("%d lines, %v", n, err)
	}
}

// Lost connections cost the feed's consumer one snapshot, not those before it;
// a tenant that is gone meanwhile is none of its tenants.
func TestFeedBeginsWhereItWas(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.change(200, "ten1", "ten2", "ten3", "ten4", "ten5")
	served, taken := 0, map[string]int{}
	f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case !strings.HasSuffix(r.URL.Path, "/snapshot"):
			return false
		case strings.Contains(r.URL.Path, "ten3"):
			refuse(w, 404, "not_found")
			return true
		}
		if served++; served%2 == 0 {
			refuse(w, 503, "unavailable")
			return true
		}
		return false
	}
	m := &mirror{tenants: map[string]*directory{}}
	var all []string
	c := &FeedConsumer{Client: f.client(), Cursor: FileCursor(filepath.Join(t.TempDir(), "cursor")), Apply: nothing, Options: brisk(t),
		Snapshot: func(ctx context.Context, s *Snapshot) error {
			taken[s.Tenant]++
			return m.snapshot(ctx, s)
		},
		Begun: func(_ context.Context, tenants []string, _ string) error {
			all = tenants
			return errSeen
		}}
	if err := c.Run(t.Context()); !errors.Is(err, errSeen) {
		t.Fatal(err)
	}
	if got := fmt.Sprint(all, taken); got != "[ten1 ten2 ten4 ten5] map[ten1:1 ten2:1 ten4:1 ten5:1]" {
		t.Errorf("tenants and snapshots: %s", got)
	}
}
