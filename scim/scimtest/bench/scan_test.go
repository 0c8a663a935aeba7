package bench

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	t.Parallel()
	spaced := []byte("{ \"Resources\" : [ {\"nested\":{\"id\" : 7, \"x\":\"\\\"id\\\"\"},\n \"id\"\t:\r\n \"a-1\" , \"active\": false } ],\"totalResults\" : 12}")
	for _, test := range []struct {
		what string
		got  any
		want any
	}{
		{"text", hasText(spaced, `"id"`, []byte("a-1")), true},
		{"another text", hasText(spaced, `"id"`, []byte("a-2")), false},
		{"the beginning of a text", hasText(spaced, `"id"`, []byte("a-")), false},
		{"a text at the end", hasText([]byte(`{"id":"ab"`), `"id"`, []byte("abc")), false},
		{"a name as a value", hasText([]byte(`["id","a"]`), `"id"`, []byte("a")), false},
		{"the second of two", hasText([]byte(`{"id":"a","x":{"id":"b"}}`), `"id"`, []byte("b")), true},
		{"literal", hasLiteral(spaced, `"active"`, "false"), true},
		{"another literal", hasLiteral(spaced, `"active"`, "true"), false},
		{"number", totalOf(spaced), 12},
		{"no number", totalOf([]byte(`{"totalResults":"12"}`)), -1},
		{"nothing", totalOf(nil), -1},
		{"first text", string(textOf(spaced, `"id"`)), "a-1"},
		{"a text with escapes", string(textOf([]byte(`{"id":"a\"b"}`), `"id"`)), ""},
		{"a text that breaks off", string(textOf([]byte(`{"id":"a`), `"id"`)), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.what, test.got, test.want)
		}
	}
}

// TestSinkCountsAcrossParts: wherever a body is cut into parts, a needle is found
// as often as in the whole.
func TestSinkCountsAcrossParts(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		var text strings.Builder
		for range rnd.IntN(30) {
			text.WriteString([]string{`"value",`, `"val,`, `ue",`, `",`, `x`, `"value `}[rnd.IntN(6)])
		}
		var s sink
		s.reset(valueKey)
		for rest := []byte(text.String()); len(rest) > 0; {
			n := 1 + rnd.IntN(min(len(rest), 1+rnd.IntN(12)))
			s.write(rest[:n])
			rest = rest[n:]
		}
		if want := strings.Count(text.String(), string(valueKey)); s.found != want || s.size != int64(text.Len()) {
			t.Fatalf("%q: found %d in %d bytes, want %d", text.String(), s.found, s.size, want)
		}
	}
}

func TestSinkKeepsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	var s sink
	part := bytes.Repeat([]byte("x"), 1<<20)
	for range 10 {
		s.write(part)
	}
	if len(s.kept) != maxKept || s.size != 10<<20 {
		t.Errorf("kept %d of %d bytes", len(s.kept), s.size)
	}
	s.reset(valueKey)
	if s.write(part); len(s.kept) > maxAnswer {
		t.Errorf("counting keeps %d bytes", len(s.kept))
	}
}
