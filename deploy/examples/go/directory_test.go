package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/portal/client"
)

// What events tell and what a snapshot shows are the same copy, also after it was
// kept in a file, and a repetition changes nothing.
func TestDirectory(t *testing.T) {
	t.Parallel()
	event := func(kind, data string) client.Event { return client.Event{Type: kind, Data: json.RawMessage(data)} }
	told := newDirectory()
	for _, e := range []client.Event{
		event("user.created", `{"id":"u1"}`), event("user.created", `{"id":"u2"}`), event("user.updated", `{"id":"u1","title":"x"}`),
		event("group.created", `{"id":"g1"}`), event("group.created", `{"id":"g2"}`),
		event("group.member_added", `{"group":{"id":"g1"},"members":[{"value":"u1"},{"value":"u2"}]}`),
		event("group.member_removed", `{"group":{"id":"g1"},"members":[{"value":"u2"}]}`),
		event("user.access_changed", `{"user_id":"u1","access":[]}`), event("user.access_changed", `{"user_id":"u2","access":[]}`),
		event("user.deleted", `{"id":"u2"}`), event("group.deleted", `{"id":"g2"}`), event("tenant.updated", `{}`),
	} {
		for range 2 {
			if err := told.event(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	shown := newDirectory()
	for _, l := range []client.Line{
		{Type: client.LineUser, Data: json.RawMessage(`{"id":"u1","title":"x"}`)},
		{Type: client.LineGroup, Data: json.RawMessage(`{"id":"g1"}`)},
		{Type: client.LineMembers, GroupID: "g1", Members: []client.Member{{Value: "u1"}}},
		{Type: client.LineAccess, Data: json.RawMessage(`{"user_id":"u1","access":[]}`)},
	} {
		if err := shown.line(l); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "directory.json")
	told.Cursor, shown.Cursor = "7", "7"
	if err := told.save(file); err != nil {
		t.Fatal(err)
	}
	kept, err := load(file)
	if err != nil {
		t.Fatal(err)
	}
	compact := cmp.Transformer("compact", func(m json.RawMessage) string {
		var v any
		if err := json.Unmarshal(m, &v); err != nil {
			return err.Error()
		}
		text, _ := json.Marshal(v)
		return string(text)
	})
	if d := cmp.Diff(shown, kept, compact); d != "" {
		t.Errorf("(-shown +told)\n%s", d)
	}
}
