package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

func TestAsError(t *testing.T) {
	t.Parallel()
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf("id-%02d", i)
	}
	cases := []struct {
		name     string
		err      error
		status   int
		scimType schema.ErrorType
		says     []string
	}{
		{"not found", fmt.Errorf("get: %w", ErrNotFound), 404, "", []string{"no such resource"}},
		{"conflict", fmt.Errorf("create: %w", &ConflictError{"userName", "jo@example.com"}), 409, schema.NotUnique, []string{"userName", "jo@example.com"}},
		{"one member", &MissingMembersError{[]string{"a"}}, 400, schema.InvalidValue, []string{`1 member not`, `"a"`}},
		{"many members", &MissingMembersError{many}, 400, schema.InvalidValue, []string{`"id-19"`, "and 10 more"}},
		{"cycle", &CycleError{"g1", "g2"}, 400, schema.InvalidValue, []string{"g1", "g2"}},
		{"refusal", fmt.Errorf("patch: %w", schema.Errorf(schema.NoTarget, "nothing there")), 400, schema.NoTarget, []string{"nothing there"}},
		{"no status", &Error{Type: schema.InvalidPath, Detail: "d"}, 400, schema.InvalidPath, []string{"d"}},
		{"too slow", fmt.Errorf("read: %w", context.DeadlineExceeded), 503, "", []string{"Send it again"}},
		{"anything else", errors.New("disk on fire at /var/lib"), 500, "", []string{"request id"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := AsError(tc.err)
			if e.Status != tc.status || e.Type != tc.scimType {
				t.Errorf("%d %q, want %d %q", e.Status, e.Type, tc.status, tc.scimType)
			}
			for _, text := range tc.says {
				if !strings.Contains(e.Detail, text) {
					t.Errorf("detail %q lacks %q", e.Detail, text)
				}
			}
			if strings.Contains(string(ErrorBody(e, "r1")), "/var/lib") {
				t.Error("the cause is shown to the client")
			}
		})
	}
}

func TestErrorBody(t *testing.T) {
	t.Parallel()
	var body map[string]any
	if err := json.Unmarshal(ErrorBody(&Error{Status: 409, Type: schema.NotUnique, Detail: "taken"}, "r-1"), &body); err != nil {
		t.Fatal(err)
	}
	if body["status"] != "409" || body["scimType"] != "uniqueness" || body["detail"] != "taken (request r-1)" {
		t.Errorf("body %v", body)
	}
	if schemas, _ := body["schemas"].([]any); len(schemas) != 1 || schemas[0] != ErrorURN {
		t.Errorf("schemas %v", body["schemas"])
	}
}

func TestClipKeepsWholeRunes(t *testing.T) {
	t.Parallel()
	if got := clip(strings.Repeat("é", 300)); got != strings.Repeat("é", 100)+"…" {
		t.Errorf("clip cut to %d bytes", len(got))
	}
	if got := clip("short"); got != "short" {
		t.Errorf("clip(short) = %q", got)
	}
}
