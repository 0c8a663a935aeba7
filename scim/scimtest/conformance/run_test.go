package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
)

// ask sends a request of the test's own and returns the answer.
func ask(t *testing.T, target conformance.Target, method, path, body string) (int, object) {
	t.Helper()
	r, err := http.NewRequest(method, target.BaseURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := target.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out object
	if len(data) > 0 {
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return response.StatusCode, out
}

// inhabit puts a user and a group into a directory, and returns a check that
// they, and nobody else, are there as they were.
func inhabit(t *testing.T, target conformance.Target) func(t *testing.T) {
	t.Helper()
	_, user := ask(t, target, "POST", "/Users", `{"userName":"amara@acme.example","title":"Lead","externalId":"1"}`)
	_, group := ask(t, target, "POST", "/Groups", `{"displayName":"Ops","members":[{"value":"`+user["id"].(string)+`"}]}`)
	return func(t *testing.T) {
		t.Helper()
		for endpoint, want := range map[string]object{"/Users": user, "/Groups": group} {
			_, list := ask(t, target, "GET", endpoint, "")
			if list["totalResults"] != 1.0 {
				t.Errorf("%s lists %v, want the one who was there", endpoint, list["totalResults"])
				continue
			}
			got := list["Resources"].([]any)[0].(object)
			if got["id"] != want["id"] || got["meta"].(object)["lastModified"] != want["meta"].(object)["lastModified"] {
				t.Errorf("%s holds %v, want %v", endpoint, got, want)
			}
		}
	}
}

// TestLeavesNothingBehind: whatever is wrong with the server, a run takes away
// all that it made and touches nobody else.
func TestLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tc := range []struct {
		name  string
		fault fault
	}{
		{"healthy", fault{}},
		{"creations without a trace", fault{after: func(x *traffic) {
			if x.Method == http.MethodPost && x.status == 201 {
				x.out, x.raw = nil, []byte("{}")
				x.header.Del("Location")
			}
		}}},
		{"PUT creates", otherwise(createFaults, "PUT creates")},
		{"conflicts", otherwise(createFaults, "a conflict is a bad request")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			target := s.connection(spoil(tc.fault.before, tc.fault.after))
			healthy := s.same(target)
			check := inhabit(t, healthy)
			report, err := conformance.Run(t.Context(), target, conformance.Options{Only: "create,replace,index paging,group members,bulk"})
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Leftovers) > 0 {
				t.Errorf("left %v", report.Leftovers)
			}
			check(t)
		})
	}
}

func otherwise(all []fault, name string) fault {
	for _, f := range all {
		if f.name == name {
			return f
		}
	}
	return fault{}
}

// TestDeletesNobodyElse: a server that answers a creation with somebody else's
// resource does not make the run delete that one.
func TestDeletesNobodyElse(t *testing.T) {
	t.Parallel()
	s := start(t)
	var victim atomic.Value
	target := s.connection(spoil(nil, func(x *traffic) {
		if other, ok := victim.Load().(object); ok && x.on("POST", "/Users") && x.status == 201 {
			x.out = other
			x.header.Set("Location", other["meta"].(object)["location"].(string))
		}
	}))
	check := inhabit(t, s.same(target))
	_, list := ask(t, s.same(target), "GET", "/Users", "")
	victim.Store(list["Resources"].([]any)[0])
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: "7644-3.3-01,7644-3.3-06"})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Leftovers) != 1 {
		t.Errorf("left %v, want the one resource that was taken for the run's own", report.Leftovers)
	}
	check(t)
}

func TestInterruptedRunCleansUp(t *testing.T) {
	t.Parallel()
	s := start(t)
	target := s.connection(nil)
	check := inhabit(t, target)
	ctx, cancel := context.WithCancel(t.Context())
	report, err := conformance.Run(ctx, target, conformance.Options{Only: "filter operators", Progress: func(done, _ int, _ conformance.Result) {
		if done == 3 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if report.Aborted == "" || report.OK() || report.Summary.Passed != 3 || report.Summary.Blocked != report.Summary.Total-3 {
		t.Errorf("aborted %q, %+v", report.Aborted, report.Summary)
	}
	check(t)
}

func TestRunEndsWhenTheServerIsGone(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	target := start(t).connection(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) > 60 {
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	})
	report, err := conformance.Run(t.Context(), target, conformance.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Aborted == "" || report.Summary.Blocked < 300 || report.OK() {
		t.Errorf("aborted %q, %+v", report.Aborted, report.Summary)
	}
}

func TestTargetErrors(t *testing.T) {
	t.Parallel()
	s := start(t)
	bound := s.connection(spoil(func(x *traffic) {
		if x.Method == http.MethodDelete {
			x.answer(403)
		}
	}, nil))
	good := s.connection(nil)
	wrong := good
	wrong.Token = "wrong"
	elsewhere := good
	elsewhere.BaseURL = s.URL + "/nowhere/at/all"
	closed := start(t)
	gone := closed.connection(nil)
	closed.Close()
	for name, target := range map[string]conformance.Target{
		"wrong token": wrong, "gone": gone, "may not delete": bound, "no SCIM": elsewhere, "no URL": {BaseURL: "scim.example.com"}, "scheme": {BaseURL: "ftp://a.example"},
		"query": {BaseURL: "https://a.example/?x=1"}, "credentials": {BaseURL: "https://u:p@a.example/"}, "unreadable": {BaseURL: "http://[::1"},
	} {
		_, err := conformance.Run(t.Context(), target, conformance.Options{})
		if _, ok := errors.AsType[*conformance.TargetError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := conformance.Run(t.Context(), good, conformance.Options{Only: "nothing-like-this"}); err == nil {
		t.Error("a pattern that selects nothing is accepted")
	}
}

// TestThrottledServer: 429 and 503 with Retry-After are waited out.
func TestThrottledServer(t *testing.T) {
	t.Parallel()
	var requests, refused atomic.Int64
	target := start(t).connection(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status := []int{0, http.StatusTooManyRequests, http.StatusServiceUnavailable}[requests.Add(1)%3]
			if status == 0 {
				next.ServeHTTP(w, r)
				return
			}
			refused.Add(1)
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(status)
		})
	})
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: "create,delete"})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || report.Summary.Passed < 20 || refused.Load() < 40 {
		t.Errorf("%+v after %d refusals", report.Summary, refused.Load())
	}
}

// TestUnannouncedFeatures are skipped with the reason, and checked by force.
func TestUnannouncedFeatures(t *testing.T) {
	t.Parallel()
	target := start(t).connection(spoil(nil, func(x *traffic) {
		if sorted, ok := x.out["sort"].(object); ok {
			sorted["supported"] = false
		}
		if strings.HasSuffix(x.URL.Path, "/.search") {
			x.status, x.out = 501, object{}
		}
	}))
	for _, tc := range []struct {
		force   bool
		outcome conformance.Outcome
		only    string
		says    string
	}{
		{false, conformance.Skipped, "7644-3.4.2.3-01", "ServiceProviderConfig does not announce sort"},
		{true, conformance.Passed, "7644-3.4.2.3-01", ""},
		{false, conformance.Skipped, "7644-3.4.3-01", "501"},
		{true, conformance.Failed, "7644-3.4.3-01", ""},
	} {
		report, err := conformance.Run(t.Context(), target, conformance.Options{Only: tc.only, Force: tc.force})
		if err != nil {
			t.Fatal(err)
		}
		r := report.Results[0]
		if r.Outcome != tc.outcome || !strings.Contains(r.Reason, tc.says) {
			t.Errorf("%s with force %t is %s: %s", tc.only, tc.force, r.Outcome, r.Reason)
		}
	}
}

// TestAdaptsToTheSchema: attributes that a server demands are sent, and checks
// of attributes that it does not have are skipped.
func TestAdaptsToTheSchema(t *testing.T) {
	t.Parallel()
	target := start(t).connection(spoil(func(x *traffic) {
		if x.on("POST", "/Users") && x.in["nickName"] == nil {
			x.answer(400)
		}
	}, func(x *traffic) {
		if !x.on("GET", "/Schemas") {
			return
		}
		for _, s := range x.out["Resources"].([]any) {
			var kept []any
			for _, a := range s.(object)["attributes"].([]any) {
				definition := a.(object)
				if definition["name"] == "nickName" {
					definition["required"] = true
				}
				if definition["name"] != "title" {
					kept = append(kept, a)
				}
			}
			s.(object)["attributes"] = kept
		}
	}))
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: "7644-3.3-01,7644-3.5.2.1-01,7644-3.5.2.1-05"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []conformance.Outcome{conformance.Passed, conformance.Skipped, conformance.Passed} {
		if r := report.Results[i]; r.Outcome != want {
			t.Errorf("%s is %s, want %s: %s", r.ID, r.Outcome, want, r.Details())
		}
	}
	if r := report.Results[1]; !strings.Contains(r.Reason, "title") {
		t.Errorf("%s: %s", r.ID, r.Reason)
	}
}

// TestBlocked: what could not be prepared is not passed.
func TestBlocked(t *testing.T) {
	t.Parallel()
	target := start(t).connection(spoil(func(x *traffic) {
		if x.on("POST", "/Users") {
			x.answer(507)
		}
	}, nil))
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: "7644-3.3-01,7644-3.6-01,7644-3.4.2.2-03"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []conformance.Outcome{conformance.Failed, conformance.Blocked, conformance.Blocked} {
		if r := report.Results[i]; r.Outcome != want || (want == conformance.Blocked && !strings.Contains(r.Reason, "507")) {
			t.Errorf("%s is %s: %s", r.ID, r.Outcome, r.Reason)
		}
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	target := start(t).connection(spoil(nil, func(x *traffic) {
		if x.status == 201 {
			x.status = 200
		}
		if tag := x.header.Get("ETag"); tag != "" {
			x.header.Set("ETag", `W/"\x01`+tag[3:])
		}
	}))
	report, err := conformance.Run(t.Context(), target, conformance.Options{Only: "create,me,7644-3.14-02,7643-4.1.1-06"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.WriteJUnit(&out); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Suites []struct {
			Name     string `xml:"name,attr"`
			Failures int    `xml:"failures,attr"`
			Skipped  int    `xml:"skipped,attr"`
			Tests    int    `xml:"tests,attr"`
			Cases    []struct {
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	var failures, skipped, tests, marked int
	for _, s := range read.Suites {
		failures, skipped, tests = failures+s.Failures, skipped+s.Skipped, tests+s.Tests
		for _, c := range s.Cases {
			if c.Failure != nil && strings.Contains(c.Failure.Message, "expected") {
				marked++
			}
		}
	}
	sum := report.Summary
	if failures != sum.Failed || skipped != sum.Skipped || tests != sum.Total || marked != failures || failures == 0 || skipped == 0 || sum.Warnings == 0 {
		t.Errorf("%d failures, %d skipped, %d tests; the report has %+v", failures, skipped, tests, sum)
	}
}
