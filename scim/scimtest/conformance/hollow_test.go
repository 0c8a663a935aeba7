package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
)

// TestHollowServers: next to nothing passes on a server that gives the same
// answer to everything, so no check is content with what is not there.
func TestHollowServers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		status  int
		body    string
		allowed []string // what such a server does happen to do right
	}{
		{"empty objects", 200, `{}`, []string{"7644-3.8-07", "7644-3.11-01"}},
		{"no bodies", 204, "", nil},
		{"failures", 500, `{}`, nil},
		{"refusals", 400, `{}`, []string{
			"7644-4-08", "7643-4.1.1-07", "7644-3.2-01", "7643-2.4-02", "7643-2.4-03", "7643-4.2-03", "7644-3.7-13"}},
		{"creations that are none", 201, `{"id":"x"}`, []string{
			"7644-3.8-05", "7644-3.8-06", "7644-3.3-01", "7643-3.1-01", "7643-3.1-02", "7644-3.3-04", "7643-2.3.8-02"}},
		{"nothing found", 200, `{"id":"x","totalResults":0}`, []string{
			"7644-3.8-07", "7644-3.3-08", "7644-3.4.2-02", "7644-3.4.2-04", "7644-3.5.1-09", "7644-3.4.3-10", "7644-3.11-01"}},
		{"nonsense", 200, `{"id":"x","schemas":"x","meta":[],"Resources":[null,1,{"id":2}],"Operations":[{"status":{}}],"patch":1,"totalResults":1e9}`,
			[]string{"7644-3.8-07", "7644-3.11-01", "7643-6-03"}},
		{"a list", 200, `[{"id":"x"}]`, []string{"7644-3.8-07", "7644-3.11-01"}},
		{"text", 200, `<html>`, []string{"7644-3.8-07", "7644-3.11-01"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			}))
			t.Cleanup(s.Close)
			report, err := conformance.Run(t.Context(), conformance.Target{BaseURL: s.URL, Token: "x"}, conformance.Options{Force: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range report.Results {
				if r.Outcome == conformance.Passed && !slices.Contains(tc.allowed, r.ID) {
					t.Errorf("%s passes: %s", r.ID, r.Text)
				}
			}
			if report.OK() {
				t.Error("the server is found to be right")
			}
		})
	}
}
