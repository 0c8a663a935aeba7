package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
)

// TestProblems: every error of the domain has its status and code, wrapped or
// not, and what nobody expected says nothing of its cause.
func TestProblems(t *testing.T) {
	t.Parallel()
	const secret = "password=hunter2 at 10.0.0.1"
	for name, c := range map[string]struct {
		err         error
		status      int
		code, field string
		says        string
	}{
		"not found":         {tenants.ErrNotFound, 404, "not_found", "", "not yours"},
		"not found by SCIM": {scim.ErrNotFound, 404, "not_found", "", "not yours"},
		"invalid":           {&tenants.InvalidError{Field: "name", Reason: "give 1 to 64 characters"}, 400, "invalid", "name", "Give 1 to 64 characters."},
		"taken":             {&tenants.TakenError{Field: "name", Value: "Okta"}, 409, "taken", "name", `"Okta" is already in use.`},
		"refused":           {&tenants.RefusedError{Code: "in_use", Reason: "Two tenants use it."}, 409, "in_use", "", "Two tenants use it."},
		"forbidden":         {&tenants.ForbiddenError{Reason: "Ask the owner."}, 403, "forbidden", "", "Ask the owner."},
		"definitions":       {&tenants.InUseError{Demand: tenants.Demand{ResourceType: "Device", Change: "It cannot go", Remedy: "Delete them."}, Count: 2}, 409, "in_use", "", "Delete them."},
		"outdated":          {tenants.ErrOutdated, 409, "outdated", "", "Read it again"},
		"busy":              {&scim.Error{Status: 503, Detail: "The database is busy."}, 503, "unavailable", "", "busy"},
		"SCIM uniqueness":   {&scim.Error{Status: 409, Type: "uniqueness", Detail: "userName is taken."}, 409, "taken", "", "taken"},
		"SCIM value":        {&scim.Error{Status: 400, Type: "invalidValue", Detail: "active is no boolean."}, 400, "invalid", "", "boolean"},
		"SCIM seats":        {&scim.Error{Status: 403, Detail: "50 of 50 seats used."}, 403, "forbidden", "", "seats"},
		"SCIM internal":     {&scim.Error{Status: 500, Detail: secret}, 500, "internal", "", "request id"},
		"unexpected":        {errors.New(secret), 500, "internal", "", "request id"},
	} {
		for _, err := range []error{c.err, fmt.Errorf("do something: %w", c.err)} {
			w := httptest.NewRecorder()
			w.Header().Set(HeaderRequestID, "r1")
			p := &Portal{logger: slog.New(slog.DiscardHandler)}
			p.fail(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody), err)
			var body map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			field, _ := body["field"].(string)
			detail, _ := body["detail"].(string)
			if w.Code != c.status || body["status"] != float64(c.status) || body["code"] != c.code || field != c.field || body["request_id"] != "r1" {
				t.Errorf("%s: %d %v", name, w.Code, body)
			}
			if !strings.Contains(detail, c.says) || strings.Contains(detail, "hunter2") {
				t.Errorf("%s says %q", name, detail)
			}
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("%s is %s", name, got)
			}
		}
	}
}

func TestProblemHeaders(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	WriteProblem(w, &Problem{Status: http.StatusTooManyRequests, Code: "rate_limited", RetryAfter: 1500 * time.Millisecond})
	if got := w.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q, which is too early or none", got)
	}
	w = httptest.NewRecorder()
	WriteProblem(w, errUnauthenticated)
	if got := w.Header().Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
		t.Errorf("WWW-Authenticate is %q", got)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
}
