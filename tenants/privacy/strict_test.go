package privacy

import (
	"encoding/json"
	"strings"
	"testing"
)

const anID = "01a202c3-681e-7478-af59-72808a9ae47f"

func TestValuesAndNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct{ value, name string }{
		"":                      {"", ""},
		"jane@acme.com":         {"j…@acme.com", "j…@acme.com"},
		"Jane Doe":              {"J…", "J… D…"},
		" Jane  Maria von Doe ": {"J…", "J… M… v… D…"},
		"a b c d e f":           {"a…", "… … … …"},
		"jane":                  {"j…", "j…"},
		"j":                     {"…", "…"},
		"Ü":                     {"…", "…"},
		"Ümit":                  {"Ü…", "Ü…"},
		anID:                    {anID, anID},
		"Doe <jane@acme.com>":   {"D…", "D… <…"},
		"\xffabc":               {"…", "…"},
	} {
		if got := Value(in); got != want.value || Value(got) != got {
			t.Errorf("the value %q becomes %q, then %q; want %q", in, got, Value(got), want.value)
		}
		if got := Name(in); got != want.name || Name(got) != got {
			t.Errorf("the name %q becomes %q, then %q; want %q", in, got, Name(got), want.name)
		}
	}
}

func TestStrictBodies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		about    Subject
		in, want string
	}{
		"user": {
			Person, `{"schemas":["urn:x:User"],"id":"` + anID + `","userName":"jane@acme.com","title":"Head of Sales","active":true,"x":12}`,
			`{"schemas":["urn:x:User"],"id":"` + anID + `","userName":"j…@acme.com","title":"H…","active":true,"x":0}`,
		},
		"parts": {
			Person, `{"name":{"givenName":"Jane"},"emails":[{"value":"j.d@acme.com","type":"work","primary":true},{"type":"mum's"}],"groups":[{"display":"Sales"}]}`,
			`{"name":{"givenName":"J…"},"emails":[{"value":"j…@acme.com","type":"work","primary":true},{"type":"m…"}],"groups":[{"display":"Sales"}]}`,
		},
		"what is nested is an attribute": {
			Person, `{"badge":{"id":"4711","schemas":["x-ray"],"active":"no","meta":{"version":"seven"}}}`,
			`{"badge":{"id":"4…","schemas":["x…"],"active":"n…","meta":{"version":"s…"}}}`,
		},
		"extension": {Person, `{"urn:a:b:2.0:User":{"manager":{"value":"m1","displayName":"Max Max"}}}`, `{"urn:a:b:2.0:User":{"manager":{"value":"m…","displayName":"M… M…"}}}`},
		"group": {
			Group, `{"displayName":"Sales","externalId":"s1","members":[{"value":"` + anID + `","display":"Jane Doe","type":"User"}]}`,
			`{"displayName":"Sales","externalId":"s1","members":[{"value":"` + anID + `","display":"J… D…","type":"User"}]}`,
		},
		"patch": {
			Person, `{"Operations":[{"op":"Replace","path":"emails[type eq \"work\" and value eq \"jane\"].value","value":"jane@acme.com"},{"value":{"active":"False","nickName":"Jan","emails[value eq \"jane\"].value":"x@y.de"}}]}`,
			`{"Operations":[{"op":"Replace","path":"emails[type eq \"work\" and value eq \"j…\"].value","value":"j…@acme.com"},{"value":{"active":"False","nickName":"J…","emails[value eq \"j…\"].value":"…@y.de"}}]}`,
		},
		"patch of a group": {
			Group, `{"Operations":[{"path":"displayName","value":"Sales"},{"op":"add","value":[{"value":"jane","display":"Jane"}],"path":"members"}]}`,
			`{"Operations":[{"path":"displayName","value":"Sales"},{"op":"add","value":[{"value":"j…","display":"J…"}],"path":"members"}]}`,
		},
		"active by path": {Person, `{"Operations":[{"op":"replace","path":"active","value":"True"},{"op":"jane","path":"active","value":"jane"}]}`, `{"Operations":[{"op":"replace","path":"active","value":"True"},{"op":"j…","path":"active","value":"j…"}]}`},
		"bulk": {
			Person, `{"failOnErrors":1,"Operations":[{"method":"POST","path":"/Users","bulkId":"jane","data":{"userName":"jane"}},{"method":"PUT","path":"/Users/jane"}]}`,
			`{"failOnErrors":1,"Operations":[{"method":"POST","path":"/Users","bulkId":"j…","data":{"userName":"j…"}},{"method":"PUT","path":"/Users/j…"}]}`,
		},
		"list":               {Person, `{"totalResults":2,"Resources":[{"title":"CEO"}]}`, `{"totalResults":2,"Resources":[{"title":"C…"}]}`},
		"error":              {Person, `{"status":"409","scimType":"uniqueness","detail":"userName \"jane\" is taken"}`, `{"status":"409","scimType":"uniqueness","detail":"userName \"j…\" is taken"}`},
		"search":             {Person, `{"filter":"userName eq \"jane\"","count":5}`, `{"filter":"userName eq \"j…\"","count":5}`},
		"changes":            {Person, `{"displayName":{"from":"Jane Doe","to":null},"phone":{"from":12345,"to":"+49 1"},"members":{"added":{"count":2,"ids":["` + anID + `"]}}}`, `{"displayName":{"from":"J… D…","to":null},"phone":{"from":0,"to":"+…"},"members":{"added":{"count":2,"ids":["` + anID + `"]}}}`},
		"control":            {Control, `{"name":"Acme - Okta","status":"paused"}`, `{"name":"Acme - Okta","status":"paused"}`},
		"a text":             {Person, `"jane"`, `"j…"`},
		"no JSON":            {Person, `jane, jane@acme.com`, `…`},
		"broken":             {Person, `{"userName":"jane","title":"He`, `{"userName":"j…","title":…`},
		"a key that is none": {Person, `{"Jane Doe":"x y","jane@acme.com":1}`, `{"…":"x…","…":0}`},
	} {
		got, _ := Body([]byte(c.in), 1<<20, Strict, c.about)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
		if again, _ := Body([]byte(got), 1<<20, Strict, c.about); again != got && json.Valid([]byte(got)) {
			t.Errorf("%s: masked twice:\n got %s\nwant %s", name, again, got)
		}
	}
}

func TestStrictPaths(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/Users/" + anID:       "/Users/" + anID,
		"/Users/jane@acme.com": "/Users/j…@acme.com",
		"/Jane/Doe":            "/J…/D…",
		`/Users?filter=userName eq "jane"&count=1`:  `/Users?filter=userName eq "j…"&count=1`,
		`/Users?filter=userName eq "jane & john"`:   `/Users?filter=userName eq "j…"&j…`,
		"/Users?filter=jane":                        "/Users?filter=…",
		"/Users?filter=userName eq jane":            `/Users?filter=userName eq "j…"`,
		`/Users?filter=(active eq true) and id pr`:  `/Users?filter=(active eq true) and id pr`,
		`/Groups?filter=members[type eq "User"]`:    `/Groups?filter=members[type eq "User"]`,
		"/Users?attributes=userName,name.givenName": "/Users?attributes=userName,name.givenName",
		"/Users?attributes=jane@acme.com":           "/Users?attributes=j…@acme.com",
		"/Users?who=jane&jane":                      "/Users?w…=j…&j…",
	} {
		if got := StrictPath(in); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}

func TestStrictDetails(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`userName "jane" is taken.`:                        `userName "j…" is taken.`,
		`"emails" must not hold "jane@acme.com" twice`:     `"emails" must not hold "j…@acme.com" twice`,
		"expected a value, found `jane doe`":               "expected a value, found `j…`",
		`it quotes "jane \"j\" doe" and "the rest`:         `it quotes "j…" and "t…"`,
		"bulkId:jane refers to nothing":                    "bulkId:… refers to nothing",
		"jane@acme.com and +49 (555) 010-0200 are there":   "j…@acme.com and +4… are there",
		"the group " + anID + " contains " + anID + " now": "the group " + anID + " contains " + anID + " now",
	} {
		if got := StrictDetail(in); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}

// FuzzStrict: no text of a document that is long enough to tell of somebody is
// left in it, whatever the document is like.
func FuzzStrict(f *testing.F) {
	for _, seed := range []string{
		`{"userName":"jane@acme.com","emails":[{"value":"jane@acme.com","type":"work"}]}`,
		`{"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@b"},{"value":["x"]}]}`,
		`{"filter":"a eq \"b\"","a":[1,-2.5e3,null,true]}`, `[[[{}]]]`, `"\ud800@x"`, `{"a":"b`, `x@y`, `{"meta":{"a":[1]}}`,
	} {
		f.Add([]byte(seed))
	}
	const secret = "zzmark"
	f.Fuzz(func(t *testing.T, body []byte) {
		text := strings.ReplaceAll(string(body), "jane", secret)
		got, _ := Body([]byte(text), 1<<20, Strict, Person)
		if !json.Valid([]byte(text)) {
			return
		}
		in, ok := decoded(text)
		if !ok {
			return
		}
		out, ok := decoded(got)
		if !ok {
			t.Fatalf("%s became %s, which is no JSON", text, got)
		}
		object, ok := in.(map[string]any)
		if !ok {
			return
		}
		for _, key := range []string{"userName", "title", "emails", "name"} {
			shown, err := json.Marshal(out.(map[string]any)[key])
			if err != nil {
				t.Fatal(err)
			}
			if value, is := object[key].(string); is && value == secret && strings.Contains(string(shown), secret) {
				t.Fatalf("%s of %s became %s", key, text, shown)
			}
		}
	})
}
