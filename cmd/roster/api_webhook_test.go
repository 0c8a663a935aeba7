package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// testWebhookOfOneTenant: a webhook of a tenant is sent that tenant's events, and
// its log and queues have nothing of others.
func testWebhookOfOneTenant(t *testing.T, s *server) {
	bodies := make(chan string, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies <- string(body)
	}))
	t.Cleanup(receiver.Close)
	mine, theirs := s.tenant(t, "Webhook mine"), s.tenant(t, "Webhook theirs")
	vendor := s.api(t)
	hook := vendor.want(t, 201, "POST", "/api/v1/webhooks",
		map[string]any{"url": receiver.URL, "tenant_id": mine.String(), "types": []string{"user.created"}})
	path := "/api/v1/webhooks/" + hook["id"].(string)
	s.connectionOf(t, theirs, "okta").createUser(t, "sofia@globex.example")
	idp := s.connectionOf(t, mine, "okta")
	for _, name := range []string{"amara@acme.example", "jonas@acme.example"} {
		idp.createUser(t, name)
		if body := <-bodies; !strings.Contains(body, name) || !strings.Contains(body, mine.String()) {
			t.Errorf("the message for %s is %s", name, body)
		}
	}
	eventually(t, "the deliveries are logged", func() bool { return len(vendor.items(t, path+"/deliveries")) >= 2 })
	for _, d := range vendor.items(t, path+"/deliveries") {
		if d["tenant_id"] != mine.String() || d["outcome"] != "delivered" {
			t.Errorf("the log has %v", d)
		}
	}
	if found := vendor.items(t, path+"/deliveries?tenant="+theirs.String()); len(found) > 0 {
		t.Errorf("deliveries of another tenant's events: %v", found)
	}
	for _, q := range vendor.items(t, path+"/queues") {
		if q["tenant"].(map[string]any)["id"] != mine.String() {
			t.Errorf("it has a queue of another tenant: %v", q)
		}
	}
	if r := vendor.call(t, "POST", path+"/replays", map[string]any{"tenant_id": theirs.String(), "from_sequence": 1}); r.status < 400 {
		t.Errorf("another tenant's events are sent again: %d %s", r.status, r.body)
	}
	if len(bodies) > 0 {
		t.Errorf("one message too many: %s", <-bodies)
	}
}

// testWebhookSecretIsShownOnce: the answer that made it has it, also when it is
// asked for once more with the same key, and no other has.
func testWebhookSecretIsShownOnce(t *testing.T, s *server) {
	vendor := s.api(t)
	body := map[string]any{"url": "https://receiver.invalid/", "tenant_id": s.tenant(t, "Secrets").String()}
	made := vendor.want(t, 201, "POST", "/api/v1/webhooks", body, "Idempotency-Key", "first")
	again := vendor.want(t, 201, "POST", "/api/v1/webhooks", body, "Idempotency-Key", "first")
	secret, _ := made["secret"].(string)
	if without(made) != without(again) || !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("made %v, and again %v", made, again)
	}
	path := "/api/v1/webhooks/" + made["id"].(string)
	rotated := vendor.want(t, 201, "POST", path+"/secrets", map[string]any{"expires_old_in": "1h"})
	second, _ := rotated["secret"].(string)
	if !strings.HasPrefix(second, "whsec_") || second == secret || len(rotated["secrets"].([]any)) != 2 {
		t.Errorf("the rotation answers %v", rotated)
	}
	if r := vendor.call(t, "POST", path+"/secrets", map[string]any{}); r.status != http.StatusConflict || r.code(t) != "secret_limit" {
		t.Errorf("a third secret: %d %s", r.status, r.body)
	}
	first := rotated["secrets"].([]any)[0].(map[string]any)["id"].(string)
	vendor.want(t, 204, "DELETE", path+"/secrets/"+first, nil)
	last := vendor.want(t, 200, "GET", path, nil)["secrets"].([]any)[0].(map[string]any)["id"].(string)
	if r := vendor.call(t, "DELETE", path+"/secrets/"+last, nil); r.status != http.StatusConflict || r.code(t) != "last_secret" {
		t.Errorf("the last secret is removed: %d %s", r.status, r.body)
	}
	for _, shown := range []string{path, "/api/v1/webhooks", path + "/deliveries", path + "/queues", "/api/v1/audit"} {
		r := vendor.call(t, "GET", shown, nil)
		for _, text := range []string{secret, second} {
			if r.status != http.StatusOK || strings.Contains(string(r.body), strings.TrimPrefix(text, "whsec_")) {
				t.Errorf("GET %s: %d, and it may have the secret", shown, r.status)
			}
		}
	}
}
