package conformance

import (
	"net/http"
	"testing"
	"time"
)

func TestPatience(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status   int
		after    string
		again    bool
		at, most time.Duration
	}{
		{200, "", false, 0, 0},
		{200, "5", false, 0, 0},
		{500, "5", false, 0, 0},
		{503, "", false, 0, 0},
		{503, "5", true, 5 * time.Second, 5 * time.Second},
		{429, "", true, time.Second, time.Second},
		{429, "0", true, 0, 0},
		{429, "soon", true, time.Second, time.Second},
		{429, "-5", true, time.Second, time.Second},
		{429, "86400", true, longestWait, longestWait},
		{429, "99999999999999999999", true, time.Second, time.Second},
		{429, time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), true, 0, 0},
		{429, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), true, longestWait, longestWait},
	} {
		wait, again := patience(reply{status: tc.status, header: http.Header{"Retry-After": {tc.after}}})
		if again != tc.again || wait < tc.at || wait > tc.most {
			t.Errorf("%d with Retry-After %q: wait %s, %t", tc.status, tc.after, wait, again)
		}
	}
}

func TestBelow(t *testing.T) {
	t.Parallel()
	s := newSession(Target{BaseURL: "https://scim.example.com/v2"}, Options{})
	for location, want := range map[string]string{
		"https://scim.example.com/v2/Users/7":       "/Users/7",
		"https://scim.example.com/v2/Users/7/":      "/Users/7",
		"/Users/7":                                  "/Users/7",
		"https://proxy.example.com/v2/Groups/a":     "/Groups/a",
		"https://scim.example.com/v2/Users":         "",
		"https://scim.example.com/v2/Schemas/x":     "",
		"https://scim.example.com/v2/Users/..":      "",
		"https://scim.example.com/v2/Users/.search": "",
		"7": "", "": "",
	} {
		if got := s.below(location); got != want {
			t.Errorf("%q is %q, want %q", location, got, want)
		}
	}
}
