package idp

import (
	"fmt"
	"testing"
	"time"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	long := fmt.Sprintf("%0500d", 1)
	for _, c := range []struct {
		name        string
		sent, found document
		want        []Difference
	}{
		{"the same", document{"a": "x", "n": 1, "b": true}, document{"a": "x", "n": 1, "b": true}, nil},
		{"absent forms", document{"a": nil, "b": "", "c": []any{}, "d": document{"e": nil}}, document{}, nil},
		{"assigned by the server", document{"groups": []any{}, "password": "p"}, document{"id": "1", "meta": document{"version": "1"}, "schemas": []any{"s"}}, nil},
		{"value", document{"a": "x"}, document{"a": "y"}, []Difference{{Attribute: "a", Sent: `"x"`, Found: `"y"`}}},
		{"lost", document{"a": "x"}, document{}, []Difference{{Attribute: "a", Sent: `"x"`, Found: "nothing"}}},
		{"made up", document{}, document{"a": "x"}, []Difference{{Attribute: "a", Sent: "nothing", Found: `"x"`}}},
		{"case counts", document{"a": "x"}, document{"a": "X"}, []Difference{{Attribute: "a", Sent: `"x"`, Found: `"X"`}}},
		{"boolean is no string", document{"active": true}, document{"active": "true"}, []Difference{{Attribute: "active", Sent: "true", Found: `"true"`}}},
		{"sub-attribute", document{"name": document{"f": "x", "g": "y"}}, document{"name": document{"f": "x", "g": "z"}},
			[]Difference{{Attribute: "name.g", Sent: `"y"`, Found: `"z"`}}},
		{"extension", document{enterpriseSchema: document{"department": "x"}}, document{},
			[]Difference{{Attribute: enterpriseSchema, Sent: `{"department":"x"}`, Found: "nothing"}}},
		{"order of values", document{"l": []any{document{"v": "a"}, document{"v": "b"}}}, document{"l": []any{document{"v": "b"}, document{"v": "a"}}}, nil},
		{"value twice", document{"l": []any{document{"v": "a"}}}, document{"l": []any{document{"v": "a"}, document{"v": "a"}}},
			[]Difference{{Attribute: "l", Sent: `[{"v":"a"}]`, Found: `[{"v":"a"},{"v":"a"}]`}}},
		{"not primary", document{"l": []any{document{"v": "a", "primary": false}}}, document{"l": []any{document{"v": "a"}}}, nil},
		{"primary", document{"l": []any{document{"v": "a", "primary": true}}}, document{"l": []any{document{"v": "a"}}},
			[]Difference{{Attribute: "l", Sent: `[{"primary":true,"v":"a"}]`, Found: `[{"v":"a"}]`}}},
		{"only a type", document{}, document{"l": []any{document{"type": "work"}}}, nil},
		{"manager's extras", document{"manager": document{"value": "1"}}, document{"manager": document{"value": "1", "$ref": "u", "displayName": "x"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := compare(c.sent, plain(c.found))
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if len(compare(document{"a": long + "x"}, document{"a": long + "y"})) == 0 {
		t.Error("values that differ only where they are cut for display are taken for the same")
	}
}

func TestCompareMembers(t *testing.T) {
	t.Parallel()
	member := func(id string) any {
		return document{"value": id, "type": "User", "$ref": "https://x.example/Users/" + id}
	}
	want := map[string]bool{"a": true, "b": true}
	for _, c := range []struct {
		name string
		list []any
		n    int
	}{
		{"same", []any{member("b"), member("a")}, 0},
		{"missing", []any{member("a")}, 1},
		{"surplus", []any{member("a"), member("b"), member("c")}, 1},
		{"exchanged", []any{member("a"), member("c")}, 2},
		{"twice", []any{member("a"), member("b"), member("b")}, 1},
		{"wrong $ref", []any{member("a"), document{"value": "b", "$ref": "https://x.example/Users/a"}}, 1},
		{"wrong type", []any{member("a"), document{"value": "b", "type": "Robot"}}, 1},
		{"bare", []any{document{"value": "a"}, document{"value": "b"}}, 0},
	} {
		if got := compareMembers(want, document{"members": c.list}); len(got) != c.n {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestLatencies(t *testing.T) {
	t.Parallel()
	var l latencies
	if l.quantile(0.5) != 0 {
		t.Error("no durations have a median")
	}
	for i := 1; i <= 1000; i++ {
		l.add(time.Duration(i) * time.Millisecond)
	}
	l.add(24 * time.Hour) // beyond the last bucket
	for q, want := range map[float64]time.Duration{0.5: 500 * time.Millisecond, 0.99: 990 * time.Millisecond} {
		got := l.quantile(q)
		if got < want || float64(got) > float64(want)*latencyGrowth*1.01 {
			t.Errorf("quantile %v is %v, want about %v", q, got, want)
		}
	}
	if got := l.quantile(1); got < 10*time.Minute {
		t.Errorf("the longest is %v", got)
	}
}
