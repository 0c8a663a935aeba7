package storage

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants/events"
)

// TestEncode: what is written here reads as what the standard library writes.
func TestEncode(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"nothing":       nil,
		"text":          "<Ada> \"& co\" \\ \t\n\r\x00\x7f ü 🦉",
		"line ends":     "a\u2028b\u2029c",
		"no text":       "a\xffb",
		"numbers":       []any{json.Number("1.50"), 3, int64(-4), 2.5},
		"empty":         map[string]any{"list": []any{}, "object": map[string]any{}, "text": ""},
		"absent":        map[string]any{"list": []any(nil), "object": map[string]any(nil)},
		"document":      map[string]any{"userName": "ada", "active": true, "emails": []any{map[string]any{"value": "a@x.org", "primary": false}}},
		"key to escape": map[string]any{"a\"b": 1, "urn:x:y": map[string]any{"z": nil}},
		"changes":       events.Changes{"title": {From: "a", To: nil}, "emails": {To: []any{map[string]any{"value": "b"}}}},
		"members":       map[string]any{"members": map[string]idList{"added": {Count: 1, IDs: []string{"x"}}}},
		"time":          map[string]any{"at": events.Change{To: time.Unix(1, 0).UTC()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := encode(v)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			if err := e.Encode(v); err != nil {
				t.Fatal(err)
			}
			want := string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
			if name == "line ends" || name == "text" || name == "no text" { // the library escapes more
				var a, b any
				if json.Unmarshal([]byte(got), &a) != nil || json.Unmarshal([]byte(want), &b) != nil || a != b {
					t.Errorf("%s, want what reads as %s", got, want)
				}
			} else if got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	if got, err := encode(map[string]any{"f": func() {}}); err == nil {
		t.Errorf("a function is %s", got)
	}
}
