package scimhttp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/quirk"
)

// outcome is the result of one operation as the answer shows it.
type outcome struct {
	Method, BulkID, Location, Version, Status string
	Response                                  struct {
		Schemas                  []string
		Status, ScimType, Detail string
	}
}

// id is the end of the location.
func (o outcome) id() string { return o.Location[strings.LastIndex(o.Location, "/")+1:] }

// bulk sends operations and returns what the answer says about them.
func (b *bench) bulk(tb testing.TB, operations ...string) []outcome {
	tb.Helper()
	return b.bulkRequest(tb, "", operations...)
}

// bulkRequest is bulk with more in the message: `"failOnErrors":1,`.
func (b *bench) bulkRequest(tb testing.TB, more string, operations ...string) []outcome {
	tb.Helper()
	w := b.do("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],`+more+
		`"Operations":[`+strings.Join(operations, ",")+`]}`)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/scim+json" {
		tb.Fatalf("%d %s: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	var answer struct {
		Schemas    []string
		Operations []outcome
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		tb.Fatal(err)
	}
	if len(answer.Schemas) != 1 || answer.Schemas[0] != "urn:ietf:params:scim:api:messages:2.0:BulkResponse" {
		tb.Errorf("schemas %v", answer.Schemas)
	}
	return answer.Operations
}

const patchTitle = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Lead"}]}`

func TestBulk(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const base = "https://scim.example.com/scim/v2/con1"
	kept := b.want(t, 201, "POST", "/Users", `{"userName":"kept"}`)["id"].(string)
	gone := b.want(t, 201, "POST", "/Users", `{"userName":"gone"}`)["id"].(string)
	got := b.bulk(t,
		`{"method":"POST","path":"/Users","bulkId":"new","data":{"userName":"new"}}`,
		`{"method":"put","path":"/Users/`+kept+`","bulkId":"mine","version":"W/\"1\"","data":{"userName":"kept","title":"Boss"}}`,
		`{"method":"Patch","path":"Users/`+kept+`","version":"W/\"2\"","data":`+patchTitle+`}`,
		`{"method":"DELETE","path":"/users/`+gone+`/"}`,
		`{"method":"DELETE","path":"/Users/`+gone+`"}`,
		`{"METHOD":"POST","Path":"/Groups","BulkID":"team","DATA":{"displayName":"Team"}}`,
	)
	want := []outcome{
		{Method: "POST", BulkID: "new", Location: base + "/Users/", Version: `W/"1"`, Status: "201"},
		{Method: "PUT", BulkID: "mine", Location: base + "/Users/" + kept, Version: `W/"2"`, Status: "200"},
		{Method: "PATCH", Location: base + "/Users/" + kept, Version: `W/"3"`, Status: "200"},
		{Method: "DELETE", Location: base + "/Users/" + gone, Status: "204"},
		{Method: "DELETE", Location: base + "/Users/" + gone, Status: "404"},
		{Method: "POST", BulkID: "team", Location: base + "/Groups/", Version: `W/"1"`, Status: "201"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d results, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Method != w.Method || g.BulkID != w.BulkID || g.Version != w.Version || g.Status != w.Status || !strings.HasPrefix(g.Location, w.Location) {
			t.Errorf("result %d: %+v, want %+v", i, g, w)
		}
		if failed := g.Status >= "400"; failed != (g.Response.Detail != "") || failed != (g.Response.Status == g.Status) {
			t.Errorf("result %d: status %s with response %+v", i, g.Status, g.Response)
		}
		if g.Method == http.MethodDelete {
			continue
		}
		resource := b.want(t, 200, "GET", strings.TrimPrefix(g.Location, base), "")
		if meta := resource["meta"].(map[string]any); meta["location"] != g.Location {
			t.Errorf("result %d: location %s, the resource says %v", i, g.Location, meta["location"])
		}
	}
	if user := b.want(t, 200, "GET", "/Users/"+kept, ""); user["title"] != "Lead" {
		t.Errorf("title %v", user["title"])
	}
}

// TestBulkStatusOfPatch: it is the one that a single request would have had.
func TestBulkStatusOfPatch(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(s *quirk.Settings) { s.PatchUserReturnsBody, s.PatchGroupReturnsBody = false, true })
	got := b.bulk(t,
		`{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"jo"}}`,
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"Team"}}`,
		`{"method":"PATCH","path":"/Users/bulkId:u","data":`+patchTitle+`}`,
		`{"method":"PATCH","path":"/Groups/bulkId:g","data":{"Operations":[{"op":"replace","path":"displayName","value":"Crew"}]}}`,
	)
	if got[2].Status != "204" || got[2].Version != `W/"2"` || got[3].Status != "200" {
		t.Errorf("results %+v", got)
	}
}

func TestBulkVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.want(t, 201, "POST", "/Users", `{"userName":"jo"}`)["id"].(string)
	for _, tc := range []struct{ name, operation, status string }{
		{"stale PUT", `"method":"PUT","version":"W/\"9\"","data":{"userName":"jo","title":"a"}`, "412"},
		{"stale PATCH", `"method":"PATCH","version":"W/\"9\"","data":` + patchTitle, "412"},
		{"stale DELETE", `"method":"DELETE","version":"W/\"9\""`, "412"},
		{"no tag at all", `"method":"DELETE","version":"latest"`, "412"},
		{"a list of tags", `"method":"PUT","version":"W/\"9\", W/\"1\"","data":{"userName":"jo","title":"b"}`, "200"},
		{"empty", `"method":"PUT","version":"","data":{"userName":"jo","title":"c"}`, "200"},
		{"null", `"method":"PUT","version":null,"data":{"userName":"jo","title":"d"}`, "200"},
		{"any", `"method":"DELETE","version":"*"`, "204"},
	} {
		got := b.bulk(t, `{"path":"/Users/`+id+`",`+tc.operation+`}`)
		if got[0].Status != tc.status {
			t.Errorf("%s: %+v, want %s", tc.name, got[0], tc.status)
		}
	}
}

func TestBulkIsAdvertised(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.want(t, 200, "GET", "/ServiceProviderConfig", "")["bulk"].(map[string]any)
	if config["supported"] != true || config["maxOperations"] != 1000.0 || config["maxPayloadSize"] != float64(64<<10) {
		t.Errorf("bulk %v", config)
	}
	if w := b.do("GET", "/Bulk", ""); w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET /Bulk: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	b.want(t, 404, "POST", "/Bulk/more", `{}`)
}
