package scimhttp_test

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/scim/scimhttp"
)

// walk follows nextCursor to the end and returns the names on each page.
func (b *bench) walk(t *testing.T, endpoint, query string) []string {
	t.Helper()
	var pages []string
	cursor := ""
	for len(pages) < 20 {
		list := b.want(t, 200, "GET", endpoint+"?"+query+"&cursor="+cursor, "")
		if _, numbered := list["startIndex"]; numbered {
			t.Errorf("%s?%s: a page by cursor has a startIndex", endpoint, query)
		}
		if n := float64(len(list["Resources"].([]any))); list["itemsPerPage"] != n {
			t.Errorf("%s?%s: itemsPerPage %v, %v resources", endpoint, query, list["itemsPerPage"], n)
		}
		pages = append(pages, fmt.Sprintf("%v: %s", list["totalResults"], named(list)))
		next, more := list["nextCursor"]
		if !more {
			return pages
		}
		cursor = next.(string)
		if cursor == "" || url.QueryEscape(cursor) != cursor {
			t.Fatalf("%s?%s: cursor %q", endpoint, query, cursor)
		}
	}
	t.Fatalf("%s?%s has no last page", endpoint, query)
	return nil
}

func TestCursorPages(t *testing.T) {
	t.Parallel()
	b := staff(t)
	filter := "filter=" + url.QueryEscape(`title eq "t1" or externalId pr`)
	for _, tc := range []struct {
		endpoint, query string
		want            []string
	}{
		{"/Users", "count=4", []string{"6: u00 u01 u02 u03", "6: u04 u05"}},
		{"/Users", "count=3", []string{"6: u00 u01 u02", "6: u03 u04 u05"}},
		{"/Users", "count=6", []string{"6: u00 u01 u02 u03 u04 u05"}},
		{"/Users", "", []string{"6: u00 u01 u02 u03 u04 u05"}},
		{"/Users", "count=0", []string{"6: "}},
		{"/Users", "count=-3", []string{"6: "}},
		{"/Users", "count=2&filter=" + url.QueryEscape(`title eq "T1"`), []string{"3: u01 u03", "3: u05"}},
		{"/Users", "count=2&filter=" + url.QueryEscape(`title eq "none"`), []string{"0: "}},
		{"/Users", "count=4&sortBy=title&sortOrder=descending", []string{"6: u01 u03 u05 u00", "6: u02 u04"}},
		{"/Users", "count=5&sortBy=displayName", []string{"6: u05 u04 u03 u02 u01", "6: u00"}},
		{"", "count=5", []string{"8: u00 u01 u02 u03 u04", "8: u05 red blue"}},
		{"", "count=3&sortBy=displayName&" + filter, []string{"5: blue u05 u03", "5: u01 red"}},
		{"", "count=4&sortBy=userName&sortOrder=descending&" + filter, []string{"5: red blue u05 u03", "5: u01"}},
		{"", "count=1&filter=" + url.QueryEscape(`userName pr and members pr`), []string{"0: "}},
	} {
		if got := b.walk(t, tc.endpoint, tc.query); strings.Join(got, "|") != strings.Join(tc.want, "|") {
			t.Errorf("%s?%s: %q, want %q", tc.endpoint, tc.query, got, tc.want)
		}
	}
}

// TestCursorPagesWhileThingsChange: what is created or deleted between pages
// neither repeats nor hides anything else. Pages by index lose somebody here.
func TestCursorPagesWhileThingsChange(t *testing.T) {
	t.Parallel()
	b := staff(t)
	first := b.want(t, 200, "GET", "/Users?cursor&count=3", "")
	for _, r := range first["Resources"].([]any) {
		b.want(t, 204, "DELETE", "/Users/"+r.(map[string]any)["id"].(string), "")
	}
	b.want(t, 201, "POST", "/Users", `{"userName":"late"}`)
	second := b.want(t, 200, "GET", "/Users?count=3&cursor="+first["nextCursor"].(string), "")
	third := b.want(t, 200, "POST", "/Users/.search", fmt.Sprintf(`{"count":3,"cursor":%q}`, second["nextCursor"]))
	if named(second) != "u03 u04 u05" || named(third) != "late" || third["totalResults"] != 4.0 {
		t.Errorf("pages %q, %q of %v", named(second), named(third), third["totalResults"])
	}
}

func TestCursorRefusals(t *testing.T) {
	t.Parallel()
	b := staff(t)
	const query = "count=2&sortBy=title&filter=userName+pr&attributes=userName,title"
	cursor := b.want(t, 200, "GET", "/Users?cursor&"+query, "")["nextCursor"].(string)
	b.want(t, 200, "GET", "/Users?cursor="+cursor+"&"+query, "")
	madeUp := b.do("GET", "/Users?cursor=bWFkZSB1cA&"+query, "").Body.String()
	for _, tc := range []struct{ at, scimType string }{
		{"/Users?cursor=bWFkZSB1cA&" + query, "invalidCursor"},
		{"/Users?cursor=" + cursor[1:] + "&" + query, "invalidCursor"},
		{"/Users?cursor=" + cursor + "x&" + query, "invalidCursor"},
		{"/Users?cursor=" + strings.Repeat(cursor, 100) + "&" + query, "invalidCursor"},
		{"/Users?cursor=" + cursor + "&count=2", "invalidCursor"},
		{"/Users?cursor=" + cursor + "&" + strings.Replace(query, "title", "userName", 1), "invalidCursor"},
		{"/Users?cursor=" + cursor + "&sortOrder=descending&" + query, "invalidCursor"},
		{"/Users?cursor=" + cursor + "&" + strings.Replace(query, "userName,title", "userName", 1), "invalidCursor"},
		{"/Users?cursor=" + cursor + "&" + strings.Replace(query, "userName+pr", "title+pr", 1), "invalidCursor"},
		{"/?cursor=" + cursor + "&" + query, "invalidCursor"},
		{"/?cursor=" + cursor + "&" + strings.Replace(query, "userName+pr", "id+pr", 1), "invalidCursor"},
		{"/Users?cursor=" + cursor + "&" + strings.Replace(query, "count=2", "count=3", 1), "invalidCount"},
		{"/Users?cursor=" + cursor + "&" + strings.Replace(query, "count=2&", "", 1), "invalidCount"},
		{"/Users?cursor&count=201", "invalidCount"},
		{"/Users?cursor&count=many", "invalidCount"},
		{"/Users?cursor&startIndex=1", "invalidValue"},
	} {
		w := b.do("GET", tc.at, "")
		if w.Code != 400 || !strings.Contains(w.Body.String(), `"scimType":"`+tc.scimType+`"`) {
			t.Errorf("%.200s: %d %s, want %s", tc.at, w.Code, w.Body, tc.scimType)
		}
		if tc.scimType == "invalidCursor" && w.Body.String() != madeUp {
			t.Errorf("%.200s: %s differs from %s", tc.at, w.Body, madeUp)
		}
	}
	w := b.do("POST", "/Users/.search", fmt.Sprintf(`{"count":3,"sortBy":"title","filter":"userName pr","attributes":["userName","title"],"cursor":%q}`, cursor))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "invalidCount") {
		t.Errorf(".search with another count: %d %s", w.Code, w.Body)
	}
}

// TestCursorIsNoRight: who may no longer read gets nothing for a cursor, and a
// cursor of another connection or tenant is one that was made up.
func TestCursorIsNoRight(t *testing.T) {
	t.Parallel()
	b := staff(t)
	cursor := b.want(t, 200, "GET", "/Users?cursor&count=2", "")["nextCursor"].(string)
	scope := authz.Scope{Resource: authz.Users, Action: authz.Read}
	b.denied[scope] = true
	b.want(t, 403, "GET", "/Users?count=2&cursor="+cursor, "")
	delete(b.denied, scope)
	own := b.admission.Directory
	madeUp := b.do("GET", "/Users?count=2&cursor=bWFkZSB1cA", "").Body.String()
	for _, dir := range []scim.Directory{
		{TenantID: own.TenantID, ConnectionID: uuid.NewString()},
		{TenantID: uuid.NewString(), ConnectionID: own.ConnectionID},
	} {
		b.admission.Directory = dir
		if w := b.do("GET", "/Users?count=2&cursor="+cursor, ""); w.Code != 400 || w.Body.String() != madeUp {
			t.Errorf("in %v: %d %s", dir, w.Code, w.Body)
		}
	}
}

// TestCursorsOfAnInstallation: engines with the same secret read each other's
// cursors, for as long as they say.
func TestCursorsOfAnInstallation(t *testing.T) {
	t.Parallel()
	b := staff(t)
	now := time.Now()
	engine := func(key byte) *scim.Engine {
		return scim.New(b.store, scim.WithSecret(bytes.Repeat([]byte{key}, 32)), scim.WithClock(func() time.Time { return now }))
	}
	b.configure(func(c *scimhttp.Config) { c.Engine = engine(1) })
	cursor := b.want(t, 200, "GET", "/Users?cursor&count=2", "")["nextCursor"].(string)
	again := func() (int, string) {
		w := b.do("GET", "/Users?count=2&cursor="+cursor, "")
		return w.Code, w.Body.String()
	}
	b.configure(func(c *scimhttp.Config) { c.Engine = engine(1) })
	if status, body := again(); status != 200 {
		t.Errorf("after a restart: %d %s", status, body)
	}
	now = now.Add(scim.CursorTimeout + time.Second)
	if status, body := again(); status != 400 || !strings.Contains(body, `"scimType":"expiredCursor"`) {
		t.Errorf("too late: %d %s", status, body)
	}
	b.configure(func(c *scimhttp.Config) { c.Engine = engine(2) })
	if status, body := again(); status != 400 || !strings.Contains(body, `"scimType":"invalidCursor"`) {
		t.Errorf("with another secret: %d %s", status, body)
	}
}

// TestPaginationIsAdvertised: what discovery says is what pages do, and the
// schema of the answer knows it.
func TestPaginationIsAdvertised(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.want(t, 200, "GET", "/ServiceProviderConfig", "")
	said, _ := config["pagination"].(map[string]any)
	for name, want := range map[string]any{
		"cursor": true, "index": true, "defaultPaginationMethod": "index",
		"defaultPageSize": 100.0, "maxPageSize": 200.0, "cursorTimeout": 3600.0,
	} {
		if said[name] != want {
			t.Errorf("pagination.%s is %v, want %v", name, said[name], want)
		}
	}
	described := schema.Default().Schema(schema.ServiceProviderConfigURN).Attribute("pagination")
	if described == nil {
		t.Fatal("the schema has no pagination")
	}
	for name := range said {
		if described.Sub(name) == nil {
			t.Errorf("the schema has no pagination.%s", name)
		}
	}
	if list := b.want(t, 200, "GET", "/Users", ""); list["startIndex"] != 1.0 || list["nextCursor"] != nil {
		t.Errorf("without a parameter: %v", list)
	}
}
