package portal

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func TestCursors(t *testing.T) {
	t.Parallel()
	type place struct{ After, Secret string }
	key := make([]byte, 32)
	newCursors := func(key []byte) cursors {
		s, err := newSealer(key, "cursors")
		if err != nil {
			t.Fatal(err)
		}
		return cursors{s}
	}
	c, want := newCursors(key), place{"ten01", "jane@example.com"}
	text, err := c.seal("users", want)
	if err != nil {
		t.Fatal(err)
	}
	if plain, _ := base64.RawURLEncoding.DecodeString(text); strings.Contains(string(plain), "jane") {
		t.Error("a cursor can be read by whoever has it")
	}
	var got place
	if err := c.open("users", text, &got); err != nil || got != want {
		t.Errorf("opened %+v, %v", got, err)
	}
	got = place{}
	if err := c.open("users", "", &got); err != nil || got != (place{}) {
		t.Errorf("no cursor is the beginning: %+v, %v", got, err)
	}
	other := newCursors(append(make([]byte, 31), 1))
	foreign, err := other.seal("users", want)
	if err != nil {
		t.Fatal(err)
	}
	flipped := []byte(text)
	flipped[len(flipped)/2] ^= 1
	for name, bad := range map[string]struct{ kind, text string }{
		"of another list":         {"groups", text},
		"of another installation": {"users", foreign},
		"changed":                 {"users", string(flipped)},
		"cut":                     {"users", text[:len(text)-2]},
		"noise":                   {"users", "AAAA"},
		"no base64":               {"users", "%%%"},
		"huge":                    {"users", strings.Repeat("A", maxCursor+1)},
	} {
		err := c.open(bad.kind, bad.text, &got)
		problem, ok := errors.AsType[*Problem](err)
		if !ok || problem.Status != 400 || problem.Field != "cursor" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
