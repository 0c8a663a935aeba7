package authz

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
)

func newAuthorizer(tb testing.TB) *Authorizer {
	tb.Helper()
	a, err := NewAuthorizer()
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// TestMatrix asks about every scope with every connection's set, and with
// tokens that have all scopes, none, one, or all but one.
func TestMatrix(t *testing.T) {
	t.Parallel()
	a := newAuthorizer(t)
	tokens := []ScopeSet{AllScopes, 0}
	for _, s := range scopes {
		tokens = append(tokens, Scopes(s), AllScopes.Without(s))
	}
	for connection := range AllScopes + 1 {
		for _, token := range tokens {
			p := Principal{Kind: KindToken, Connection: connection, Token: token}
			for _, s := range scopes {
				want := connection.Has(s) && token.Has(s)
				if d := a.Check(p, s); d.Allowed != want {
					t.Fatalf("%s with connection [%s] and token [%s]: %+v", s, connection, token, d)
				}
			}
		}
	}
}

func TestDecisionsExplainThemselves(t *testing.T) {
	t.Parallel()
	a := newAuthorizer(t)
	remove := Scope{Users, Delete}
	cases := []struct {
		name              string
		connection, token ScopeSet
		rule              string
		says              []string
	}{
		{"allowed", AllScopes, AllScopes, "p, users, delete", nil},
		{"the connection lacks it", AllScopes.Without(remove), AllScopes, "",
			[]string{"connection may not delete users", "the connection's rules do not include users:delete", "add the scope"}},
		{"the token lacks it", AllScopes, AllScopes.Without(remove), "",
			[]string{"token may not delete users", "the token's rules do not include users:delete", "create a token"}},
		{"both lack it", 0, 0, "", []string{"connection"}},
	}
	for _, c := range cases {
		d := a.Check(Principal{Connection: c.connection, Token: c.token}, remove)
		if d.Rule != c.rule || d.Allowed != (c.rule != "") || (d.Reason == "") != d.Allowed {
			t.Errorf("%s: %+v", c.name, d)
		}
		for _, text := range c.says {
			if !strings.Contains(d.Reason, text) {
				t.Errorf("%s: %q does not say %q", c.name, d.Reason, text)
			}
		}
	}
}

func TestWhatIsNoScopeIsRefused(t *testing.T) {
	t.Parallel()
	a := newAuthorizer(t)
	everything := Principal{Connection: 1<<16 - 1, Token: 1<<16 - 1}
	for _, s := range []Scope{{}, {Groups, Deactivate}, {"roles", Create}, {Users, "own"}, {Users, "*"}} {
		if d := a.Check(everything, s); d.Allowed || d.Reason == "" {
			t.Errorf("%q: %+v", s, d)
		}
	}
}

func TestParseScopes(t *testing.T) {
	t.Parallel()
	set, err := ParseScopes([]string{"groups:delete", " users:create ", "users:create"})
	if err != nil || set != Scopes(Scope{Users, Create}, Scope{Groups, Delete}) {
		t.Errorf("got %s, %v", set, err)
	}
	if set.String() != "users:create, groups:delete" {
		t.Errorf("written %q", set)
	}
	for _, text := range []string{"", "users", "users:", ":read", "Users:read", "users:read:all", "groups:deactivate", "users:*"} {
		if _, err := ParseScopes([]string{text}); err == nil {
			t.Errorf("%q is read as a scope", text)
		}
	}
}

func TestScopeSetsInJSON(t *testing.T) {
	t.Parallel()
	for set := range AllScopes + 1 {
		data, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		back := AllScopes
		if err := json.Unmarshal(data, &back); err != nil || back != set {
			t.Fatalf("%s is read as %s, %v", data, back, err)
		}
	}
	if data, err := json.Marshal(ScopeSet(0)); string(data) != "[]" {
		t.Errorf("the empty set is %s, %v", data, err)
	}
	for _, text := range []string{`["users:own"]`, `"users:read"`, `{}`, `[1]`} {
		set := AllScopes
		if err := json.Unmarshal([]byte(text), &set); err == nil || set != AllScopes {
			t.Errorf("%s is read as %s, %v", text, set, err)
		}
	}
}

func TestConcurrentFirstUse(t *testing.T) {
	t.Parallel()
	a := newAuthorizer(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for set := ScopeSet(0); set <= AllScopes; set += 5 {
				for _, s := range scopes {
					if d := a.Check(Principal{Connection: set, Token: AllScopes}, s); d.Allowed != set.Has(s) {
						t.Errorf("%s with [%s]: %+v", s, set, d)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestCheckDoesNotAllocate(t *testing.T) {
	a := newAuthorizer(t)
	p := Principal{Connection: AllScopes, Token: AllScopes}
	if n := testing.AllocsPerRun(100, func() { a.Check(p, Scope{Groups, Update}) }); n != 0 {
		t.Errorf("%v allocations for an allowed request", n)
	}
}

func BenchmarkCheck(b *testing.B) {
	a := newAuthorizer(b)
	p := Principal{Connection: AllScopes, Token: AllScopes}
	b.ReportAllocs()
	for b.Loop() {
		if !a.Check(p, Scope{Groups, Update}).Allowed {
			b.Fatal("refused")
		}
	}
}
