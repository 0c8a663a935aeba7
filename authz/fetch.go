package authz

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
)

const maxURL = 2048 // bytes

// FetchOptions say which addresses a key set may be fetched from. Without any it
// is https to public addresses alone, so that nobody can have Roster call the
// services of its own network.
type FetchOptions struct {
	AllowLoopback bool // also plain http to this machine, for development
	AllowPrivate  bool // also addresses of private networks
}

// checkURL refuses what is no address of a key set.
func (o FetchOptions) checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || u.Hostname() == "" || u.Opaque != "":
		return errors.New("jwks_url: give an address such as https://example.com/.well-known/jwks.json")
	case u.User != nil || u.Fragment != "":
		return errors.New("jwks_url: give it without a user and without a fragment")
	case u.Scheme == "https" || u.Scheme == "http" && o.AllowLoopback && isLoopbackName(u.Hostname()):
		return nil
	default:
		return errors.New("jwks_url: give an https address")
	}
}

func isLoopbackName(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// client follows no redirects and asks no proxy: either would reach what the
// check of the address did not see.
func (o FetchOptions) client() *http.Client {
	dialer := &net.Dialer{Timeout: fetchTimeout, Control: o.control}
	return &http.Client{
		Timeout:       fetchTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    fetchTimeout,
			DisableKeepAlives:      true, // one request in ten minutes
			MaxResponseHeaderBytes: 16 << 10,
		},
	}
}

// control looks at the address that is about to be dialled, after the name was
// resolved, so that no name can be made to point elsewhere in between.
func (o FetchOptions) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s: it is no address", address)
	}
	ip := to.Addr().Unmap()
	switch {
	case isPublic(ip),
		o.AllowLoopback && ip.IsLoopback(),
		o.AllowPrivate && ip.IsPrivate():
		return nil
	default:
		return fmt.Errorf("dial %s: it is not a public address", ip)
	}
}

// reserved are the addresses that no public server has, besides those that the
// net package knows, and those behind which another one hides.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),   // shared address space, RFC 6598
	netip.MustParsePrefix("192.0.0.0/24"),    // RFC 6890
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),        // IPv4-compatible
	netip.MustParsePrefix("64:ff9b::/96"), // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),     // Teredo and others
	netip.MustParsePrefix("2001:db8::/32"), // documentation
	netip.MustParsePrefix("2002::/16"),     // 6to4
	netip.MustParsePrefix("3fff::/20"),     // documentation
	netip.MustParsePrefix("fec0::/10"),
}

func isPublic(ip netip.Addr) bool {
	return ip.IsValid() && ip.Zone() == "" && ip.IsGlobalUnicast() && !ip.IsPrivate() &&
		!slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
}
