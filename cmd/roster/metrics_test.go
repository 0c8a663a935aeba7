package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestWaitingIsNotSlowness: what waits as long as its client wants says nothing
// about how fast the server is.
func TestWaitingIsNotSlowness(t *testing.T) {
	t.Parallel()
	for address, timed := range map[string]bool{
		"/api/v1/events":                                  true,
		"/api/v1/events?wait=30":                          false,
		"/api/v1/tenants/ten1/events?after=4&wait=30":     false,
		"/api/v1/tenants/ten1/connections/con1/setup":     true,
		"/api/v1/tenants/t/connections/con1/setup/stream": false,
		"/scim/v2/con1/Users?wait=30":                     true,
	} {
		m := newMetrics()
		m.observe(httptest.NewRequest(http.MethodGet, address, http.NoBody), http.StatusOK, time.Second)
		app := &App{metrics: m}
		if got := metric(t, app, "roster_http_requests_total"); got != 1 {
			t.Errorf("%s: counted %v times", address, got)
		}
		if got := metric(t, app, "roster_http_request_duration_seconds_count") == 1; got != timed {
			t.Errorf("%s: timed: %v, want %v", address, got, timed)
		}
	}
}
