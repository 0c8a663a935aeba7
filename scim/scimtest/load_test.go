package scimtest

import (
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	transcript := func(head, step string) string {
		return `{"name":"n","provider":"generic",` + head + `"rows":["E1"],"steps":[{"method":"GET","path":"/Users",` + step + `}]}`
	}
	const expect = `"expect":{"status":200}`
	tests := []struct{ name, text, want string }{
		{"no JSON", `{`, "EOF"},
		{"unknown key", transcript(`"provder":"x",`, expect), "provder"},
		{"unknown key in a step", transcript(``, `"Expct":1,`+expect), "Expct"},
		{"unknown key in expect", transcript(``, `"expect":{"status":200,"boddy":{}}`), "boddy"},
		{"unknown key in repeat", transcript(``, `"repeat":{"from":1,"to":2,"by":1},`+expect), "by"},
		{"key twice", transcript(``, expect+`,`+expect), "twice"},
		{"key twice in a body", transcript(``, `"body":{"a":1,"a":2},`+expect), "twice"},
		{"something behind", transcript(``, expect) + `{}`, "more than one"},
		{"no name", strings.Replace(transcript(``, expect), `"n"`, `""`, 1), "name is missing"},
		{"unknown provider", strings.Replace(transcript(``, expect), `"generic"`, `"entrra"`, 1), "unknown provider"},
		{"provider of another folder", strings.Replace(transcript(``, expect), `"generic"`, `"okta"`, 1), "in the folder of"},
		{"unknown settings", transcript(`"settings":"x",`, expect), "unknown settings"},
		{"no rows", strings.Replace(transcript(``, expect), `"E1"`, ``, 1), "rows are missing"},
		{"unknown row", strings.Replace(transcript(``, expect), `E1`, `E23`, 1), "unknown row"},
		{"unknown row of another client", strings.Replace(transcript(``, expect), `E1`, `ONE7`, 1), "unknown row"},
		{"unknown RFC", strings.Replace(transcript(``, expect), `E1`, `RFC 7642 1`, 1), "unknown row"},
		{"no steps", `{"name":"n","provider":"generic","rows":["E1"],"steps":[]}`, "steps are missing"},
		{"lower-case method", strings.Replace(transcript(``, expect), `GET`, `get`, 1), "method"},
		{"relative path", strings.Replace(transcript(``, expect), `/Users`, `Users`, 1), "path"},
		{"no status", transcript(``, `"expect":{}`), "expected status"},
		{"status as text", transcript(``, `"expect":{"status":"200"}`), "status must be"},
		{"status out of range", transcript(``, `"expect":{"status":2000}`), "status 2000"},
		{"body and raw", transcript(``, `"body":{},"raw":"x",`+expect), "exclude each other"},
		{"repeat backwards", transcript(``, `"repeat":{"from":2,"to":1},`+expect), "repeat"},
		{"repeat without end", transcript(``, `"repeat":{"from":1,"to":100000},`+expect), "repeat"},
		{"saved from nowhere", transcript(``, expect+`,"save":{"x":"id"}`), "neither a JSON pointer"},
		{"saved from no header", transcript(``, expect+`,"save":{"x":"header:"}`), "neither a JSON pointer"},
		{"saved under no name", transcript(``, expect+`,"save":{"x y":"/id"}`), "not a variable name"},
		{"variable in the path", strings.Replace(transcript(``, expect), `/Users`, `/Users/${id}`, 1), `"id" is not set`},
		{"variable in a header", transcript(``, `"headers":{"If-Match":"${tag}"},`+expect), `"tag" is not set`},
		{"variable in common headers", transcript(`"headers":{"If-Match":"${tag}"},`, expect), `"tag" is not set`},
		{"variable in a body", transcript(``, `"body":{"a":"${b}"},`+expect), `"b" is not set`},
		{"variable in raw", transcript(``, `"raw":"${b}",`+expect), `"b" is not set`},
		{"variable in an expectation", transcript(``, `"expect":{"status":200,"body":{"a":["${b}"]}}`), `"b" is not set`},
		{"variable in an expected header", transcript(``, `"expect":{"status":200,"headers":{"A":"${b}"}}`), `"b" is not set`},
		{"variable in a saved name", transcript(``, expect+`,"save":{"x${b}":"/id"}`), `"b" is not set`},
		{"index outside a repeat", transcript(``, `"body":"${i}",`+expect), `"i" is not set`},
		{"unknown pattern", transcript(``, `"expect":{"status":200,"body":{"id":"$nonempty"}}`), "unknown pattern"},
		{"unknown pattern in a header", transcript(``, `"expect":{"status":200,"headers":{"ETag":"$tag"}}`), "unknown pattern"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(fstest.MapFS{"generic/bad.json": {Data: []byte(tt.text)}})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "generic/bad.json") {
				t.Errorf("Load() = %v, want an error with the file and %q", err, tt.want)
			}
		})
	}
}

func TestLoadRefusesANameTwice(t *testing.T) {
	t.Parallel()
	text := []byte(`{"name":"n","provider":"okta","rows":["O1"],"steps":[{"method":"GET","path":"/Users","expect":{"status":200}}]}`)
	_, err := Load(fstest.MapFS{"okta/a.json": {Data: text}, "okta/b.json": {Data: text}})
	if err == nil || !strings.Contains(err.Error(), "okta/a.json has the same name") {
		t.Errorf("Load() = %v", err)
	}
}

func TestRecordedTranscripts(t *testing.T) {
	t.Parallel()
	transcripts, err := Load(Recorded())
	if err != nil {
		t.Fatal(err)
	}
	if missing := Uncovered(transcripts); len(missing) > 0 {
		t.Errorf("rows without a transcript: %v", missing)
	}
	count := map[string]int{}
	for _, tr := range transcripts {
		count[path.Dir(tr.File)]++
	}
	for provider, least := range map[string]int{
		"entra": 62, "okta": 32, "generic": 12, "onelogin": 8, "jumpcloud": 8, "google": 8, "pingfederate": 8,
		"pingone": 5, "rippling": 5, "cyberark": 5, "salesforce": 4, "aws": 4, "authentik": 4,
	} {
		if count[provider] < least {
			t.Errorf("%d transcripts of %s, want at least %d", count[provider], provider, least)
		}
	}
}

func TestUncoveredNoticesAMissingRow(t *testing.T) {
	t.Parallel()
	all := &Transcript{Rows: Rows()[1:]}
	if got := Uncovered([]*Transcript{all}); len(got) != 1 || got[0] != "E1" {
		t.Errorf("Uncovered() = %v, want [E1]", got)
	}
	if got, want := len(Uncovered(nil)), len(Rows()); got != want || got < 85 {
		t.Errorf("%d rows uncovered by nothing, want all %d", got, want)
	}
}

func TestReadmeExplainsEveryRow(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range Rows() {
		if strings.Count(string(readme), "- **"+row+"** ") != 1 {
			t.Errorf("testdata/README.md does not explain %s on one line", row)
		}
	}
}
