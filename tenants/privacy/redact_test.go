package privacy

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

const maxBody = 16 << 10

func TestRedact(t *testing.T) {
	t.Parallel()
	token := "rstrtok" + strings.Repeat("a", 49)
	for name, tc := range map[string]struct{ in, want string }{
		"user": {
			`{"userName":"jane@acme.com","name":{"givenName":"Jane"},"emails":[{"value":"jane@acme.com","type":"work","primary":true}],"active":true}`,
			`{"userName":"j…@acme.com","name":{"givenName":"Jane"},"emails":[{"value":"j…@acme.com","type":"work","primary":true}],"active":true}`,
		},
		"phones and addresses": {
			`{"phoneNumbers":[{"value":"+1 555 0100","type":"mobile"}],"addresses":[{"streetAddress":"1 Main St","postalCode":"12345"}]}`,
			`{"phoneNumbers":[{"value":"…","type":"mobile"}],"addresses":[{"streetAddress":"…","postalCode":"…"}]}`,
		},
		"spaces stay":         {"{ \"password\" :\t\"hunter2\" ,\n\"a\": [ 1 , 2 ] }", "{ \"password\" :\t\"…\" ,\n\"a\": [ 1 , 2 ] }"},
		"number":              {`{"phoneNumbers":[15550100],"x":15550100}`, `{"phoneNumbers":[0],"x":15550100}`},
		"empty":               {`{"password":"","emails":[],"emails2":{}}`, `{"password":"","emails":[],"emails2":{}}`},
		"one object":          {`{"emails":{"value":"a.b@c.de"}}`, `{"emails":{"value":"a…@c.de"}}`},
		"type is no label":    {`{"emails":[{"type":"jane at home 1"}]}`, `{"emails":[{"type":"…"}]}`},
		"patch by path":       {`{"Operations":[{"op":"replace","path":"phoneNumbers[type eq \"work\"].value","value":"+1 555"}]}`, `{"Operations":[{"op":"replace","path":"phoneNumbers[type eq \"work\"].value","value":"…"}]}`},
		"path behind value":   {`{"operations":[{"value":"+1 555","op":"replace","path":"phoneNumbers"}]}`, `{"operations":[{"value":"…","op":"replace","path":"phoneNumbers"}]}`},
		"other path":          {`{"Operations":[{"op":"replace","path":"title","value":"CEO"}]}`, `{"Operations":[{"op":"replace","path":"title","value":"CEO"}]}`},
		"path with urn":       {`{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:emails","value":"x"}]}`, `{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:emails","value":"x"}]}`},
		"path compares":       {`{"Operations":[{"op":"remove","path":"phoneNumbers[value eq \"+1 555\"]"}]}`, `{"Operations":[{"op":"remove","path":"phoneNumbers[value eq \"…\"]"}]}`},
		"dotted keys":         {`{"Operations":[{"op":"replace","value":{"emails[type eq \"work\"].value":"jane@acme.com","title":"CEO"}}]}`, `{"Operations":[{"op":"replace","value":{"emails[type eq \"work\"].value":"j…@acme.com","title":"CEO"}}]}`},
		"bulk":                {`{"Operations":[{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"path":"password","value":"x1"}]}}]}`, `{"Operations":[{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"path":"password","value":"…"}]}}]}`},
		"search":              {`{"filter":"emails.value eq \"jane@acme.com\" or phoneNumbers.value eq \"555\""}`, `{"filter":"emails.value eq \"j…@acme.com\" or phoneNumbers.value eq \"…\""}`},
		"text with addresses": {`{"detail":"userName \"jane@acme.com\" and bob@x.org are taken"}`, `{"detail":"userName \"j…@acme.com\" and b…@x.org are taken"}`},
		"escapes":             {`{"\u0065mails":"x\u0040y.de","n":"\u0041\u0040b.de"}`, `{"\u0065mails":"…@y.de","n":"…@b.de"}`},
		"token anywhere":      {`{"displayName":"` + token + `"}`, `{"displayName":"rstrtok…"}`},
		"top level text":      {`"jane@acme.com"`, `"j…@acme.com"`},
		"not JSON":            {`userName=jane@acme.com and +1 (555) 010-0200`, `userName=j…@acme.com and +…`},
		"not quite JSON":      {`{"active":True,"streetAddress":"1 Main St"}`, `{"active":…`},
		"path with blanks":    {`{"Operations":[{"op":"add","path":" phoneNumbers [type eq \"work\"]","value":"+1 555"}]}`, `{"Operations":[{"op":"add","path":" phoneNumbers [type eq \"work\"]","value":"…"}]}`},
		"bare number":         {`{"filter":"phoneNumbers.value eq 15550100"}`, `{"filter":"phoneNumbers.value eq …"}`},
		"detail with a path":  {`{"detail":"\"emails\" is needed; phoneNumbers[value eq \"+1 555 0100\"] matches nothing."}`, `{"detail":"\"emails\" is needed; phoneNumbers[value eq \"…\"] matches nothing."}`},
		"broken JSON":         {`{"emails":["jane@acme.com"],"password":"hunter2`, `{"emails":["j…@acme.com"],"password":…`},
		"trailing":            {`{} jane@acme.com`, `{} j…@acme.com`},
		"nothing":             {``, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := tc.want
			if name == "path with urn" {
				want = strings.Replace(want, `"value":"x"`, `"value":"…"`, 1)
			}
			if got, cut := redact([]byte(tc.in), maxBody, false); got != want || cut {
				t.Errorf("got  %s (cut: %t)\nwant %s", got, cut, want)
			}
		})
	}
}

func TestRedactKeepsAllButSecretsInFull(t *testing.T) {
	t.Parallel()
	in := `{"emails":[{"value":"jane@acme.com"}],"phoneNumbers":[1],"password":"hunter2","x":"rstrkey` + strings.Repeat("Z", 49) + `"}`
	want := `{"emails":[{"value":"jane@acme.com"}],"phoneNumbers":[1],"password":"…","x":"rstrkey…"}`
	if got, _ := redact([]byte(in), maxBody, true); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRedactHidesSecretsOfFilters(t *testing.T) {
	t.Parallel()
	in, want := `{"filter":"password eq \"hunter2\""}`, `{"filter":"…"}`
	if got, _ := redact([]byte(in), maxBody, true); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestRedactDeepOperations: looking for each operation's path must not cost the
// square of the depth.
func TestRedactDeepOperations(t *testing.T) {
	t.Parallel()
	const deep = 150
	in := strings.Repeat(`{"Operations":[`, deep) + `{"path":"title","value":"` + strings.Repeat("x", 1<<10) + `"}` + strings.Repeat(`]}`, deep)
	if got, _ := redact([]byte(in), maxBody, false); got != in {
		t.Errorf("got %.200s", got)
	}
}

func TestRedactCuts(t *testing.T) {
	t.Parallel()
	list := `{"Resources":[` + strings.Repeat(`{"emails":[{"value":"jane@acme.com"}],"n":"ü"},`, 2000) + `{}]}`
	got, cut := redact([]byte(list), 1000, false)
	if !cut || len(got) > 1000 || len(got) < 900 || strings.Contains(got, "jane@") {
		t.Errorf("cut %t to %d bytes: %s", cut, len(got), got)
	}
	if whole, cut := redact([]byte(`{"a":1}`), 7, false); cut || whole != `{"a":1}` {
		t.Errorf("%q, cut %t", whole, cut)
	}
}

// leak is an e-mail address that has more of its local part than one character.
var leak = regexp.MustCompile(`[^\s"<>()\[\]{},;:\\|=/@\x00-\x20]{2,}@[^\s"<>()\[\]{},;:\\|=/@\x00-\x20]`)

var maskedLocal = regexp.MustCompile(`^.?…@`)

// check compares a redacted value with the one it was made from: the same shape
// and keys, and nothing that must not be seen.
func check(t *testing.T, in, out any, m mask, operation bool) {
	t.Helper()
	switch in := in.(type) {
	case map[string]any:
		got, ok := out.(map[string]any)
		if !ok || len(got) != len(in) {
			t.Fatalf("%v became %v", in, out)
		}
		for key, value := range in {
			next, ok := got[key]
			if !ok {
				t.Fatalf("the key %q is gone", key)
			}
			inner := max(m, maskOf(key))
			if inner == personal && (strings.EqualFold(key, "type") || strings.EqualFold(key, "primary")) {
				inner = label
			}
			check(t, value, next, inner, strings.EqualFold(key, "Operations"))
		}
	case []any:
		got, ok := out.([]any)
		if !ok || len(got) != len(in) {
			t.Fatalf("%v became %v", in, out)
		}
		for i := range in {
			check(t, in[i], got[i], m, operation)
		}
	case string:
		got, ok := out.(string)
		if !ok {
			t.Fatalf("%q became %v", in, out)
		}
		if found := leak.FindString(got); found != "" && !maskedLocal.MatchString(found) {
			t.Fatalf("%q became %q, which shows %q", in, got, found)
		}
		if m >= personal && len(in) > 1 && got == in && !maskedLocal.MatchString(in) && in != ellipsis {
			t.Fatalf("%q is still there", in)
		}
	case json.Number:
		if got, ok := out.(json.Number); !ok || m < label && got != in || m >= label && got != "0" {
			t.Fatalf("%v became %v", in, out)
		}
	default:
		if in != out {
			t.Fatalf("%v became %v", in, out)
		}
	}
}

func decoded(text string) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil || d.More() {
		return nil, false
	}
	return v, true
}

func FuzzRedact(f *testing.F) {
	for _, seed := range []string{
		`{"userName":"jane@acme.com","emails":[{"value":"jane@acme.com","type":"work"}],"password":"x"}`,
		`{"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@b"},{"value":["x"],"path":"phoneNumbers"}]}`,
		`{"filter":"phoneNumbers.value eq \"1\"","a":[1,-2.5e3,null,true]}`, `[[[{}]]]`, `"\ud800@x"`, `{"a":"b`, `x@y`, `{"password":{"a":[1]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, _ := redact(body, 1<<20, false)
		if !json.Valid(body) {
			return
		}
		in, ok := decoded(string(body))
		if !ok {
			return
		}
		out, ok := decoded(got)
		if !ok {
			t.Fatalf("%s became %s, which is no JSON", body, got)
		}
		check(t, in, out, open, false)
	})
}

func BenchmarkRedact(b *testing.B) {
	body := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"jane@acme.com","externalId":"00u1","name":{"givenName":"Jane","familyName":"Doe"},` +
		`"emails":[{"value":"jane@acme.com","type":"work","primary":true}],"phoneNumbers":[{"value":"+1 555 0100","type":"work"}],` +
		`"title":"Engineer","active":true,"groups":[],"meta":{"resourceType":"User","version":"W/\"1\"","location":"https://x/Users/1"}}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		redact(body, maxBody, false)
	}
}
