package bench

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestWrongAnswersAreErrors: a server that answers nonsense quickly does not look
// fast. Each fault makes each answer of an operation wrong.
func TestWrongAnswersAreErrors(t *testing.T) {
	t.Parallel()
	answers := func(method, path, right, wrong string) func(string, string, int, string) (int, string) {
		return func(m, p string, status int, body string) (int, string) {
			if m == method && strings.HasPrefix(p, path) {
				body = strings.Replace(body, right, wrong, 1)
			}
			return status, body
		}
	}
	for name, test := range map[string]struct {
		op    Op
		spoil func(method, path string, status int, body string) (int, string)
		says  string
	}{
		"somebody else":    {OpGet, answers("GET", "/Users/", `"id":"`, `"id":"x`), `"id" is not`},
		"filter unheeded":  {OpFilter, answers("GET", "/Users", `"totalResults":1`, `"totalResults":11`), `"totalResults" is 11, want 1`},
		"nobody found":     {OpFilter, answers("GET", "/Users", `"id"`, `"no"`), `"id" is not`},
		"patch undone":     {OpPatch, answers("PATCH", "/Users", `"active":`, `"active":0`), `"active" is not`},
		"wrong total":      {OpPage, answers("GET", "/Users", `"totalResults":50`, `"totalResults":51`), `"totalResults" is 51, want 50`},
		"short page":       {OpPage, answers("GET", "/Users", `"userName"`, `"name"`), "9 users, want 10"},
		"short deep page":  {OpPageDeep, answers("GET", "/Users", `"userName"`, `"name"`), "9 users, want 10"},
		"short cursor":     {OpCursor, answers("GET", "/Users", `"userName"`, `"name"`), "9 users, want 10"},
		"no id":            {OpCreate, answers("POST", "/Users", `"id"`, `"no"`), "no id"},
		"another name":     {OpCreate, answers("POST", "/Users", `"userName":"`, `"userName":"x`), `"userName" is not`},
		"a member missing": {OpGroup, answers("GET", "/Groups", `"value"`, `"gone"`), "9 members, want 10"},
		"server error": {OpMember, func(m, p string, status int, body string) (int, string) {
			if m == "PATCH" && strings.Contains(p, "/Groups/") && status == 204 {
				return 500, "out of order"
			}
			return status, body
		}, "status 500, want 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := serveDouble(t, nil)
			c := d.config(test.op)
			filled := false
			c.Progress = &interrupter{when: "Measuring", stop: func() { d.mu.Lock(); filled = true; d.mu.Unlock() }}
			d.spoil = func(m, p string, status int, body string) (int, string) {
				if !filled {
					return status, body
				}
				return test.spoil(m, p, status, body)
			}
			r, err := Run(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Results[0]; got.Errors != got.Requests || got.RPS != 0 || got.P50 != 0 || r.OK() {
				t.Errorf("%d errors in %d requests, %g a second", got.Errors, got.Requests, got.RPS)
			}
			if len(r.Problems) == 0 || !strings.Contains(r.Problems[0].String(), test.says) || r.ProblemCount < len(r.Problems) {
				t.Errorf("problems: %v", r.Problems)
			}
		})
	}
}

// TestWhatWasAnsweredIsProved: a server that says 204 and does nothing is found out.
func TestWhatWasAnsweredIsProved(t *testing.T) {
	t.Parallel()
	for op, undo := range map[Op]func(*double, string, string) bool{
		OpPatch:  func(_ *double, m, p string) bool { return m == "PATCH" && strings.HasPrefix(p, "/Users/") },
		OpCreate: func(_ *double, m, p string) bool { return m == "GET" && strings.HasPrefix(p, "/Users/") },
	} {
		d := serveDouble(t, nil)
		d.spoil = func(m, p string, status int, body string) (int, string) {
			switch {
			case !undo(d, m, p):
				return status, body
			case m == "PATCH":
				for _, u := range d.directories["Bearer t"].users {
					u["active"] = "neither"
				}
				return 204, ""
			default:
				return 404, ""
			}
		}
		r, err := Run(t.Context(), d.config(op))
		if err != nil || r.OK() || r.Results[0].Errors != 0 {
			t.Errorf("%s: %v, %+v", op, err, r)
		}
	}
}

// TestFillingStops where there would be nothing to measure with.
func TestFillingStops(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bulk   int
		method string
		status int
		body   string
		says   string
	}{
		"rate":          {0, "POST /Users", 429, "", "ROSTER_SCIM_RATE"},
		"refused":       {0, "POST /Users", 403, "no", "status 403, want 201"},
		"bulk refused":  {50, "POST /Bulk", 413, "", "status 413, want 200"},
		"bulk nonsense": {50, "POST /Bulk", 200, "{", "read the bulk answer"},
		"bulk in part":  {50, "POST /Bulk", 200, `{"Operations":[{"bulkId":"1","status":"201","location":"/Users/a"}]}`, "1 operations are answered, want 50"},
		"bulk failures": {50, "POST /Bulk", 200, `{"Operations":[{"bulkId":"1","status":"409"}]}`, "answers status 409"},
		"bulk twice":    {50, "POST /Bulk", 200, `{"Operations":[{"bulkId":"1","status":"503"},{"bulkId":"1","status":"503"}]}`, `operation "1" was not sent, or is answered twice`},
		"bulk others":   {50, "POST /Bulk", 200, `{"Operations":[{"bulkId":"51","status":"201","location":"/Users/a"}]}`, `operation "51" was not sent`},
		"no group":      {50, "POST /Groups", 501, "", "status 501, want 201"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := serveDouble(t, func(d *double) { d.bulk = test.bulk })
			d.spoil = func(m, p string, status int, body string) (int, string) {
				if m+" "+kindOf(p) == test.method {
					return test.status, test.body
				}
				return status, body
			}
			if r, _ := hurried(t, d.config(OpGroup)); !strings.Contains(r.Stopped, test.says) || len(r.Results) != 0 {
				t.Errorf("stopped %q", r.Stopped)
			}
		})
	}
}

// TestServerGoesAway: a run ends when nobody listens any more.
func TestServerGoesAway(t *testing.T) {
	t.Parallel()
	d := serveDouble(t, nil)
	front := httptest.NewServer(http.HandlerFunc(d.ServeHTTP))
	defer front.Close()
	c := d.config(OpGet)
	c.Targets[0].URLs[0] = front.URL + "/scim/v2"
	c.Requests, c.Duration = 0, time.Hour
	c.Progress = &interrupter{when: "Measuring", stop: func() { front.Listener.Close(); front.CloseClientConnections() }}
	r, err := Run(t.Context(), c)
	if err != nil || !strings.HasPrefix(r.Stopped, "connect: ") || r.OK() {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestNothingToMeasure(t *testing.T) {
	t.Parallel()
	d := serveDouble(t, func(d *double) {
		d.spoil = func(_, path string, status int, body string) (int, string) {
			switch {
			case strings.HasSuffix(path, "/Users") && strings.Contains(body, `"totalResults":0`):
				return 401, ""
			default:
				return status, body
			}
		}
	})
	fine := serveDouble(t, nil)
	for says, change := range map[string]func(*Config){
		"refuses the token":              func(c *Config) { c.Targets[0].URLs[0] = d.url },
		"cannot be reached":              func(c *Config) { c.Targets[0].URLs[0] = "http://127.0.0.1:1" },
		"no SCIM server":                 func(c *Config) { c.Targets[0].URLs[0] = strings.TrimSuffix(fine.url, "/scim/v2") },
		"no http or https":               func(c *Config) { c.Targets[0].URLs[0] = "x" },
		"target 2":                       func(c *Config) { c.Targets = append(c.Targets, Target{URLs: []string{"x"}}) },
		"no target":                      func(c *Config) { c.Targets = nil },
		"no operation":                   func(c *Config) { c.Ops = []Op{"fly"} },
		"connections":                    func(c *Config) { c.Connections = 0 },
		"users: give ascending":          func(c *Config) { c.Users = []int{5, 5} },
		"users: give numbers":            func(c *Config) { c.Users = []int{0} },
		"group-sizes: name at least one": func(c *Config) { c.GroupSizes = nil },
		"depth":                          func(c *Config) { c.Depth = 100 },
		"duration":                       func(c *Config) { c.Requests = 0 },
		"timeout":                        func(c *Config) { c.Timeout = 0 },
		"warmup":                         func(c *Config) { c.Warmup = -1 },
		"settle":                         func(c *Config) { c.Settle = -1 },
	} {
		c := fine.config(OpGet)
		change(&c)
		if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	if fine.counts("t") != "no directory" && fine.counts("t") != "0 users, 0 groups" {
		t.Errorf("the server holds %s", fine.counts("t"))
	}
}
