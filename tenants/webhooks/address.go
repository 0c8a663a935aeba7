package webhooks

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

const maxURL = 2048 // bytes

// checkURL refuses what can be no receiver: whatever is known of it before its
// name is looked up. What the name stands for is checked when it is dialled.
func checkURL(text string, guard authz.Guard) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || strings.ContainsFunc(text, invisible):
		return invalid("url", "give an address such as https://app.example.com/webhooks")
	case len(text) > maxURL:
		return invalid("url", fmt.Sprintf("it is longer than %d characters", maxURL))
	case u.User != nil:
		return invalid("url", "give it without user and password: messages are signed instead")
	case u.Fragment != "" || strings.HasSuffix(text, "#"):
		return invalid("url", "give it without a fragment (#): it is never sent")
	}
	if err := checkHost(u.Hostname(), guard); err != nil {
		return err
	}
	switch {
	case u.Scheme == "https", u.Scheme == "http" && guard.AllowLoopback && isLoopback(u.Hostname()):
		return nil
	case u.Scheme == "http":
		return invalid("url", "give an https address: messages tell about people")
	}
	return invalid("url", "give an https address")
}

// checkHost refuses names that are addresses in disguise, and addresses that may
// not be dialled.
func checkHost(host string, guard authz.Guard) error {
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" {
			return invalid("url", "give an address without a zone (%)")
		}
		if err := guard.Check(addr); err != nil {
			return invalid("url", err.Error()+"; whoever runs Roster can allow its network (ROSTER_WEBHOOK_ALLOW)")
		}
		return nil
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	switch {
	case !isName(name):
		return invalid("url", "the name of the host has characters that names do not have; write letters of other scripts as xn--…")
	case endsInNumber(name):
		return invalid("url", "write an IPv4 address as four decimal numbers without leading zeros")
	case (name == "localhost" || strings.HasSuffix(name, ".localhost")) && !guard.AllowLoopback:
		return invalid("url", "localhost is this server, not a public address")
	}
	return nil
}

// isName reports whether a text is a name as resolvers take it.
func isName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return true
}

// endsInNumber reports whether some programs would take a name for an IPv4
// address: 127.1, 0x7f.1, 2130706433, 0177.0.0.1.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	digits, hex := strings.CutPrefix(last, "0x")
	return strings.Trim(last, "0123456789") == "" || hex && strings.Trim(digits, "0123456789abcdef") == ""
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	name := strings.ToLower(host)
	return err == nil && addr.Unmap().IsLoopback() || name == "localhost"
}

// ParseNetworks reads a list of networks with commas or spaces between them, such
// as 10.1.0.0/16, that webhooks may be in besides public ones.
func ParseNetworks(text string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(part)
		if addr, addrErr := netip.ParseAddr(part); addrErr == nil && addr.Zone() == "" {
			p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("%q is no network; give one such as 10.1.0.0/16 or 10.1.2.3", part)
		case p.Addr().Is4In6():
			return nil, fmt.Errorf("%q: write an IPv4 network as one", part)
		case p != p.Masked():
			return nil, fmt.Errorf("%q has bits behind its length; do you mean %s?", part, p.Masked())
		case p.Bits() < minBits(p.Addr()):
			return nil, fmt.Errorf("%q is too much to allow: name the networks that your receivers are in", part)
		}
		all = append(all, p)
	}
	return all, nil
}

// minBits is the length of the largest network that may be allowed.
func minBits(addr netip.Addr) int {
	if addr.Is4() {
		return 8
	}
	return 16
}

func invisible(r rune) bool { return r <= ' ' || r == 0x7f }

func invalid(field, reason string) error { return &tenants.InvalidError{Field: field, Reason: reason} }
