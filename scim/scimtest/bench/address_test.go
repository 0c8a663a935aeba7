package bench

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadTargets(t *testing.T) {
	t.Parallel()
	got, err := ReadTargets(strings.NewReader("# two\n\nhttp://a/scim tok-1\n  http://b,http://c\ttok-2  \nhttp://d\n"))
	want := []Target{{[]string{"http://a/scim"}, "tok-1"}, {[]string{"http://b", "http://c"}, "tok-2"}, {URLs: []string{"http://d"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "# none\n", "http://a b c\n"} {
		if got, err := ReadTargets(strings.NewReader(text)); err == nil {
			t.Errorf("%q passes for %v", text, got)
		}
	}
}

func TestParseBase(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]struct {
		a    address
		host string
		path string
	}{
		"http://h/scim/v2/":   {address{"h:80", ""}, "h", "/scim/v2"},
		"https://h:444":       {address{"h:444", "h"}, "h:444", ""},
		"https://[::1]/a%20b": {address{"[::1]:443", "::1"}, "[::1]", "/a%20b"},
	} {
		if a, host, path, err := parseBase(base); err != nil || a != want.a || host != want.host || path != want.path {
			t.Errorf("%s: %v %q %q %v", base, a, host, path, err)
		}
	}
	for _, base := range []string{"", "h", "ftp://h", "http://", "http://h?x", "http://h#x", "http://u:p@h", "http://h:x"} {
		if _, _, _, err := parseBase(base); err == nil {
			t.Errorf("%q passes", base)
		}
	}
	if _, err := head("h", "a\r\nX: y"); err == nil {
		t.Error("a token with a line break passes")
	}
}
