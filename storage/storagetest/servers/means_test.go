package servers

import (
	"errors"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	there := func() error { return nil }
	noEngine := func() error { return errors.New("no engine") }
	noLocal := func() error { return errors.New("not installed: postgres") }
	for name, c := range map[string]struct {
		only          string
		engine, local func() error
		want          means
		says          string
	}{
		"an engine comes first":     {"", there, there, byDocker, ""},
		"else what is installed":    {"", noEngine, there, byLocal, ""},
		"neither says what to do":   {"", noEngine, noLocal, "", "apt-get install postgresql redis-server"},
		"neither says what is lost": {"", noEngine, noLocal, "", "no engine"},
		"docker only":               {"docker", there, there, byDocker, ""},
		"docker never falls back":   {"docker", noEngine, there, "", "no engine"},
		"local only":                {"local", there, there, byLocal, ""},
		"local never falls back":    {"local", there, noLocal, "", "not installed: postgres"},
		"a slip of the pen":         {"dokcer", there, there, "", "TEST_SERVERS=dokcer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := choose(c.only, c.engine, c.local)
			if got != c.want || (err == nil) != (c.says == "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}
