package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// testIsolationOfCursors: another connection's cursor is one that somebody made
// up, at every endpoint and for every query.
func testIsolationOfCursors(t *testing.T, s *server) {
	t.Parallel()
	tenant := s.tenant(t, "Mine")
	mine := populate(t, s.connectionOf(t, tenant, "generic"), "mine")
	others := map[string]population{
		"other connection": populate(t, s.connectionOf(t, tenant, "generic"), "sibling"),
		"other tenant":     populate(t, s.connectionOf(t, s.tenant(t, "Stranger"), "generic"), "stranger"),
	}
	for _, p := range others {
		p.client.createUser(t, "second@example.com")
		p.client.createGroup(t, "Second")
	}
	const madeUp = "VZUTiyhEQJ94IRVZUTiyhEQJ94IRVZUTiyhEQJ94IRVZUTiyhEQJ94IRVZUTiyhEQJ94IR"
	for _, endpoint := range []string{"/Users", "/Groups", "/"} {
		for _, query := range []string{"", "&sortBy=displayName", "&filter=" + url.QueryEscape("externalId pr or id pr"), "&sortBy=id&sortOrder=descending"} {
			for name, other := range others {
				next, _ := other.client.want(t, 200, "GET", endpoint+"?cursor&count=1"+query, "")["nextCursor"].(string)
				if next == "" {
					t.Fatalf("%s?%s has no second page", endpoint, query)
				}
				foreign := mine.client.send(t, "GET", endpoint+"?count=1"+query+"&cursor="+next, "")
				if kind := foreign.refusal(t, 400); kind != "invalidCursor" {
					t.Errorf("%s: scimType %s", name, kind)
				}
				unknown := mine.client.send(t, "GET", endpoint+"?count=1"+query+"&cursor="+madeUp, "")
				if got, want := essence(foreign, next), essence(unknown, madeUp); got != want {
					t.Errorf("%s: %s?%s tells a foreign cursor from a made-up one:\n%s\n%s", name, endpoint, query, got, want)
				}
				other.client.want(t, 200, "GET", endpoint+"?count=1"+query+"&cursor="+next, "")
			}
		}
	}
}

// testIsolationOfSearches: a query over everything is over everything of one
// connection, and ids of others in it are ids that never existed.
func testIsolationOfSearches(t *testing.T, s *server) {
	t.Parallel()
	mine, other := populate(t, s.connection(t, "generic"), "mine"), populate(t, s.connection(t, "generic"), "other")
	const never = "019aa000-0000-7000-8000-000000000000"
	for _, id := range []string{other.user, other.group} {
		for _, filter := range []string{`id eq %q`, `members eq %q or groups eq %q`, `not (id eq %q)`, `members[value eq %q] or displayName pr`, `id gt %q or id le %q`} {
			ask := func(id string) string {
				text := strings.ReplaceAll(filter, "%q", fmt.Sprintf("%q", id))
				return essence(mine.client.send(t, "GET", "/?filter="+url.QueryEscape(text), ""), id) +
					essence(mine.client.send(t, "POST", "/.search", fmt.Sprintf(`{"filter":%q,"sortBy":"displayName","cursor":""}`, text)), id)
			}
			if got, want := ask(id), ask(never); got != want {
				t.Errorf("%s tells a foreign id from an unknown one:\n%s\n%s", filter, got, want)
			}
		}
	}
	all := string(mine.client.send(t, "GET", "/", "").body)
	if !strings.Contains(all, mine.user) || !strings.Contains(all, mine.group) || strings.Contains(all, other.user) || strings.Contains(all, other.group) {
		t.Errorf("everything is %s", all)
	}
}
