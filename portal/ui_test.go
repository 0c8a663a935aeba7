package portal

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
)

const scriptText = "console.log('a script that is long enough for gzip to make it shorter, and shorter, and shorter, and shorter');"

// built is what Vite may have made.
func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html": {Data: []byte(`<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__">` +
			`<script type="module" nonce="__CSP_NONCE__" src="/assets/index-3f2a.js"></script>`)},
		"assets/index-3f2a.js":    {Data: []byte(scriptText)},
		"assets/index-9b1c.css":   {Data: []byte("p{}")}, // gzip makes it longer
		"assets/inter-77aa.woff2": {Data: []byte("wOF2" + strings.Repeat("\x00", 200))},
		"favicon.svg":             {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		".keep":                   {},
	}
}

// uiServer serves the pages as the program does.
func uiServer(t *testing.T, files fs.FS, frames ...string) http.Handler {
	t.Helper()
	pages, err := newUI(files)
	if err != nil {
		t.Fatal(err)
	}
	p := &Portal{handlers: handlers{frameAncestors: frames}, ui: pages}
	if pages.index == nil {
		p.tenants = newDesk(t).tenants
	}
	engine := gin.New()
	engine.RedirectTrailingSlash = false // as the program has it
	p.registerUI(engine)
	engine.NoRoute(func(c *gin.Context) {
		if !p.ServePage(c) {
			c.String(http.StatusNotFound, "no route")
		}
	})
	return engine
}

var nonceInPolicy = regexp.MustCompile(`'nonce-([A-Za-z0-9_-]{22})'`)

// Every screen is the page, with a nonce of its own in header and text.
func TestPagesHaveANonceOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := uiServer(t, built())
	seen := map[string]bool{}
	for _, path := range []string{"/portal", "/portal/", "/portal/connections/con1/people", "/console", "/console/tenants/a", "/console/tenants/a"} {
		w := get(t, h, path)
		policy := w.Header().Get("Content-Security-Policy")
		found := nonceInPolicy.FindAllStringSubmatch(policy, -1)
		if w.Code != http.StatusOK || len(found) != 2 || found[0][1] != found[1][1] {
			t.Fatalf("%s: %d, %q", path, w.Code, policy)
		}
		nonce := found[0][1]
		if seen[nonce] {
			t.Errorf("%s: the nonce %s a second time", path, nonce)
		}
		seen[nonce] = true
		if strings.Count(w.Body.String(), `"`+nonce+`"`) != 2 || strings.Contains(w.Body.String(), uiNonce) {
			t.Errorf("%s: the nonce is %s, the page %s", path, nonce, w.Body)
		}
	}
}

func TestHeadersOfPages(t *testing.T) {
	t.Parallel()
	const partner, wild = "https://app.example.com", "https://*.example.net"
	for name, c := range map[string]struct {
		path   string
		frames []string
		policy string
		alone  bool // nobody may embed it
	}{
		"nobody embeds":         {"/portal", nil, "frame-ancestors 'none'", true},
		"an app embeds":         {"/portal/people", []string{partner, wild}, "frame-ancestors " + partner + " " + wild, false},
		"the console stays out": {"/console", []string{partner}, "frame-ancestors 'none'", true},
		"and all of it":         {"/console/tenants", []string{partner}, "frame-ancestors 'none'", true},
	} {
		w := get(t, uiServer(t, built(), c.frames...), c.path)
		policy := nonceInPolicy.ReplaceAllString(w.Header().Get("Content-Security-Policy"), "'nonce'")
		want := "default-src 'none'; script-src 'self' 'nonce'; style-src 'self' 'nonce'; img-src 'self' data:; font-src 'self'; " +
			"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; " + c.policy
		if policy != want {
			t.Errorf("%s: the policy is\n%s, want\n%s", name, policy, want)
		}
		for header, value := range map[string]string{
			"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": map[bool]string{true: "DENY"}[c.alone],
			"Cross-Origin-Opener-Policy": map[bool]string{true: "same-origin"}[c.alone],
		} {
			if got := w.Header().Get(header); got != value {
				t.Errorf("%s: %s is %q, want %q", name, header, got, value)
			}
		}
		if !strings.Contains(w.Header().Get("Permissions-Policy"), "camera=()") {
			t.Errorf("%s: Permissions-Policy is %q", name, w.Header().Get("Permissions-Policy"))
		}
	}
}

func TestFilesOfPages(t *testing.T) {
	t.Parallel()
	h := uiServer(t, built())
	const forGood = "public, max-age=31536000, immutable"
	for path, want := range map[string]struct{ media, cache, encoding string }{
		"/assets/index-3f2a.js":    {"text/javascript; charset=utf-8", forGood, "gzip"},
		"/assets/index-9b1c.css":   {"text/css; charset=utf-8", forGood, ""},
		"/assets/inter-77aa.woff2": {"font/woff2", forGood, ""},
		"/favicon.svg":             {"image/svg+xml", "no-cache", ""},
	} {
		w := get(t, h, path, "Accept-Encoding", "br, gzip")
		got := struct{ media, cache, encoding string }{
			w.Header().Get("Content-Type"), w.Header().Get("Cache-Control"), w.Header().Get("Content-Encoding"),
		}
		if w.Code != http.StatusOK || got != want || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d, %+v, want %+v", path, w.Code, got, want)
		}
		again := get(t, h, path, "Accept-Encoding", "br, gzip", "If-None-Match", w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s again: %d, %d bytes", path, again.Code, again.Body.Len())
		}
	}
}

func TestFilesInGzip(t *testing.T) {
	t.Parallel()
	h := uiServer(t, built())
	plain, packed := get(t, h, "/assets/index-3f2a.js"), get(t, h, "/assets/index-3f2a.js", "Accept-Encoding", "gzip")
	if plain.Body.String() != scriptText || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("unpacked: %q, %s", plain.Header().Get("Content-Encoding"), plain.Body)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || string(text) != scriptText || packed.Body.Len() >= len(scriptText) {
		t.Errorf("packed: %d bytes, %v, %s", packed.Body.Len(), err, text)
	}
	for _, w := range []*httptest.ResponseRecorder{plain, packed} {
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("Vary is %q", w.Header().Get("Vary"))
		}
	}
	if plain.Header().Get("ETag") == packed.Header().Get("ETag") {
		t.Error("both forms have the same tag")
	}
	if n := packed.Header().Get("Content-Length"); n == "" || plain.Header().Get("Content-Length") == n {
		t.Errorf("Content-Length: %q and %q", plain.Header().Get("Content-Length"), n)
	}
}

func TestWhoTakesGzip(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP;q=0.5, br": true, "gzip;q=0": false, "gzip;q=0.000, *": false, "*": true, "br": false,
		"*;q=0": false, "gzip;q=x": false, "br;q=1.0, gzip;q=0.8, *;q=0.1": true, "x-gzip": false,
	} {
		if got := takesGzip(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

// Nothing but the names of what was built leads to a file.
func TestNoOtherFiles(t *testing.T) {
	t.Parallel()
	h := uiServer(t, built())
	for _, path := range []string{
		"/assets/", "/assets/none.js", "/assets/../index.html", "/assets/..%2findex.html", "/assets/%2e%2e/.keep", "/assets//index-3f2a.js",
		"/assets/index-3f2a.js/", "/assets/./index-3f2a.js", "/assets/../../go.mod", `/assets/..\..\go.mod`, "/assets/index-3f2a.js%00",
		"/index.html", "/.keep", "/assets", "/portals", "/consoles/x",
	} {
		w := get(t, h, path)
		if w.Code != http.StatusNotFound || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || w.Header().Get("Cache-Control") == "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d %q %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
}

func TestHeadsOfPages(t *testing.T) {
	t.Parallel()
	h := uiServer(t, built())
	for path, want := range map[string]int{
		"/portal": http.StatusOK, "/console/tenants": http.StatusOK, "/assets/index-3f2a.js": http.StatusOK, "/favicon.svg": http.StatusOK,
		"/assets/none": http.StatusNotFound, "/": http.StatusSeeOther,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodHead, path, http.NoBody)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got := get(t, h, path)
		if w.Code != want || want == http.StatusOK && (w.Body.Len() != 0 || w.Header().Get("Content-Length") != got.Header().Get("Content-Length")) {
			t.Errorf("HEAD %s: %d, %d bytes, %q", path, w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
		}
	}
	if to := get(t, h, "/").Header().Get("Location"); to != "/portal" {
		t.Errorf("/ leads to %s", to)
	}
	post := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/portal/connections", http.NoBody)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, post); w.Code != http.StatusNotFound {
		t.Errorf("POST to a screen: %d", w.Code)
	}
}

// A clone without Node has a program that says what is missing.
func TestPagesThatWereNotBuilt(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fs.FS{"nothing": nil, "a folder": fstest.MapFS{".keep": {}}} {
		h := uiServer(t, files)
		for _, path := range []string{"/portal", "/console", "/portal/connections"} {
			w := get(t, h, path)
			if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make ui") ||
				!strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src") {
				t.Errorf("%s, %s: %d %s", name, path, w.Code, w.Body)
			}
		}
		if w := get(t, h, "/assets/index-3f2a.js"); w.Code != http.StatusNotFound {
			t.Errorf("%s: a file of nothing: %d", name, w.Code)
		}
	}
}

// The program's own page has places for the nonce, and nothing that its policy
// would refuse.
func TestTheSourceOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../frontend/index.html")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	if !strings.Contains(text, uiNonce) {
		t.Errorf("frontend/index.html has no %s", uiNonce)
	}
	inline := regexp.MustCompile(`(?s)<(script|style)([^>]*)>(.*?)</`)
	for _, found := range inline.FindAllStringSubmatch(text, -1) {
		if strings.TrimSpace(found[3]) != "" && !strings.Contains(found[2], "nonce=") {
			t.Errorf("without a nonce the policy refuses %s", found[0])
		}
	}
	for _, attribute := range []string{" style=", " onclick=", " onload="} {
		if strings.Contains(text, attribute) {
			t.Errorf("the policy refuses the attribute%s", attribute)
		}
	}
	if hosts := regexp.MustCompile(`(src|href)="https?:`).FindAllString(text, -1); len(slices.Compact(hosts)) > 0 {
		t.Errorf("the page loads from elsewhere: %v", hosts)
	}
}
