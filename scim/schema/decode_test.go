package schema_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

func TestDecodeObject(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     map[string]any
	}{
		{"empty", ` {	} ` + "\r\n", map[string]any{}},
		{"literals", `{"t":true,"f":false,"n":null}`, map[string]any{"t": true, "f": false, "n": nil}},
		{
			"numbers keep their digits", `{"a":[0,-0,12,-3.50,1e5,2E-7,1.0e+2,9007199254740993]}`,
			map[string]any{"a": []any{
				json.Number("0"), json.Number("-0"), json.Number("12"), json.Number("-3.50"), json.Number("1e5"),
				json.Number("2E-7"), json.Number("1.0e+2"), json.Number("9007199254740993"),
			}},
		},
		{
			"escapes", `{"s":"a\"\\\/\b\f\n\r\tz","u":"\u00e9\u20AC\ud83d\ude00 é😀"}`,
			map[string]any{"s": "a\"\\/\b\f\n\r\tz", "u": "é€😀 é😀"},
		},
		{"escaped key", `{"user\u004eame":1}`, map[string]any{"userName": json.Number("1")}},
		{
			"nesting", `{"a":{"b":[{"c":[]},{},[ ]]} , "d" : "" }`,
			map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": []any{}}, map[string]any{}, []any{}}}, "d": ""},
		},
		{"case makes other keys", `{"a":1,"A":2}`, map[string]any{"a": json.Number("1"), "A": json.Number("2")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := schema.DecodeObject([]byte(tt.in))
			if err != nil {
				t.Fatalf("DecodeObject: %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("DecodeObject (-want +got):\n%s", diff)
			}
		})
	}
}

// nested returns an object with that many levels, all but the first one arrays.
func nested(levels int) string {
	return `{"a":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
}

func TestDecodeObjectDepth(t *testing.T) {
	t.Parallel()
	object := decode(t, nested(32))
	levels := 1
	for v := object["a"]; v != nil; levels++ {
		list := v.([]any)
		if len(list) == 0 {
			v = nil
			continue
		}
		v = list[0]
	}
	if levels != 32 {
		t.Errorf("decoded %d levels, want 32", levels)
	}
}

func TestDecodeObjectRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		kind     schema.ErrorType
		detail   string // part of it
	}{
		{"nothing", ``, schema.InvalidSyntax, "ends at byte 0, expected a JSON object"},
		{"an array", `[]`, schema.InvalidSyntax, "expected a JSON object at byte 0"},
		{"a byte order mark", "\uFEFF{}", schema.InvalidSyntax, "expected a JSON object at byte 0"},
		{"two objects", `{} {}`, schema.InvalidSyntax, "nothing behind the JSON object at byte 3"},
		{"an unfinished object", `{"a":1`, schema.InvalidSyntax, "ends at byte 6"},
		{"an unfinished array", `{"a":[1`, schema.InvalidSyntax, "a: the JSON text ends at byte 7"},
		{"an unfinished string", `{"a":"x`, schema.InvalidSyntax, "a: malformed JSON: the string that begins at byte 5"},
		{"an unfinished escaped string", `{"a":"\n`, schema.InvalidSyntax, "string that begins at byte 5"},
		{"an unfinished escape", `{"a":"\`, schema.InvalidSyntax, "has no end"},
		{"a trailing comma", `{"a":1,}`, schema.InvalidSyntax, "a key in quotes at byte 7"},
		{"a trailing comma in an array", `{"a":[1,]}`, schema.InvalidSyntax, "a[1]: malformed JSON: expected a value at byte 8"},
		{"a bare key", `{a:1}`, schema.InvalidSyntax, "a key in quotes at byte 1, got 'a'"},
		{"no colon", `{"a" 1}`, schema.InvalidSyntax, "a: malformed JSON: expected ':' at byte 5"},
		{"no comma", `{"a":1 "b":2}`, schema.InvalidSyntax, "expected ',' or '}' at byte 7"},
		{"no comma in an array", `{"a":[1 2]}`, schema.InvalidSyntax, "expected ',' or ']' at byte 8"},
		{"no value", `{"a":}`, schema.InvalidSyntax, "a: malformed JSON: expected a value at byte 5, got '}'"},
		{"a wrong literal", `{"a":tru}`, schema.InvalidSyntax, "expected a value at byte 5"},
		{"a literal with a tail", `{"a":trueish}`, schema.InvalidSyntax, "at byte 9, got 'i'"},
		{"single quotes", `{'a':1}`, schema.InvalidSyntax, "byte 1"},
		{"a leading zero", `{"a":01}`, schema.InvalidSyntax, "at byte 6"},
		{"a plus sign", `{"a":+1}`, schema.InvalidSyntax, "at byte 5"},
		{"a minus alone", `{"a":-}`, schema.InvalidSyntax, "expected a number at byte 5"},
		{"a point without digits", `{"a":1.}`, schema.InvalidSyntax, "expected a number at byte 5"},
		{"an exponent without digits", `{"a":1e+}`, schema.InvalidSyntax, "expected a number at byte 5"},
		{"a huge number", `{"a":` + strings.Repeat("9", 101) + `}`, schema.InvalidSyntax, "longer than 100"},
		{"a control character", "{\"a\":\"x\ny\"}", schema.InvalidSyntax, "control character at byte 7"},
		{"a control character behind an escape", "{\"a\":\"\\tx\ny\"}", schema.InvalidSyntax, "control character at byte 9"},
		{"an unknown escape", `{"a":"\x"}`, schema.InvalidSyntax, "unknown escape sequence at byte 6"},
		{"a short unicode escape", `{"a":"\u12"}`, schema.InvalidSyntax, "four hexadecimal digits"},
		{"a signed unicode escape", `{"a":"\u+123"}`, schema.InvalidSyntax, "four hexadecimal digits"},
		{"a lone high surrogate", `{"a":"\ud83d"}`, schema.InvalidSyntax, "a: malformed JSON: unpaired surrogate at byte 6"},
		{"a lone low surrogate", `{"a":"\ude00\ud83d"}`, schema.InvalidSyntax, "unpaired surrogate at byte 6"},
		{"a surrogate and a letter", `{"a":"\ud83d\u0041"}`, schema.InvalidSyntax, "unpaired surrogate"},
		{"a NUL", `{"name":{"givenName":"A\u0000"}}`, schema.InvalidValue, "name.givenName: a NUL character (\\u0000) at byte 23"},
		{"a NUL in a key", `{"a\u0000":1}`, schema.InvalidValue, "NUL"},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", schema.InvalidSyntax, "UTF-8 at byte 6"},
		{"truncated UTF-8", "{\"é\":\"\xc3", schema.InvalidSyntax, "UTF-8 at byte 7"},
		{"an encoded surrogate", "{\"a\":\"\xed\xa0\x80\"}", schema.InvalidSyntax, "UTF-8 at byte 6"},
		{"a key twice", `{"a":{"b":1,"c":2,"b":1}}`, schema.InvalidSyntax, `a: the key "b" occurs twice in one object, again at byte 18`},
		{"a key twice by escape", `{"b":1,"\u0062":1}`, schema.InvalidSyntax, "occurs twice"},
		{"too deep", nested(33), schema.InvalidSyntax, "deeper than 32 levels"},
		{"far too deep", nested(100_000), schema.InvalidSyntax, "deeper than 32 levels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := schema.DecodeObject([]byte(tt.in))
			if got != nil {
				t.Errorf("DecodeObject returned %v besides its error", got)
			}
			wantRefusal(t, err, tt.kind, tt.detail)
		})
	}
}

// wantRefusal fails unless err is a 400 of that kind whose detail holds the text,
// and is short.
func wantRefusal(t *testing.T, err error, kind schema.ErrorType, detail string) {
	t.Helper()
	var refusal *schema.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("error = %v, want an *Error", err)
	}
	if refusal.Status != 400 || refusal.Type != kind {
		t.Errorf("error = %d %s %q, want 400 %s", refusal.Status, refusal.Type, refusal.Detail, kind)
	}
	if !strings.Contains(refusal.Detail, detail) {
		t.Errorf("detail = %q, want it to say %q", refusal.Detail, detail)
	}
	if len(refusal.Detail) > 1_000 {
		t.Errorf("detail has %d bytes: it repeats too much of the request", len(refusal.Detail))
	}
}

// The same texts are JSON for DecodeObject and for encoding/json, apart from what
// DecodeObject refuses on purpose.
func TestDecodeObjectAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		`{"a":1.5e300,"b":[true,null,{"c":"\u2028\/"}]}`, `{"a":-}`, `{"a":.5}`, `{"a":1E}`, `{"a":"` + "\t" + `"}`, `{"a":[,]}`, `{,}`,
		`{"a"}`, `{"a":nul}`, `{"":""}`, `{"a":"\u12G4"}`, "{\"a\":\u00a01}", `{"a":00}`, `{"a":-0.0E-0}`, `{"a":"x"}}`,
	} {
		got, err := schema.DecodeObject([]byte(in))
		if valid := json.Valid([]byte(in)); valid != (err == nil) {
			t.Errorf("DecodeObject(%s) = %v, %v; encoding/json: valid %t", in, got, err, valid)
		}
	}
}
