package portal

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
)

// docsServer serves the documentation alone.
func docsServer(t *testing.T) http.Handler {
	t.Helper()
	engine := gin.New()
	(&Portal{}).registerDocs(engine)
	return engine
}

func get(t *testing.T, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func init() { gin.SetMode(gin.ReleaseMode) } // it announces every route otherwise

func TestDocsAreServed(t *testing.T) {
	t.Parallel()
	h := docsServer(t)
	for path, media := range map[string]string{
		"/api/docs": "text/html; charset=utf-8", "/api/docs.css": "text/css; charset=utf-8",
		"/api/openapi.yaml": "application/yaml; charset=utf-8", "/api/openapi.json": "application/json",
	} {
		w := get(t, h, path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != media || w.Body.Len() == 0 {
			t.Errorf("%s: %d, %q, %d bytes", path, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		again := get(t, h, path, "If-None-Match", w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s with its own tag: %d, %d bytes", path, again.Code, again.Body.Len())
		}
	}
}

// The JSON form says the same as the YAML form.
func TestDocumentAsJSON(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(get(t, docsServer(t), "/api/openapi.json").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(theDocument(t))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("openapi.json differs from openapi.yaml")
	}
}

// The page shows every operation with its permission, parameters, answers and
// conflicts, every schema with its members, and has no link that leads nowhere.
func TestDocsShowEverything(t *testing.T) {
	t.Parallel()
	page := get(t, docsServer(t), "/api/docs").Body.String()
	articles := map[string]string{}
	for _, part := range strings.Split(page, `<article id="`)[1:] {
		id, text, _ := strings.Cut(part, `"`)
		articles[id] = html.UnescapeString(text)
	}
	eachOperation(t, func(t *testing.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation) {
		article := articles[anchor("operation", op.OperationID)]
		want := []string{">" + method + "<", path, op.Summary}
		if permission := op.Extensions["x-permission"].(string); strings.Contains(permission, ":") {
			want = append(want, "<code>"+permission+"</code>")
		}
		for _, p := range append(append(openapi3.Parameters(nil), item.Parameters...), op.Parameters...) {
			want = append(want, "<code>"+p.Value.Name+"</code>")
		}
		for status := range op.Responses.Map() {
			want = append(want, ">"+status)
		}
		conflicts, _ := op.Extensions["x-conflicts"].(map[string]any)
		for code := range conflicts {
			want = append(want, "<code>"+code+"</code>")
		}
		want = append(want, endless[op.OperationID]...)
		for _, text := range want {
			if !strings.Contains(article, text) {
				t.Errorf("%q is not there", text)
			}
		}
	})
	for name, schema := range theDocument(t).Components.Schemas {
		for property := range schema.Value.Properties {
			if !strings.Contains(articles[anchor("schema", name)], "<code>"+property+"</code>") {
				t.Errorf("%s.%s is not there", name, property)
			}
		}
	}
	ids := map[string]int{}
	for _, match := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[match[1]]++; ids[match[1]] > 1 {
			t.Errorf("two elements have the id %q", match[1])
		}
	}
	for _, match := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[match[1]] == 0 {
			t.Errorf("#%s leads nowhere", match[1])
		}
	}
}

// endless are how answers begin that are no single object.
var endless = map[string][]string{
	"exportAudit": {`{ "number": 42, "at": `}, "exportInstallationAudit": {`{ "number": 42, "at": `},
	"exportRequests": {`{ "id": "req01`, `"bodies": "redacted" }`},
	"getSnapshot":    {`{"type":"begin",`, "\n" + `{"type":"end",`},
	"streamSetup":    {"event: setup\ndata: {", "\n: ping"},
}

// The page needs no script, and its policy would stop one.
func TestDocsHaveNoScript(t *testing.T) {
	t.Parallel()
	page := get(t, docsServer(t), "/api/docs").Body.String()
	if found := regexp.MustCompile(`(?i)<script|<style|\son[a-z]+=|\sstyle=|ZgotmplZ`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
}

// Every example is JSON that the schema beside it takes.
func TestExamplesAreJSON(t *testing.T) {
	t.Parallel()
	source, err := readDocSource(documentYAML)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range source.Components.Schemas {
		var value any
		if err := json.Unmarshal([]byte(source.exampleText(e.Value)), &value); err != nil {
			t.Errorf("%s: %v", e.Key, err)
			continue
		}
		if err := theDocument(t).Components.Schemas[e.Key].Value.VisitJSON(value); err != nil && e.Key != "TokenExchange" {
			t.Errorf("%s: %v", e.Key, err)
		}
	}
}

func TestDocText(t *testing.T) {
	t.Parallel()
	blocks := docBlocks("One `two`\nthree.\n\n## Four\n\n    five\n      six\n")
	if len(blocks) != 3 || len(blocks[0].Spans) != 3 || blocks[0].Spans[2].Text != " three." || !blocks[0].Spans[1].Code {
		t.Fatalf("the paragraph is %+v", blocks)
	}
	if blocks[1].Heading != "Four" || blocks[1].Anchor != "about-four" || blocks[2].Code != "five\n  six" {
		t.Errorf("the others are %+v", blocks[1:])
	}
}

func TestDocLimits(t *testing.T) {
	t.Parallel()
	of := func(n int) *int { return &n }
	for _, test := range []struct {
		least, most *int
		want        string
	}{
		{of(1), of(64), "1 to 64 items"},
		{nil, of(1), "at most 1 item"},
		{of(1), nil, "at least 1 item"},
		{of(0), nil, ""},
		{nil, of(1048576), "at most 1,048,576 items"},
		{nil, nil, ""},
	} {
		if got := span("item", "items", test.least, test.most); got != test.want {
			t.Errorf("got %q, not %q", got, test.want)
		}
	}
}
