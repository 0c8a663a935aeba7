package main

import (
	"strings"
	"testing"
)

// TestWebhookNetworks: a network too many would open what is behind it.
func TestWebhookNetworks(t *testing.T) {
	t.Parallel()
	for allow, wrong := range map[string]bool{
		"": false, "10.1.0.0/16": false, "10.1.0.0/16, fd00:1::/32,192.168.7.9": false,
		"0.0.0.0/0": true, "::/0": true, "10.1.2.3/16": true, "internal.example": true, "10.0.0.0/8;172.16.0.0/12": true,
	} {
		config := DefaultConfig()
		config.WebhookAllow = allow
		err := config.Check()
		if (err != nil) != wrong || wrong && !strings.HasPrefix(err.Error(), "ROSTER_WEBHOOK_ALLOW: ") {
			t.Errorf("%q: %v", allow, err)
		}
	}
}
