package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// client is one connection's identity provider in a test.
type client struct {
	base  string
	token string
	http  *http.Client // nil: the default one
}

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (c *client) send(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	r, err := c.try(method, path, body, headers...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// try is send for callers that expect the server to die. Headers are name, value, ….
func (c *client) try(method, path, body string, headers ...string) (reply, error) {
	request, err := http.NewRequest(method, c.base+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/scim+json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	through := c.http
	if through == nil {
		through = http.DefaultClient
	}
	response, err := through.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return reply{status: response.StatusCode, header: response.Header, body: data}, err
}

// want is send that fails the test unless the status is the expected one.
func (c *client) want(t *testing.T, status int, method, path, body string, headers ...string) map[string]any {
	t.Helper()
	r := c.send(t, method, path, body, headers...)
	if r.status != status {
		t.Fatalf("%s %s: status %d, want %d\n%s", method, path, r.status, status, r.body)
	}
	return r.object(t)
}

func (r reply) object(t testing.TB) map[string]any {
	t.Helper()
	if len(r.body) == 0 {
		return nil
	}
	var out map[string]any
	if err := json.Unmarshal(r.body, &out); err != nil {
		t.Fatalf("answer is no JSON object: %v\n%s", err, r.body)
	}
	return out
}

// refusal checks that an answer is a well-formed SCIM error and returns its scimType.
func (r reply) refusal(t *testing.T, status int) string {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d\n%s", r.status, status, clipped(r.body))
	}
	if got := r.header.Get("Content-Type"); got != "application/scim+json" {
		t.Errorf("Content-Type %q", got)
	}
	body := r.object(t)
	if body["status"] != fmt.Sprint(status) || body["detail"] == "" || body["detail"] == nil {
		t.Errorf("not a SCIM error: %s", clipped(r.body))
	}
	scimType, _ := body["scimType"].(string)
	return scimType
}

func clipped(b []byte) []byte { return bytes.TrimSpace(b[:min(len(b), 600)]) }

func user(userName string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q,`+
		`"externalId":%q,"active":true,"name":{"givenName":"Noor","familyName":"Haddad"},`+
		`"emails":[{"type":"work","primary":true,"value":%q}]}`, userName, "ext-"+userName, userName)
}

func group(name string, members ...string) string {
	values := make([]string, len(members))
	for i, m := range members {
		values[i] = fmt.Sprintf(`{"value":%q}`, m)
	}
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":%q,"members":[%s]}`,
		name, strings.Join(values, ","))
}

func patchOp(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operations + `]}`
}

func (c *client) createUser(t *testing.T, userName string) string {
	t.Helper()
	return c.want(t, 201, "POST", "/Users", user(userName))["id"].(string)
}

func (c *client) createGroup(t *testing.T, name string, members ...string) string {
	t.Helper()
	return c.want(t, 201, "POST", "/Groups", group(name, members...))["id"].(string)
}
