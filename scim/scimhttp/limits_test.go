package scimhttp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim"
)

// TestGroupsThatAreNotBooked: every operation on groups is refused and says who
// must act, and none of them does or tells anything. Users are served as ever.
func TestGroupsThatAreNotBooked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	group := b.want(t, 201, "POST", "/Groups", `{"displayName":"Sales"}`)["id"].(string)
	b.admission.Limits.NoGroups = true
	for _, op := range []struct{ method, path, body string }{
		{"POST", "/Groups", `{"displayName":"More"}`},
		{"GET", "/Groups", ""},
		{"GET", "/Groups/" + group, ""},
		{"PUT", "/Groups/" + group, `{"displayName":"Less"}`},
		{"PATCH", "/Groups/" + group, `{"Operations":[{"op":"replace","path":"displayName","value":"Less"}]}`},
		{"DELETE", "/Groups/" + group, ""},
		{"POST", "/Groups/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}`},
		{"GET", "/?filter=displayName%20eq%20%22Sales%22", ""},
	} {
		detail := fmt.Sprint(b.want(t, 403, op.method, op.path, op.body)["detail"])
		if !strings.Contains(detail, "not part of what this organisation has booked") || !strings.Contains(detail, "provider") {
			t.Errorf("%s %s: %s", op.method, op.path, detail)
		}
	}
	for _, r := range b.bulk(t,
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"More"}}`,
		`{"method":"DELETE","path":"/Groups/`+group+`"}`) {
		if r.Status != "403" {
			t.Errorf("in bulk: %+v", r)
		}
	}
	b.want(t, 201, "POST", "/Users", `{"userName":"ada"}`)
	b.want(t, 200, "GET", "/ResourceTypes/Group", "")
	b.admission.Limits.NoGroups = false
	if got := b.want(t, 200, "GET", "/Groups", ""); got["totalResults"] != 1.0 {
		t.Errorf("afterwards: %v", got)
	}
}

// TestDomains: a connection that is for some domains takes nobody of others.
func TestDomains(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	early := b.want(t, 201, "POST", "/Users", `{"userName":"early@old.com"}`)["id"].(string)
	b.admission.Limits = scim.Limits{Domains: []string{"acme.com", "acme.org"}}
	for body, allowed := range map[string]bool{
		`{"userName":"a@acme.com"}`:                          true,
		`{"userName":"b@ACME.org"}`:                          true,
		`{"userName":"c","emails":[{"value":"c@acme.com"}]}`: true,
		`{"userName":"d@mail.com","emails":[{"value":"d@mail.com"},{"value":"d@acme.com"}]}`: true,
		`{"userName":"e@mail.com"}`:                          false,
		`{"userName":"f@sub.acme.com"}`:                      false,
		`{"userName":"g@acme.com.evil.com"}`:                 false,
		`{"userName":"acme.com"}`:                            false,
		`{"userName":"@acme.com"}`:                           false,
		`{"userName":"h","emails":[{"value":"h@mail.com"}]}`: false,
		`{"userName":"i@mail.com <x@acme.com>"}`:             false,
	} {
		if allowed {
			b.want(t, 201, "POST", "/Users", body)
			continue
		}
		refused := b.want(t, 400, "POST", "/Users", body)
		if detail := fmt.Sprint(refused["detail"]); refused["scimType"] != "invalidValue" || !strings.Contains(detail, "acme.com, acme.org") {
			t.Errorf("%s: %v", body, refused)
		}
	}
	refused := b.want(t, 400, "POST", "/Users", `{"userName":"z@mail.com","emails":[{"value":"z@web.de"}]}`)
	if detail := fmt.Sprint(refused["detail"]); !strings.Contains(detail, "mail.com, web.de") {
		t.Errorf("the refusal does not name the domains: %s", detail)
	}

	// Whoever was there before stays, but comes no nearer.
	b.want(t, 200, "PUT", "/Users/"+early, `{"userName":"early@old.com","title":"Lead"}`)
	b.want(t, 200, "PATCH", "/Users/"+early, `{"Operations":[{"op":"replace","path":"active","value":false}]}`)
	b.want(t, 400, "PATCH", "/Users/"+early, `{"Operations":[{"op":"replace","path":"userName","value":"early@other.com"}]}`)
	b.want(t, 200, "PATCH", "/Users/"+early, `{"Operations":[{"op":"replace","path":"userName","value":"early@acme.com"}]}`)
	b.want(t, 201, "POST", "/Groups", `{"displayName":"Sales"}`)
	for i, r := range b.bulk(t,
		`{"method":"POST","path":"/Users","bulkId":"x","data":{"userName":"x@mail.com"}}`,
		`{"method":"POST","path":"/Users","bulkId":"y","data":{"userName":"y@acme.com"}}`) {
		if want := []string{"400", "201"}[i]; r.Status != want {
			t.Errorf("in bulk: %+v, want %s", r, want)
		}
	}
}

// TestNoSeatLeft: the answer says how many there are and who must act.
func TestNoSeatLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.admission.Limits.Seats = 1
	id := b.want(t, 201, "POST", "/Users", `{"userName":"ada"}`)["id"].(string)
	detail := fmt.Sprint(b.want(t, 403, "POST", "/Users", `{"userName":"bob"}`)["detail"])
	if !strings.Contains(detail, "1 of 1 seats used") || !strings.Contains(detail, "more seats") {
		t.Error(detail)
	}
	if got := b.want(t, 200, "GET", "/Users", ""); got["totalResults"] != 1.0 {
		t.Errorf("%v", got)
	}
	b.want(t, 200, "PUT", "/Users/"+id, `{"userName":"ada2","active":true}`)
}
