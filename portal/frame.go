package portal

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// ancestors are origins whose pages may have ours in a frame; none is nobody.
type ancestors []string

// policy is the directive that says so.
func (a ancestors) policy() string {
	if len(a) == 0 {
		return "frame-ancestors 'none'"
	}
	return "frame-ancestors " + strings.Join(a, " ")
}

// hostPattern is a host by its name or IPv4 address, in lower case.
var hostPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// CheckFrameAncestor refuses what is no origin that may have the portal in a
// frame. It goes into a header, and browsers compare it with origins.
func CheckFrameAncestor(origin string) error {
	if origin == "*" || strings.HasSuffix(origin, "://*") {
		return errors.New("any site could dress the portal up; name the origins that may have it in a frame")
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || origin != u.Scheme+"://"+u.Host {
		return errors.New("give scheme and host in lower case, and a port where there is one, such as https://app.example.com")
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return errors.New("the port is a number up to 65535")
		}
	}
	host, wild := strings.CutPrefix(u.Hostname(), "*.")
	switch {
	case !hostPattern.MatchString(host):
		return errors.New("give the host's name in lower-case letters, digits and hyphens; * may only stand for all of the first part, as in https://*.example.com")
	case strings.HasSuffix(u.Host, ":") || u.Scheme+u.Port() == "https443" || u.Scheme+u.Port() == "http80":
		return errors.New("leave out the port, as browsers do, where it is the scheme's own")
	case wild && (!strings.Contains(host, ".") || net.ParseIP(host) != nil):
		return errors.New("https://*." + host + " is more than one organisation's; name a domain below it, as in https://*.example.com")
	case u.Scheme == "http" && host != "localhost" && !loopbackIP(host):
		return errors.New("over http:// anybody on the way could put another page in the place of yours; give its https:// address")
	}
	return nil
}

func loopbackIP(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
