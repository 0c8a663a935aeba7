package scimtest

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, pattern, got string
		want               string // part of the first problem; "" if it matches
	}{
		{"object subset", `{"a":1}`, `{"a":1,"b":2}`, ""},
		{"key missing", `{"a":1}`, `{"b":1}`, "/a: expected 1, got nothing"},
		{"key in another case", `{"userName":"x"}`, `{"username":"x"}`, "/userName"},
		{"value differs", `{"a":{"b":"x"}}`, `{"a":{"b":"y"}}`, `/a/b: expected "x", got "y"`},
		{"kind differs", `{"a":true}`, `{"a":"true"}`, `/a: expected true, got "true"`},
		{"number is not a string", `{"a":1}`, `{"a":"1"}`, "/a"},
		{"numbers by value", `{"a":1}`, `{"a":1.0}`, ""},
		{"null is not absent", `{"a":"$absent"}`, `{"a":null}`, "/a"},
		{"null is not a value", `{"a":"x"}`, `{"a":null}`, "/a"},
		{"scalar for object", `{"a":"x"}`, `{"a":{"b":"x"}}`, "/a"},
		{"object for scalar", `{"a":{"b":1}}`, `{"a":1}`, "/a"},
		{"pointer is escaped", `{"a/b":1}`, `{"a/b":2}`, "/a~1b"},

		{"elements in any order", `[{"v":2},{"v":1}]`, `[{"v":1},{"v":2},{"v":3}]`, ""},
		{"element missing", `[{"v":4}]`, `[{"v":1},{"v":2}]`, `expected an element {"v":4}`},
		{"one element for each pattern", `[{"v":1},{"v":1}]`, `[{"v":1},{"v":2}]`, "expected an element"},
		{"patterns make room", `[{"t":"$any"},{"t":"a"}]`, `[{"t":"a"},{"t":"b"}]`, ""},
		{"single candidate is explained", `[{"v":1}]`, `[{"v":2}]`, "/0/v: expected 1, got 2"},
		{"array for object", `[1]`, `{"a":1}`, "(whole)"},

		{"exact array", `{"$exact":[1,2]}`, `[1,2]`, ""},
		{"exact array, order", `{"$exact":[1,2]}`, `[2,1]`, "/0: expected 1, got 2"},
		{"exact array, more", `{"$exact":[1]}`, `[1,2]`, "expected exactly [1]"},
		{"exact array, none", `{"a":{"$exact":[]}}`, `{}`, "/a: expected exactly []"},
		{"exact object", `{"$exact":{"a":1}}`, `{"a":1}`, ""},
		{"exact object, more", `{"$exact":{"a":1}}`, `{"a":1,"b":2}`, "/b: expected nothing, got 2"},
		{"unordered", `{"$unordered":[2,1]}`, `[1,2]`, ""},
		{"unordered, more", `{"$unordered":[2,1]}`, `[1,2,3]`, "expected 2 elements"},
		{"unordered, fewer", `{"$unordered":[2,1]}`, `[1]`, "expected 2 elements"},
		{"unordered, twice", `{"$unordered":[1,1]}`, `[1,2]`, "expected an element 1"},
		{"length", `{"$length":2}`, `[1,2]`, ""},
		{"length differs", `{"$length":2}`, `[1]`, "expected 2 elements"},
		{"length of nothing", `{"a":{"$length":0}}`, `{}`, "/a: expected 0 elements"},
		{"none", `{"$none":{"v":3}}`, `[{"v":1}]`, ""},
		{"none of nothing", `{"a":{"$none":1}}`, `{}`, ""},
		{"none, but one", `{"$none":{"v":1}}`, `[{"v":1}]`, "/0: expected no element"},
		{"none of no array", `{"$none":1}`, `"x"`, "expected an array"},
		{"not", `{"$not":"x"}`, `"y"`, ""},
		{"not, but is", `{"$not":"x"}`, `"x"`, `anything but "x"`},
		{"all", `{"$all":[{"$length":1},[1]]}`, `[1]`, ""},
		{"all, one fails", `{"$all":[{"$length":2},[1]]}`, `[1]`, "expected 2 elements"},
		{"one of", `{"$oneOf":[1,2]}`, `2`, ""},
		{"one of, none", `{"$oneOf":[1,2]}`, `3`, "expected one of"},
		{"one of, absent", `{"a":{"$oneOf":["$absent",{"b":1}]}}`, `{}`, ""},
		{"regex", `{"$regex":"^W/"}`, `"W/\"1\""`, ""},
		{"regex differs", `{"$regex":"^W/"}`, `"1"`, "like /^W//"},
		{"regex on a number", `{"$regex":"1"}`, `1`, "expected a string"},

		{"any", `{"a":"$any"}`, `{"a":false}`, ""},
		{"any of nothing", `{"a":"$any"}`, `{}`, "/a"},
		{"absent", `{"a":"$absent"}`, `{}`, ""},
		{"absent, but there", `{"a":"$absent"}`, `{"a":""}`, "/a"},
		{"empty, absent", `{"a":"$empty"}`, `{}`, ""},
		{"empty array", `"$empty"`, `[]`, ""},
		{"empty, but not", `"$empty"`, `["x"]`, "$empty"},
		{"empty, but false", `"$empty"`, `false`, "$empty"},
		{"non-empty", `"$nonEmpty"`, `"x"`, ""},
		{"non-empty, empty", `"$nonEmpty"`, `""`, "$nonEmpty"},
		{"string", `"$string"`, `""`, ""},
		{"string, number", `"$string"`, `1`, "$string"},
		{"integer", `"$integer"`, `12`, ""},
		{"integer, text", `"$integer"`, `"12"`, "$integer"},
		{"integer, fraction", `"$integer"`, `1.5`, "$integer"},
		{"boolean", `"$boolean"`, `false`, ""},
		{"boolean, text", `"$boolean"`, `"false"`, "$boolean"},
		{"time", `"$time"`, `"2026-11-22T04:05:06.789Z"`, ""},
		{"time, date", `"$time"`, `"2026-11-22"`, "$time"},
		{"literal $ref key", `{"$ref":"x"}`, `{"$ref":"y"}`, `/$ref: expected "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pattern := mustDecode(t, tt.pattern)
			if err := validatePattern(pattern); err != nil {
				t.Fatalf("validatePattern(%s) = %v", tt.pattern, err)
			}
			wantProblem(t, match(pattern, mustDecode(t, tt.got), ""), tt.want)
		})
	}
}

// wantProblem checks that one of the problems holds want, or that there is none.
func wantProblem(t *testing.T, problems []string, want string) {
	t.Helper()
	all := strings.Join(problems, "\n")
	switch {
	case want == "" && all != "":
		t.Errorf("problems where none are:\n%s", all)
	case want != "" && !strings.Contains(all, want):
		t.Errorf("problems\n%s\nwant one with %q", all, want)
	}
}

func mustDecode(t *testing.T, text string) any {
	t.Helper()
	value, err := decode([]byte(text))
	if err != nil {
		t.Fatalf("decode(%s) = %v", text, err)
	}
	return value
}

func TestValidatePatternRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`null`, `{"a":null}`, `"$nonempty"`, `["$what"]`, `{"$regexp":"x"}`, `{"$regex":"("}`, `{"$regex":1}`,
		`{"$length":"1"}`, `{"$length":-1}`, `{"$length":1.5}`, `{"$unordered":{}}`, `{"$exact":1}`, `{"$exact":["$x"]}`,
		`{"$all":1}`, `{"$oneOf":{"a":1}}`, `{"$none":"$x"}`, `{"$not":{"$x":1}}`, `{"$length":1,"$none":2}`, `{"$exact":{"a":null}}`,
	} {
		if err := validatePattern(mustDecode(t, text)); err == nil {
			t.Errorf("validatePattern(%s) = nil, want an error", text)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `{`, `{"a":1}{}`, `{"a":1,"a":2}`, `{"a":[{"b":1,"b":1}]}`, "\"\xff\"", `[1,]`, `{"a"}`,
		strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2),
	} {
		if value, err := decode([]byte(text)); err == nil {
			t.Errorf("decode(%.40q) = %v, want an error", text, value)
		}
	}
}

func TestResolvePointer(t *testing.T) {
	t.Parallel()
	value := mustDecode(t, `{"a":{"b/c":["x",{"~":"y"}]}}`)
	for pointer, want := range map[string]any{"/a/b~1c/0": "x", "/a/b~1c/1/~0": "y"} {
		if got, ok := resolvePointer(value, pointer); !ok || got != want {
			t.Errorf("resolvePointer(%s) = %v, %v; want %v", pointer, got, ok, want)
		}
	}
	for _, pointer := range []string{"a", "/b", "/a/b~1c/2", "/a/b~1c/-1", "/a/b~1c/0/x"} {
		if got, ok := resolvePointer(value, pointer); ok {
			t.Errorf("resolvePointer(%s) = %v, want nothing", pointer, got)
		}
	}
}
