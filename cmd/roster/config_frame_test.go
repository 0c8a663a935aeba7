package main

import (
	"strings"
	"testing"
)

func TestFrameAncestorsSetting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ setting, says string }{
		{"", ""},
		{"https://app.example.com", ""},
		{" https://app.example.com , https://*.example.net,", ""},
		{"*", "any site could dress the portal up"},
		{"https://app.example.com,https://app.example.org/settings", `"https://app.example.org/settings": give scheme and host`},
		{"https://app.example.com https://app.example.org", "give scheme and host"},
		{"http://app.example.com", "https:// address"},
		{strings.Repeat("https://app.example.com,", 51), "at most 50"},
	} {
		config := DefaultConfig()
		config.FrameAncestors = c.setting
		err := config.Check()
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "ROSTER_FRAME_ANCESTORS")) {
			t.Errorf("%q: %v, want it to say %q", c.setting, err, c.says)
		}
	}
}

// What is set reaches the pages and the session.
func TestFrameAncestorsAreTold(t *testing.T) {
	t.Parallel()
	config := testConfig(t)
	config.FrameAncestors = "https://app.example.com, https://*.example.net"
	app, _ := launch(t, config)
	policy := get(t, app.URL()+"/portal/link/none").header.Get("Content-Security-Policy")
	if !strings.HasSuffix(policy, "frame-ancestors https://app.example.com https://*.example.net") {
		t.Errorf("the policy is %q", policy)
	}
}
