package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
)

// requestsOf is where the request log of a client's connection is read.
func requestsOf(t testing.TB, s *server, c *client) string {
	t.Helper()
	id, err := tenants.ParseConnectionID(c.base[strings.LastIndexByte(c.base, '/')+1:])
	if err != nil {
		t.Fatal(err)
	}
	connection, err := s.app.Tenants().AnyConnection(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("/api/v1/tenants/%s/connections/%s/requests", connection.TenantID, id)
}

// logged waits until the request log has so many requests and returns its lines,
// the oldest first.
func logged(t testing.TB, s *server, c *client, requests int) []map[string]any {
	t.Helper()
	api, path := s.api(t), requestsOf(t, s, c)
	var lines []map[string]any
	eventually(t, "the request log is written", func() bool {
		lines = api.items(t, path+"?limit=200")
		n := 0
		for _, line := range lines {
			n += 1 + int(line["repeats"].(float64))
		}
		return n >= requests
	})
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return lines
}

// unsteady is what differs from run to run in what the log says.
var unsteady = regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|rstrtok[0-9A-Za-z]{4}…[0-9A-Za-z]{4}`)

// TestRequestsTellACycle compares what the log says of simulated cycles with what
// people have read and found good. Providers send several requests at a time, so
// lines are counted, not in order.
func TestRequestsTellACycle(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"okta", "entra"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			var told strings.Builder
			for _, scenario := range []string{"first-cycle", "leaver", "rename", "wrong-token"} {
				c := s.connection(t, dialect)
				_, r := simulated(t, c, dialect, "--scenario", scenario, "--users", "3", "--groups", "1")
				counts := map[string]int{}
				for _, line := range logged(t, s, c, r.Totals().Sent) {
					text := fmt.Sprintf("%-17s %-9s %v", line["kind"], line["outcome"], line["sentence"])
					if fix, ok := line["fix"].(map[string]any); ok {
						text += fmt.Sprintf("\n      %v %v [%v]", fix["cause"], fix["fix"], fix["where"])
					}
					counts[unsteady.ReplaceAllString(text, "‹id›")]++
				}
				fmt.Fprintf(&told, "%s\n", scenario)
				for _, text := range slices.Sorted(maps.Keys(counts)) {
					fmt.Fprintf(&told, "%3d × %s\n", counts[text], text)
				}
			}
			golden(t, filepath.Join("testdata", "requests", dialect+".txt"), told.String())
		})
	}
}

// connectionIn is the connection of a client.
func connectionIn(t testing.TB, c *client) tenants.ConnectionID {
	t.Helper()
	id, err := tenants.ParseConnectionID(c.base[strings.LastIndexByte(c.base, '/')+1:])
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// testEveryRequestIsLogged sends what can happen to a request and finds each with
// what it meant and why it was refused; the token, other secrets and what the
// tenant wants masked are nowhere in it.
func testEveryRequestIsLogged(t *testing.T, s *server) {
	t.Parallel()
	c := s.connection(t, "okta")
	id := connectionIn(t, c)
	user := `{"userName":"jane@acme.com","emails":[{"value":"jane@acme.com","type":"work"}],"phoneNumbers":[{"value":"+1 555 0100"}],"password":"hunter2-hunter2"}`
	made := c.want(t, 201, "POST", "/Users", user)
	person := made["id"].(string)
	want := []string{"user.create done  201"}
	send := func(status int, line, method, path, body string, headers ...string) {
		t.Helper()
		if r := c.send(t, method, path, body, headers...); r.status != status {
			t.Errorf("%s %s: %d, want %d\n%s", method, path, r.status, status, r.body)
		}
		want = append(want, fmt.Sprintf("%s %d", line, status))
	}
	send(409, "user.create refused username_taken", "POST", "/Users", user)
	send(400, "user.create refused required_missing", "POST", "/Users", `{"displayName":"Nobody"}`)
	send(200, "user.lookup done ", "GET", "/Users?filter=userName+eq+%22jane%40acme.com%22", "")
	send(200, "user.lookup done ", "POST", "/Users/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"emails.value eq \"jane@acme.com\""}`)
	send(400, "user.list refused invalid_filter", "GET", "/Users?filter=nonsense", "")
	send(200, "user.deactivate done ", "PATCH", "/Users/"+person, patchOp(`{"op":"replace","path":"active","value":"False"}`))
	send(200, "user.deactivate unchanged ", "PATCH", "/Users/"+person, patchOp(`{"op":"replace","path":"active","value":false}`))
	send(400, "group.create refused member_unknown", "POST", "/Groups", `{"displayName":"Sales","members":[{"value":"`+person+`"},{"value":"nobody"}]}`)
	send(200, "bulk done ", "POST", "/Bulk", `{"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"bob@acme.com","password":"hunter2-hunter2"}},{"method":"DELETE","path":"/Users/none"}]}`)
	send(404, "other refused no_endpoint", "GET", "/Nope", "")
	send(404, "other refused no_endpoint", "GET", "/a/b/c/d/e/f/g/h/i", "") // before anybody asks for the token
	send(412, "user.update refused precondition_failed", "PUT", "/Users/"+person, user, "If-Match", `W/"99"`)
	send(204, "user.delete done ", "DELETE", "/Users/"+person, "")
	wrong := *c
	wrong.token = c.token[:len(c.token)-1]
	if r := wrong.send(t, "GET", "/Users?token="+c.token, ""); r.status != 401 {
		t.Errorf("wrong token: %d", r.status)
	}
	want = append(want, "credentials.check refused token_unknown 401")
	if _, err := s.app.Tenants().PauseConnection(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	send(503, "user.list refused paused", "GET", "/Users", "")

	var got []string
	for _, line := range logged(t, s, c, len(want)) {
		code, _ := line["code"].(string)
		got = append(got, fmt.Sprintf("%v %v %s %v", line["kind"], line["outcome"], code, line["status"]))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	export := string(s.api(t).call(t, "GET", requestsOf(t, s, c)+"/export", nil).body)
	if strings.Count(export, "\n") != len(want) {
		t.Errorf("the export has %d lines", strings.Count(export, "\n"))
	}
	for _, secret := range []string{c.token, c.token[:30], "hunter2", "555 0100"} {
		if strings.Contains(export, secret) {
			t.Errorf("the log has %q in\n%s", secret, export)
		}
	}
	if masked := `\"emails\":[{\"value\":\"j…@acme.com\"`; !strings.Contains(export, masked) {
		t.Errorf("no masked body in\n%s", export)
	}
}

// golden compares a text with the one in a file, or writes it with UPDATE_GOLDEN=1.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s differs; it would be\n%s", file, text)
	}
}
