package idp

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// told is everything that a report says is wrong.
func told(r *Report) string {
	var all []string
	for _, p := range r.Problems {
		all = append(all, p.String())
	}
	for _, d := range r.Differences {
		all = append(all, d.String())
	}
	return strings.Join(append(all, r.Stopped), "\n")
}

// onAnswers changes the answers to one method at paths that begin with something.
func onAnswers(method, path string, change func(status *int, h http.Header, body document)) func(*double) {
	return func(d *double) {
		d.after = func(r *http.Request, status *int, h http.Header, body document) {
			if r.Method == method && strings.HasPrefix(r.URL.Path, "/scim/v2"+path) {
				change(status, h, body)
			}
		}
	}
}

// TestWrongServersAreNoticed breaks the server in one way at a time; the report
// must say so, and what.
func TestWrongServersAreNoticed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		dialect  Dialect
		scenario Scenario
		breaks   func(*double)
		says     string
	}{
		{"drops a member", Entra, FirstCycle, func(d *double) {
			d.joining = func(ids []string) []string { return ids[min(1, len(ids)):] }
		}, "members: sent"},
		{"adds a member", Okta, FirstCycle, func(d *double) {
			d.joining = func(ids []string) []string { return append(slices.Clone(ids), "id-000001") }
		}, "also id-000001"},
		{"stores another title", Entra, FirstCycle, func(d *double) {
			d.storing = func(r document) {
				if _, ok := r["title"]; ok {
					r["title"] = "Intern"
				}
			}
		}, `title: sent "`},
		{"changes a phone number on its own", Okta, Rename, func(d *double) {
			d.storing = func(r document) {
				if list, _ := r["phoneNumbers"].([]any); len(list) > 0 {
					phone, _ := list[0].(document)
					phone["value"] = strings.ReplaceAll(text(phone["value"]), " ", "")
				}
			}
		}, "phoneNumbers: sent"},
		{"forgets the extension", Okta, FirstCycle, func(d *double) {
			d.storing = func(r document) { delete(r, enterpriseSchema) }
		}, "department"},
		{"makes an attribute up", Entra, FirstCycle, onAnswers("POST", "/Users", func(_ *int, _ http.Header, b document) { b["nickName"] = "Bob" }),
			`nickName: sent nothing, the answer has "Bob"`},
		{"answers a create with nothing", Okta, FirstCycle, onAnswers("POST", "/Users", func(_ *int, _ http.Header, b document) { clear(b) }), "201 without a body"},
		{"answers a create with 200", Okta, FirstCycle, onAnswers("POST", "/Users", func(s *int, _ http.Header, _ document) { *s = 200 }), "refused 200: expected 201"},
		{"answers a read with nothing", Entra, Rename, onAnswers("GET", "/Users/", func(_ *int, _ http.Header, b document) { clear(b) }), "200 without a body"},
		{"answers a list with nothing", Okta, FirstCycle, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) { clear(b) }), "a list without a body"},
		{"says application/json", Entra, FirstCycle, onAnswers("GET", "/Groups", func(_ *int, h http.Header, _ document) { h.Set("Content-Type", "application/json") }),
			"Content-Type is"},
		{"returns the password", Okta, FirstCycle, onAnswers("POST", "/Users", func(_ *int, _ http.Header, b document) { b["password"] = "x" }), "password is returned"},
		{"locates relatively", Okta, FirstCycle, onAnswers("POST", "/Users", func(_ *int, _ http.Header, b document) {
			object(b, "meta")["location"] = "/Users/" + text(b["id"])
		}), "not the absolute URL"},
		{"locates another", Okta, FirstCycle, onAnswers("POST", "/Users", func(_ *int, h http.Header, _ document) { h.Set("Location", "https://x.example/Users/1") }),
			"the Location header is"},
		{"has another ETag", Okta, FirstCycle, onAnswers("POST", "/Groups", func(_ *int, h http.Header, _ document) { h.Set("ETag", `W/"9"`) }), "ETag is"},
		{"has no schemas", Okta, FirstCycle, onAnswers("POST", "/Groups", func(_ *int, _ http.Header, b document) { delete(b, "schemas") }), "schemas lacks"},
		{"has no resourceType", Okta, FirstCycle, onAnswers("POST", "/Groups", func(_ *int, _ http.Header, b document) {
			object(b, "meta")["resourceType"] = "User"
		}), "meta.resourceType"},
		{"has no times", Okta, FirstCycle, onAnswers("POST", "/Groups", func(_ *int, _ http.Header, b document) { delete(object(b, "meta"), "lastModified") }),
			"meta.lastModified"},
		{"counts in strings", Okta, FirstCycle, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) { b["totalResults"] = "3" }),
			`totalResults is "3", not an integer`},
		{"counts from zero", Okta, FirstCycle, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) { b["startIndex"] = 0 }), "startIndex is 0"},
		{"counts the page wrongly", Okta, FirstCycle, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) { b["itemsPerPage"] = 77 }), "itemsPerPage is 77"},
		{"answers 404 for nobody", Entra, FirstCycle, onAnswers("GET", "/Users", func(s *int, _ http.Header, b document) {
			*s = 404
			clear(b)
			b["schemas"], b["status"] = []any{errorSchema}, "404"
		}), "refused 404"},
		{"finds people who do not exist", Entra, FirstCycle, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) {
			b["Resources"], b["totalResults"], b["itemsPerPage"] = []any{document{"id": "x"}}, 1, 1
		}), "a random identifier finds something"},
		{"lets a user exist twice", Entra, TwoAtOnce, func(d *double) { d.duplicates = true }, "second cycle"},
		{"counts versions for nothing", Entra, Rename, func(d *double) { d.busy = true }, "active was repeated"},
		{"counts a group's versions for nothing", Entra, BigGroup, func(d *double) { d.busy = true }, "members were added who are there"},
		{"shows excluded members", Entra, BigGroup, onAnswers("GET", "/Groups/", func(_ *int, _ http.Header, b document) {
			if _, ok := b["members"]; !ok {
				b["members"] = []any{document{"value": "id-000001"}}
			}
		}), "although they were excluded"},
		{"keeps what was deleted", Entra, Leaver, func(d *double) {
			d.after = func(r *http.Request, status *int, _ http.Header, b document) {
				if r.Method == http.MethodDelete {
					*status = 204
					clear(b)
				}
			}
		}, "DELETE"},
		{"hides leavers", Okta, Leaver, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) {
			list, _ := b["Resources"].([]any)
			list = slices.DeleteFunc(list, func(each any) bool { return each.(document)["active"] == false })
			b["Resources"], b["totalResults"], b["itemsPerPage"] = list, len(list), len(list)
		}), "the filter finds nothing, although the user is there"},
		{"keeps leavers active", Okta, Rehire, func(d *double) {
			d.storing = func(r document) {
				if _, ok := r["active"]; ok {
					r["active"] = true
				}
			}
		}, "active"},
		{"forgets a user's groups", Okta, FirstCycle, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) {
			for i, each := range b["Resources"].([]any) {
				if i%2 == 0 {
					each.(document)["groups"] = nil
				}
			}
		}), "groups: sent"},
		{"repeats a page", Okta, FirstCycle, onAnswers("GET", "/Users", func(_ *int, _ http.Header, b document) {
			if list := b["Resources"].([]any); len(list) > 1 {
				list[1] = list[0]
			}
		}), "it on two pages"},
		{"never ends paging", Okta, FirstCycle, onAnswers("GET", "/Groups", func(_ *int, _ http.Header, b document) {
			b["Resources"], b["itemsPerPage"], b["totalResults"] = []any{}, 0, 50
		}), "an empty page at 1 of 50"},
		{"takes text for a boolean", OneLogin, FirstCycle, func(d *double) {
			d.storing = func(r document) {
				if active, ok := r["active"].(bool); ok {
					r["active"] = strconv.FormatBool(active)
				}
			}
		}, `active: sent true, the answer has "true"`},
		{"keeps an e-mail beside the one that replaces it", OneLogin, Rename, func(d *double) {
			d.storing = func(r document) {
				if list, _ := r["emails"].([]any); len(list) == 1 && r["displayName"] != nil {
					r["emails"] = append(list, document{"value": "old@x.example"})
				}
			}
		}, "emails: sent"},
		{"makes a manager of other names up", OneLogin, FirstCycle, func(d *double) {
			d.storing = func(r document) {
				if _, ok := r[enterpriseSchema]; ok {
					object(r, enterpriseSchema)["manager"] = document{"value": "E000001"}
				}
			}
		}, enterpriseSchema + ":manager: sent nothing"},
		{"deletes nobody", JumpCloud, FirstCycle, onAnswers("DELETE", "/Users", func(s *int, _ http.Header, b document) { *s = 403; clear(b) }),
			"the connection test failed"},
		{"keeps what null clears", JumpCloud, FirstCycle, func(d *double) {
			d.storing = func(r document) {
				if r["userName"] != nil && r["nickName"] == nil {
					r["nickName"] = "Bob"
				}
			}
		}, `nickName: sent nothing, the answer has "Bob"`},
		{"counts versions of what is put for nothing", PingFederate, Rename, func(d *double) { d.busy = true }, "the user was put as it is"},
		{"finds nobody by e-mail", PingFederate, Rename, func(d *double) {
			d.after = func(r *http.Request, _ *int, _ http.Header, b document) {
				if strings.HasPrefix(r.URL.Query().Get("filter"), "emails ") {
					b["Resources"], b["totalResults"], b["itemsPerPage"] = []any{}, 0, 0
				}
			}
		}, `found "", not id-`},
		{"shows a group twice", PingFederate, TwoAtOnce, onAnswers("GET", "/Groups", func(_ *int, _ http.Header, b document) {
			list, _ := b["Resources"].([]any)
			list = append(list, list...)
			b["Resources"], b["totalResults"], b["itemsPerPage"] = list, len(list), len(list)
		}), "two groups are called"},
		{"publishes half a schema", Entra, FirstCycle, onAnswers("GET", "/Schemas", func(_ *int, _ http.Header, b document) {
			b["Resources"] = b["Resources"].([]any)[:1]
		}), "which is mapped"},
		{"lets everybody in", Entra, WrongToken, func(d *double) {
			d.before = func(_ http.ResponseWriter, r *http.Request) bool {
				r.Header.Set("Authorization", "Bearer "+doubleToken)
				return false
			}
		}, "expected 401"},
		{"does not challenge", Okta, WrongToken, onAnswers("GET", "/", func(_ *int, h http.Header, _ document) { h.Del("WWW-Authenticate") }), "WWW-Authenticate"},
		{"refuses without SCIM", Okta, WrongToken, onAnswers("GET", "/", func(_ *int, _ http.Header, b document) { b["status"] = 401 }), `not the string "401"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			c.breaks(d)
			r := play(t, d.config(c.dialect, c.scenario))
			if r.OK() || r.Successful {
				t.Fatalf("the report says that all is well: %+v", r.Totals())
			}
			if all := told(r); !strings.Contains(all, c.says) {
				t.Errorf("the report does not say %q, but:\n%s", c.says, all)
			}
		})
	}
}

// TestStrangersAreNoticed has somebody else write while the run goes on.
func TestStrangersAreNoticed(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	first := d.config(Okta, FirstCycle)
	first.Groups = -1
	requireOK(t, play(t, first))
	foreign := d.order[3]
	var once atomic.Bool
	d.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && once.CompareAndSwap(false, true) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.touch(foreign)
			_, _ = d.post(users, document{"userName": "stranger@example.com", "schemas": []any{userSchema}})
		}
		return false
	}
	second := first
	second.Seed++
	r := play(t, second)
	all := told(r)
	if r.DifferenceCount != 2 || !strings.Contains(all, "user stranger@example.com: sent nothing") || !strings.Contains(all, "meta.version: sent no change") {
		t.Errorf("%d differences:\n%s", r.DifferenceCount, all)
	}
}

func TestWrongTokenStopsTheRun(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	c := d.config(Entra, FirstCycle)
	c.Token = "revoked"
	r := play(t, c)
	if r.OK() || r.Complete || !strings.Contains(r.Stopped, "401") {
		t.Errorf("stopped %q", r.Stopped)
	}
	if total := r.Totals(); total.Sent != 1 || total.Refused != 1 {
		t.Errorf("went on after 401: %+v", total)
	}
}

func TestInterruptedRunReportsWhatItDid(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var posts atomic.Int64
	d.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && posts.Add(1) == 10 {
			cancel()
		}
		return false
	}
	r, err := Run(ctx, d.config(Okta, FirstCycle))
	if err != nil {
		t.Fatal(err)
	}
	if r.OK() || r.Stopped != "interrupted" {
		t.Errorf("stopped %q", r.Stopped)
	}
	if total := r.Totals(); total.Accepted < 9 || total.Refused != 0 || total.Wrong != 0 {
		t.Errorf("the table so far is wrong: %+v", total)
	}
}
