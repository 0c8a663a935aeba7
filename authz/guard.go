package authz

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
)

// Guard says which addresses the server may be made to call by what others
// enter: the URL of a key set, of a webhook. Without any field set those are
// public ones alone, so that nobody can have Roster call the services of its own
// network.
type Guard struct {
	AllowLoopback bool           // this machine
	AllowPrivate  bool           // private networks
	Allow         []netip.Prefix // these
}

// AddressError says that an address may not be called.
type AddressError struct{ Addr netip.Addr }

func (e *AddressError) Error() string { return fmt.Sprintf("%s is not a public address", e.Addr) }

// Check returns an *AddressError for an address that may not be called. IPv4
// addresses in the form of IPv6 ones are what they stand for.
func (g Guard) Check(addr netip.Addr) error {
	ip := addr.Unmap()
	switch {
	case isPublic(ip),
		g.AllowLoopback && ip.IsLoopback(),
		g.AllowPrivate && ip.IsPrivate(),
		slices.ContainsFunc(g.Allow, func(p netip.Prefix) bool { return p.Contains(ip) }):
		return nil
	default:
		return &AddressError{ip}
	}
}

// Control is a net.Dialer's: it looks at the address that is about to be
// dialled, after the name was resolved, so that no name can be made to point
// elsewhere in between.
func (g Guard) Control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s: it is no address", address)
	}
	if err := g.Check(to.Addr()); err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	return nil
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
	netip.MustParsePrefix("::/96"),           // IPv4-compatible
	netip.MustParsePrefix("::ffff:0:0:0/96"), // IPv4-translated, RFC 2765
	netip.MustParsePrefix("64:ff9b::/96"),    // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),     // Teredo and others
	netip.MustParsePrefix("2001:db8::/32"), // documentation
	netip.MustParsePrefix("2002::/16"),     // 6to4
	netip.MustParsePrefix("3fff::/20"),     // documentation
	netip.MustParsePrefix("5f00::/16"),     // segment routing
	netip.MustParsePrefix("fec0::/10"),
}

func isPublic(ip netip.Addr) bool {
	return ip.IsValid() && ip.Zone() == "" && ip.IsGlobalUnicast() && !ip.IsPrivate() &&
		!slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
}
