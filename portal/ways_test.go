package portal

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// object is an answer in JSON.
type object = map[string]any

func TestAPIKeysOverHTTP(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	wanted := object{"name": "Reader", "permissions": []string{"tenants:read", "keys:manage"}, "expires_in": "90d"}
	var made, again, got object
	if status := c.call("POST", "/api/v1/api-keys", c.key, wanted, &made, "Idempotency-Key", "k1"); status != http.StatusCreated {
		t.Fatalf("create: %d %v", status, made)
	}
	if c.call("POST", "/api/v1/api-keys", c.key, wanted, &again, "Idempotency-Key", "k1"); made["secret"] != again["secret"] {
		t.Errorf("repeated: %v", again)
	}
	secret, _ := made["secret"].(string)
	id, _ := made["id"].(string)
	if status := c.call("GET", "/api/v1/api-keys/"+id, secret, nil, &got); status != http.StatusOK || got["secret"] != nil ||
		got["state"] != "active" || got["last_four"] != secret[len(secret)-4:] || got["tenant_id"] != nil || got["expires_at"] == nil {
		t.Errorf("get by itself: %d %v", status, got)
	}
	more := object{"name": "More", "permissions": []string{"roles:manage"}}
	if status := c.call("POST", "/api/v1/api-keys", secret, more, &got); status != http.StatusForbidden {
		t.Errorf("more than one has: %d %v", status, got)
	}
	var list struct {
		Items  []object
		Cursor *string `json:"next_cursor"`
	}
	if status := c.call("GET", "/api/v1/api-keys?limit=1", secret, nil, &list); status != http.StatusOK || len(list.Items) != 1 || list.Cursor == nil || list.Items[0]["id"] != id {
		t.Errorf("list: %d %+v", status, list)
	}
	next := *list.Cursor
	if c.call("GET", "/api/v1/api-keys?limit=1&cursor="+next, secret, nil, &list); len(list.Items) != 1 || list.Cursor != nil || list.Items[0]["name"] != "Back end" {
		t.Errorf("second page: %+v", list)
	}
	for range 2 { // the second time changes nothing
		if status := c.call("DELETE", "/api/v1/api-keys/"+id, c.key, nil, nil); status != http.StatusNoContent {
			t.Errorf("revoke: %d", status)
		}
	}
	if status := c.call("GET", "/api/v1/session", secret, nil, &got); status != http.StatusUnauthorized || got["code"] != "unauthenticated" {
		t.Errorf("the revoked key: %d %v", status, got)
	}
	if log := c.log.String(); strings.Contains(log, secret) || !strings.Contains(log, "reason=revoked id="+id) {
		t.Errorf("the log has the key, or does not say why it is refused: %s", log)
	}
}

func TestPortalLinksOverHTTP(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	path := "/api/v1/tenants/" + c.tenant.String() + "/portal-links"
	var made, got object
	wanted := object{"email": "it@acme.com", "inviter": "Jane Roe", "note": "pilot", "return_url": "https://app.example.com/", "expires_in": "7d"}
	if status := c.call("POST", path, c.key, wanted, &made); status != http.StatusCreated {
		t.Fatalf("create: %d %v", status, made)
	}
	url, _ := made["url"].(string)
	code, ok := strings.CutPrefix(url, counterURL+"/portal/link/")
	if !ok || made["state"] != "active" || made["created_by"] != "Back end" || !cmp.Equal(made["roles"], []any{"admin"}) {
		t.Errorf("%v", made)
	}
	started, err := c.login.OpenLink(t.Context(), code, "it@acme.com")
	if err != nil {
		t.Fatal(err)
	}
	id, _ := made["id"].(string)
	if status := c.call("GET", path+"/"+id, c.key, nil, &got); status != http.StatusOK || got["url"] != nil || got["state"] != "used" || got["note"] != "pilot" {
		t.Errorf("get: %d %v", status, got)
	}
	if openings, _ := got["openings"].([]any); len(openings) != 1 || openings[0].(object)["outcome"] != "opened" {
		t.Errorf("openings: %v", got["openings"])
	}
	var session object
	if status := c.call("GET", "/api/v1/session", started.Token, nil, &session); status != http.StatusOK ||
		session["return_url"] != "https://app.example.com/" || session["name"] != "it@acme.com" {
		t.Errorf("session: %d %v", status, session)
	}
	for name, x := range map[string]struct {
		body   object
		status int
	}{
		"too long":              {object{"expires_in": "8d"}, 400},
		"for ever":              {object{"expires_in": "never"}, 400},
		"staff":                 {object{"roles": []string{"owner"}}, 400},
		"no such role":          {object{"roles": []string{"boss"}}, 400},
		"http":                  {object{"return_url": "http://app.example.com/"}, 400},
		"no such connection":    {object{"connection": "con01m81c6t0yehvs7mmswhpp4dbc"}, 404},
		"a misspelled property": {object{"mail": "x"}, 400},
	} {
		var problem object
		if status := c.call("POST", path, c.key, x.body, &problem); status != x.status || problem["code"] == nil {
			t.Errorf("%s: %d %v", name, status, problem)
		}
	}
	if status := c.call("GET", path, started.Token, nil, &got); status != http.StatusForbidden {
		t.Errorf("the administrator lists links: %d", status)
	}
}

func TestSessionsOverHTTP(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	c.trust(newVendor(t))
	path := "/api/v1/tenants/" + c.tenant.String()
	var made object
	c.call("POST", path+"/portal-links", c.key, object{}, &made)
	code := strings.TrimPrefix(made["url"].(string), counterURL+"/portal/link/")
	started, err := c.login.OpenLink(t.Context(), code, "")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []object }
	if status := c.call("GET", path+"/sessions", c.key, nil, &list); status != http.StatusOK || len(list.Items) != 1 || list.Items[0]["link_id"] != made["id"] {
		t.Errorf("list: %d %v", status, list)
	}
	if c.call("GET", "/api/v1/staff-sessions", c.key, nil, &list); len(list.Items) != 0 {
		t.Errorf("staff: %v", list)
	}
	session := started.Session.ID.String()
	if status := c.call("DELETE", "/api/v1/staff-sessions/"+session, c.key, nil, nil); status != http.StatusNotFound {
		t.Errorf("ended as one of staff: %d", status)
	}
	if status := c.call("DELETE", path+"/sessions/"+session, c.key, nil, nil); status != http.StatusNoContent {
		t.Errorf("end: %d", status)
	}
	if status := c.call("GET", "/api/v1/session", started.Token, nil, nil); status != http.StatusUnauthorized {
		t.Errorf("the session goes on: %d", status)
	}
	var problem object
	if status := c.call("DELETE", "/api/v1/session", c.key, nil, &problem); status != http.StatusConflict || problem["code"] != "no_session" {
		t.Errorf("an API key signs out: %d %v", status, problem)
	}
}

// TestIssuersOverHTTP: what was given comes back, and a private key is refused
// without being repeated.
func TestIssuersOverHTTP(t *testing.T) {
	t.Parallel()
	c, v := newCounter(t), newVendor(t)
	var made, got, problem object
	body := object{"name": "App", "issuer": "https://app.example.com", "pem": []string{v.pem}}
	if status := c.call("POST", "/api/v1/issuers", c.key, body, &made); status != http.StatusCreated || made["audience"] != counterURL {
		t.Fatalf("create: %d %v", status, made)
	}
	id, _ := made["id"].(string)
	if status := c.call("GET", "/api/v1/issuers/"+id, c.key, nil, &got); status != http.StatusOK || !cmp.Equal(made, got) {
		t.Errorf("get: %d %s", status, cmp.Diff(made, got))
	}
	if status := c.call("POST", "/api/v1/issuers", c.key, body, &problem); status != http.StatusConflict || problem["code"] != "taken" {
		t.Errorf("again: %d %v", status, problem)
	}
	private := strings.ReplaceAll(v.pem, "PUBLIC", "PRIVATE")
	status := c.call("POST", "/api/v1/issuers", c.key, object{"name": "App", "issuer": "x", "pem": []string{private}}, &problem)
	if detail, _ := problem["detail"].(string); status != http.StatusBadRequest || !strings.Contains(detail, "private key") || strings.Contains(detail, "BEGIN PRIVATE") {
		t.Errorf("a private key: %d %v", status, problem)
	}
	if status := c.call("DELETE", "/api/v1/issuers/"+id, c.key, nil, nil); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	if status := c.call("GET", "/api/v1/issuers/"+id, c.key, nil, nil); status != http.StatusNotFound {
		t.Errorf("get what is gone: %d", status)
	}
}
