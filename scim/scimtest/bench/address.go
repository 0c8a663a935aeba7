package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
)

// Target is a SCIM base URL and what lets one in.
type Target struct {
	URLs  []string // what /Users is appended to; several are replicas of one server
	Token string   // bearer token; "": the server needs none
}

// maxTargets bounds what a list of targets may hold.
const maxTargets = 200_000

// ReadTargets reads a list of targets: on each line the URL (or several, with
// commas between) and the token. Blank lines and lines that begin with # are
// ignored.
func ReadTargets(r io.Reader) ([]Target, error) {
	var targets []Target
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case len(fields) > 2:
			return nil, fmt.Errorf("line %d holds more than a URL and a token", n)
		case len(targets) == maxTargets:
			return nil, fmt.Errorf("more than %d targets", maxTargets)
		default:
			t := Target{URLs: strings.Split(fields[0], ",")}
			if len(fields) == 2 {
				t.Token = fields[1]
			}
			targets = append(targets, t)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the targets: %w", err)
	}
	if len(targets) == 0 {
		return nil, errors.New("no target is named")
	}
	return targets, nil
}

// address is where a server listens.
type address struct {
	dial string // host:port
	tls  string // the name that its certificate has to have; "": no TLS
}

// endpoint is a base URL, taken apart.
type endpoint struct {
	server int    // place in bench.addresses
	path   string // without a slash at the end
	head   []byte // header lines that every request to it has
}

// parseBase takes a base URL apart.
func parseBase(base string) (address, string, string, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return address{}, "", "", fmt.Errorf("the base URL cannot be read: %w", err)
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return address{}, "", "", fmt.Errorf("%q is no http or https URL", base)
	case u.RawQuery != "" || u.Fragment != "":
		return address{}, "", "", errors.New("the base URL must have neither a query nor a fragment")
	case u.User != nil:
		return address{}, "", "", errors.New("the base URL must hold no credentials; give the token apart")
	}
	a, port := address{}, u.Port()
	if u.Scheme == "https" {
		a.tls = u.Hostname()
	}
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	a.dial = net.JoinHostPort(u.Hostname(), port)
	return a, u.Host, strings.TrimRight(u.EscapedPath(), "/"), nil
}

// head are the header lines that every request has. No token breaks out of its line.
func head(host, token string) ([]byte, error) {
	h := "\r\nHost: " + host + "\r\nUser-Agent: roster-bench\r\nAccept: application/scim+json\r\n"
	if strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, errors.New("the token holds characters that no header may have")
	}
	if token != "" {
		h += "Authorization: Bearer " + token + "\r\n"
	}
	return []byte(h), nil
}
