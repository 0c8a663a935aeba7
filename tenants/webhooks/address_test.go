package webhooks

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
)

// inside are addresses and names of what must not be called, in the spellings
// that one program or another understands. None gets past the check of a
// webhook's URL.
var inside = []string{
	"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
	"169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
	"255.255.255.255",
	"2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "127.0.0.1.", "0", "3232235521", "0xa9fea9fe",
	"[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]",
	"[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]",
	"[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[fec0::1]", "[2001:db8::1]", "[100::1]",
	"localhost", "LOCALHOST", "localhost.", "a.localhost",
	"１２７.０.０.１", "127。0。0。1", "exa mple.com", "example.com%00.evil", "a..b",
}

func TestAddressesInside(t *testing.T) {
	t.Parallel()
	for _, host := range inside {
		for _, url := range []string{"https://" + host + "/hooks", "https://" + host + ":8443/"} {
			if err := checkURL(url, authz.Guard{}); err == nil {
				t.Errorf("%s is taken", url)
			}
		}
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	dev := authz.Guard{AllowLoopback: true}
	lan := authz.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for url, want := range map[string]struct {
		guard authz.Guard
		wrong string // part of the reason; "": it is taken
	}{
		"https://app.example.com/hooks?a=b":                      {},
		"https://app.example.com:8443":                           {},
		"https://93.184.215.14/hooks":                            {},
		"https://[2606:4700::1111]/hooks":                        {},
		"https://xn--bcher-kva.example/":                         {},
		"https://10.1.2.3/hooks":                                 {guard: lan},
		"https://10.2.2.3/hooks":                                 {lan, "ROSTER_WEBHOOK_ALLOW"},
		"http://127.0.0.1:8080/hooks":                            {guard: dev},
		"http://localhost:8080/hooks":                            {guard: dev},
		"http://app.example.com/":                                {dev, "https"},
		"http://app.example.com/hooks":                           {authz.Guard{}, "https"},
		"http://10.1.2.3/a":                                      {lan, "https"},
		"ftp://app.example.com/":                                 {authz.Guard{}, "https"},
		"file:///etc/passwd":                                     {authz.Guard{}, "give an address"},
		"https://jane:secret@app.example.com/":                   {authz.Guard{}, "without user"},
		"https://app.example.com/#top":                           {authz.Guard{}, "fragment"},
		"https://app.example.com/#":                              {authz.Guard{}, "fragment"},
		"https:app.example.com":                                  {authz.Guard{}, "give an address"},
		"https:///hooks":                                         {authz.Guard{}, "give an address"},
		"app.example.com/hooks":                                  {authz.Guard{}, "give an address"},
		"":                                                       {authz.Guard{}, "give an address"},
		"https://app.example.com/\nX: y":                         {authz.Guard{}, "give an address"},
		"https://bücher.example/":                                {authz.Guard{}, "xn--"},
		"https://app.example.com/" + strings.Repeat("a", maxURL): {authz.Guard{}, "longer than 2048"},
	} {
		err := checkURL(url, want.guard)
		if (err == nil) != (want.wrong == "") || err != nil && !strings.Contains(err.Error(), want.wrong) {
			t.Errorf("%.60s: %v, want %q", url, err, want.wrong)
		}
	}
}

func TestParseNetworks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                           nil,
		"10.1.0.0/16":                {"10.1.0.0/16"},
		"10.1.2.3, fd00:1::/32":      {"10.1.2.3/32", "fd00:1::/32"},
		"127.0.0.0/8 192.168.0.0/16": {"127.0.0.0/8", "192.168.0.0/16"},
	} {
		got, err := ParseNetworks(text)
		names := []string(nil)
		for _, p := range got {
			names = append(names, p.String())
		}
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("%q: %v, %v", text, names, err)
		}
	}
	for _, text := range []string{"0.0.0.0/0", "::/0", "10.0.0.0/4", "10.1.2.3/16", "10.1", "all", "::ffff:10.0.0.0/112", "fe80::1%eth0"} {
		if got, err := ParseNetworks(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}
