package authz

import (
	"errors"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestKeySetAddresses(t *testing.T) {
	t.Parallel()
	for text, allowed := range map[string]bool{
		"https://app.example.com/.well-known/jwks.json": true,
		"https://app.example.com:8443/keys?a=b":         true,
		"https://127.0.0.1/keys":                        true, // dialling it is refused
		"http://app.example.com/keys":                   false,
		"http://127.0.0.1:8080/keys":                    false,
		"http://localhost/keys":                         false,
		"https://user:password@app.example.com":         false,
		"https://app.example.com/#keys":                 false,
		"https:///keys":                                 false,
		"https:keys":                                    false,
		"ftp://app.example.com":                         false,
		"file:///etc/passwd":                            false,
		"app.example.com":                               false,
		"":                                              false,
		"https://a.example.com/" + strings.Repeat("a", 2048): false,
	} {
		if err := (FetchOptions{}).checkURL(text); (err == nil) != allowed {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, allowed := range map[string]bool{
		"http://127.0.0.1:8080/keys":    true,
		"http://[::1]:8080/keys":        true,
		"http://localhost:8080/keys":    true,
		"http://app.example.com/keys":   false,
		"http://localhost.example.com":  false,
		"http://127.0.0.1.example.com/": false,
	} {
		if err := (FetchOptions{AllowLoopback: true}).checkURL(text); (err == nil) != allowed {
			t.Errorf("%s with loopback: %v", text, err)
		}
	}
}

func TestDialledAddresses(t *testing.T) {
	t.Parallel()
	for address, allowed := range map[string]FetchOptions{
		"127.0.0.1": {AllowLoopback: true}, "127.9.9.9": {AllowLoopback: true}, "::1": {AllowLoopback: true},
		"::ffff:127.0.0.1": {AllowLoopback: true},
		"10.0.0.1":         {AllowPrivate: true}, "172.16.0.1": {AllowPrivate: true}, "192.168.1.1": {AllowPrivate: true},
		"fd00::1": {AllowPrivate: true}, "::ffff:10.0.0.1": {AllowPrivate: true},
	} {
		for _, o := range []FetchOptions{{}, {AllowLoopback: true}, {AllowPrivate: true}} {
			to := netip.AddrPortFrom(netip.MustParseAddr(address), 443).String()
			if err := o.guard().Control("tcp", to, nil); (err == nil) != (o == allowed) {
				t.Errorf("%s with %+v: %v", address, o, err)
			}
		}
	}
	all := FetchOptions{AllowLoopback: true, AllowPrivate: true}
	for _, address := range []string{
		"0.0.0.0", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
		"255.255.255.255", "::", "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1", "fec0::1",
		"::ffff:169.254.169.254", "2001:0:7f00:1::",
	} {
		if err := all.guard().Control("tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 443).String(), nil); err == nil {
			t.Errorf("%s may be dialled", address)
		}
	}
	for _, address := range []string{"93.184.215.14", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"} {
		if err := (FetchOptions{}).guard().Control("tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 443).String(), nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := all.guard().Control("unix", "/run/socket", nil); err == nil {
		t.Error("a socket may be dialled")
	}
}

// TestLoopbackIsNotDialled: the address is looked at when it is dialled, so a
// name of this machine does not help.
func TestLoopbackIsNotDialled(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	for _, host := range []string{"127.0.0.1", "localhost"} {
		url := strings.Replace(server.URL, "127.0.0.1", host, 1)
		r, err := newRemoteKeys(url, FetchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.named(t.Context(), ""); !errors.Is(err, ErrIssuerKeys) || !strings.Contains(err.Error(), "not a public address") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
