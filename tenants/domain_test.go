package tenants

import (
	"slices"
	"strings"
	"testing"
)

func TestDomains(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	for _, good := range []string{"acme.com", "a.b.c", "xn--bcher-kva.example", "1-2.net", long + ".com"} {
		if !isDomain(good) {
			t.Errorf("%s is refused", good)
		}
	}
	for _, bad := range []string{"", "acme", ".com", "acme.", "a..b", "-a.com", "a-.com", "bücher.de", "a_b.com", "a b.com",
		"@acme.com", "192.0.2.1", long + "a.com", strings.Repeat("abcdefghi.", 26) + "com", "ACME.com"} {
		if isDomain(bad) {
			t.Errorf("%q passes", bad)
		}
	}
	clean, err := cleanDomains("domains", []string{" B.com", "a.com", "b.COM"})
	if err != nil || !slices.Equal(clean, []string{"a.com", "b.com"}) {
		t.Errorf("%v, %v", clean, err)
	}
	if clean, err := cleanDomains("domains", nil); clean != nil || err != nil {
		t.Errorf("none became %v, %v", clean, err)
	}
	if _, err := cleanDomains("domains", make([]string, maxDomains+1)); err == nil {
		t.Error("too many pass")
	}
}
