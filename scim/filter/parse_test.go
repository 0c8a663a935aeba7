package filter_test

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/filter"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, detail string }{
		{"nothing", "", "position 1: expected an attribute name, found the end"},
		{"spaces", " \t\r\n", "position 5: expected an attribute name, found the end"},
		{"name alone", "userName", "position 9: expected one of the operators eq, ne, co, sw, ew, gt, ge, lt, le, pr, found the end"},
		{"no value", "userName eq", "position 12: expected a value, found the end"},
		{"unknown operator", `userName regex "a"`, "position 10: expected one of the operators eq, ne, co, sw, ew, gt, ge, lt, le, pr, found `regex`"},
		{"string for an operator", `userName "eq" "a"`, "position 10: expected one of the operators eq, ne, co, sw, ew, gt, ge, lt, le, pr, found `\"eq\"`"},
		{"unquoted string", `externalId eq jyoung`, "position 15: expected a value, found `jyoung`: a string must stand in double quotes"},
		{"single quotes", `userName eq 'a'`, "position 13: expected a value, found `'a'`: a string must stand in double quotes"},
		{"unquoted date", `meta.created gt 2011-05-13T04:42:34Z`, "found `2011-05-13T04:42:34Z`: a string must stand in double quotes"},
		{"leading zero", `slots eq 01`, "found `01`"},
		{"number out of range", `slots eq 1e999`, "position 10: the number `1e999` is out of range"},
		{"object", `emails eq {"value":"x"}`, "found `{`"},
		{"brackets for a value", `emails eq []`, "position 11: expected a value, found `[`"},
		{"rest", `userName eq "a" "b"`, "position 17: expected `and`, `or` or the end, found `\"b\"`"},
		{"rest after pr", `userName pr "b"`, "position 13: expected `and`, `or` or the end"},
		{"missing term", `userName pr and`, "position 16: expected an attribute name, found the end"},
		{"operator for a term", `and userName pr`, "position 1: expected an attribute name, found `and`"},
		{"two operators", `userName pr or and title pr`, "position 16: expected an attribute name, found `and`"},
		{"not without brackets", `not userName pr`, "position 5: expected `(` after `not`, found `userName`"},
		{"not of nothing", `not ()`, "position 6: expected an attribute name, found `)`"},
		{"open bracket", `(userName pr`, "position 13: expected `and`, `or` or `)`, found the end"},
		{"closed bracket", `userName pr)`, "position 12: expected `and`, `or` or the end, found `)`"},
		{"wrong bracket", `(userName pr]`, "position 13: expected `and`, `or` or `)`, found `]`"},
		{"open value path", `emails[type pr`, "position 15: expected `and`, `or` or `]`, found the end"},
		{"empty value path", `emails[]`, "position 8: expected an attribute name, found `]`"},
		{"value path in a value path", `emails[type[value pr] pr]`, "position 12: a value path inside another is not supported"},
		{"dotted name in a value path", `emails[type.value pr]`, "position 8: expected the plain name of a sub-attribute between `[` and `]`"},
		{"URN in a value path", `emails[urn:a:b:type pr]`, "position 8: expected the plain name of a sub-attribute"},
		{"bare URN in a value path", `emails[urn:a:2.0 pr]`, "position 8: expected the plain name of a sub-attribute"},
		{"no dot behind a value path", `emails[type pr]value pr`, "position 16: expected `.` and the name of a sub-attribute, found `value`"},
		{"two names behind a value path", `emails[type pr].value.x pr`, "position 16: expected `.` and the name of a sub-attribute"},
		{"dot behind a value path", `emails[type pr]. pr`, "position 16: expected `.` and the name of a sub-attribute"},
		{"no test behind a value path", `emails[type pr].value`, "position 22: expected one of the operators"},
		{"no value behind a value path", `emails[type pr].value eq`, "position 25: expected a value"},
		{"value path and an operator", `emails[type pr] eq "x"`, "position 17: expected `and`, `or` or the end"},
		{"bad name", `user..name pr`, "position 1: expected an attribute name, found `user..name`"},
		{"name outside ASCII", `ünicode pr`, "position 1: expected an attribute name, found `ünicode`"},
		{"position in characters", `title eq "ü" x`, "position 14: expected"},
		{"open string", `title eq "ab`, "position 10: the string has no closing quote"},
		{"open string after an escape", `title eq "ab\`, "position 13: expected one of the escapes"},
		{"unknown escape", `title eq "\x"`, "position 11: expected one of the escapes"},
		{"short escape", `title eq "\u12"`, "position 11: expected one of the escapes"},
		{"wrong digits", `title eq "\u12g4"`, "position 11: expected one of the escapes"},
		{"high surrogate alone", `title eq "\ud83d"`, "position 11: half of a surrogate pair"},
		{"low surrogate first", `title eq "\ude00\ud83d"`, "position 11: half of a surrogate pair"},
		{"two high surrogates", `title eq "\ud83d\ud83d"`, "position 11: half of a surrogate pair"},
		{"control character", "title eq \"a\nb\"", "position 12: a control character in a string must be written as an escape"},
		{"escaped zero", `title eq "\u0000"`, "position 11: a string must not contain the character U+0000"},
		{"zero", "title eq \"\x00\"", "must not contain the character U+0000"},
		{"not UTF-8", "title eq \"\xff\"", "not valid UTF-8"},
		{"bad string after a name", `title "a`, "position 7: the string has no closing quote"},
		{"bad string after and", `title pr and "a`, "position 14: the string has no closing quote"},
		{"bad string after not", `not "a`, "position 5: the string has no closing quote"},
		{"bad string in brackets", `("a`, "position 2: the string has no closing quote"},
		{"bad string in a value path", `emails["a`, "position 8: the string has no closing quote"},
		{"bad string at first", `"a`, "position 1: the string has no closing quote"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := refused(t, userType(), tt.text); !strings.Contains(err.Detail, tt.detail) {
				t.Errorf("Parse(%s)\n got %s\nwant %s", tt.text, err.Detail, tt.detail)
			}
		})
	}
}

func TestParseBounds(t *testing.T) {
	t.Parallel()
	nested := func(n int) string {
		return strings.Repeat("(", n) + "title pr" + strings.Repeat(")", n)
	}
	chained := func(n int) string {
		return strings.TrimSuffix(strings.Repeat("title pr and ", n), " and ")
	}
	long := func(n int) string {
		const frame = `title eq ""`
		return `title eq "` + strings.Repeat("a", n-len(frame)) + `"`
	}
	tests := []struct {
		name, fits, exceeds, detail string
	}{
		{"length", long(filter.MaxLength), long(filter.MaxLength + 1), "too long: at most 8192 bytes are read"},
		{"terms", chained(filter.MaxTerms), chained(filter.MaxTerms + 1), "more than 200 comparisons"},
		{"depth", nested(filter.MaxDepth), nested(filter.MaxDepth + 1), "position 33: brackets are nested more than 32 deep"},
		{
			"depth with not and value path",
			"emails[" + strings.Repeat("not (", 31) + "type pr" + strings.Repeat(")", 31) + "]",
			"emails[" + strings.Repeat("not (", 32) + "type pr" + strings.Repeat(")", 32) + "]",
			"brackets are nested more than 32 deep",
		},
		{
			"depth counts open brackets alone",
			strings.Repeat("(title pr) or ", 100) + "title pr",
			"emails[" + nested(filter.MaxDepth) + "]",
			"nested more than 32 deep",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if f, err := filter.Parse(tt.fits); err != nil || f == nil {
				t.Errorf("at the limit: %v", err)
			}
			if err := refused(t, userType(), tt.exceeds); !strings.Contains(err.Detail, tt.detail) {
				t.Errorf("above the limit: got %s, want %s", err.Detail, tt.detail)
			}
		})
	}
}

func TestErrorsEchoLittle(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1000)
	for _, text := range []string{
		long, "userName " + long, "userName eq " + long, `userName eq "a" ` + long,
		`userName eq "a" "` + long + `"`, "emails[type pr]" + long, "emails[" + long,
		strings.Repeat("a", 100) + ` eq "x"`, "urn:" + strings.Repeat("a", 200) + `:b eq "x"`,
		"emails[" + strings.Repeat("a", 100) + " pr]", "slots eq 1" + strings.Repeat("0", 400),
	} {
		err := refused(t, userType(), text)
		if n := len([]rune(err.Detail)); n > 200 {
			t.Errorf("Parse(%.30s…): the detail has %d characters: %s", text, n, err.Detail)
		}
	}
}
