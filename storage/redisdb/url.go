package redisdb

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	portRedis    = "6379"
	portSentinel = "26379"
)

// target is what a URL says. Its errors never repeat what could be part of a
// password: a URL that cannot be taken apart may hold it anywhere.
type target struct {
	cluster        bool
	unix           string   // path of the socket; no addresses then
	addrs          []string // host:port
	user, password string
	db             int

	master                         string // not empty: addrs are Sentinels
	sentinelUser, sentinelPassword string

	tls *tls.Config
}

// scheme is what the part before :// stands for.
type scheme struct {
	tls, sentinel, unix bool
}

var schemes = map[string]scheme{
	"redis":           {},
	"rediss":          {tls: true},
	"unix":            {unix: true},
	"redis+sentinel":  {sentinel: true},
	"rediss+sentinel": {tls: true, sentinel: true},
}

var (
	errScheme  = errors.New("a Redis URL begins with redis://, rediss://, unix://, redis+sentinel:// or rediss+sentinel://")
	errEncoded = errors.New("percent-encode user and password in a Redis URL: / as %2F, ? as %3F, # as %23, @ as %40, % as %25")
)

// parts are the pieces of a URL, still encoded.
type parts struct {
	scheme                    scheme
	userinfo, hosts, path, qs string
}

// split takes a URL apart. net/url would refuse the list of addresses.
func split(raw string) (parts, error) {
	name, rest, ok := strings.Cut(strings.TrimSpace(raw), "://")
	s, known := schemes[strings.ToLower(name)]
	if !ok || !known {
		return parts{}, errScheme
	}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	if strings.ContainsAny(tail, "@#") || strings.Count(authority, "@") > 1 {
		return parts{}, errEncoded
	}
	p := parts{scheme: s, hosts: authority}
	if before, after, found := strings.Cut(authority, "@"); found {
		p.userinfo, p.hosts = before, after
	}
	p.path, p.qs, _ = strings.Cut(tail, "?")
	return p, nil
}

func parse(raw string) (*target, error) {
	p, err := split(raw)
	if err != nil {
		return nil, err
	}
	t := &target{}
	if err := t.credentials(p.userinfo); err != nil {
		return nil, err
	}
	query, err := parameters(p)
	if err != nil {
		return nil, err
	}
	if p.scheme.unix {
		err = t.socket(p)
	} else {
		err = t.addresses(p, query)
	}
	if err != nil {
		return nil, err
	}
	if err := t.database(p, query); err != nil {
		return nil, err
	}
	t.sentinelUser, t.sentinelPassword = query.Get("sentinel_user"), query.Get("sentinel_password")
	if p.scheme.tls {
		t.tls, err = tlsConfig(query)
	}
	return t, err
}

func (t *target) credentials(userinfo string) error {
	user, password, _ := strings.Cut(userinfo, ":")
	var errUser, errPassword error
	t.user, errUser = url.PathUnescape(user)
	t.password, errPassword = url.PathUnescape(password)
	if errUser != nil || errPassword != nil {
		return errEncoded // what went wrong would name a part of them
	}
	if t.user != "" && t.password == "" {
		return errors.New("the Redis URL has a user without a password; without a user, write redis://:password@host")
	}
	return nil
}

func (t *target) socket(p parts) error {
	path, err := url.PathUnescape(p.path)
	if err != nil || p.hosts != "" || path == "" {
		return errors.New("the Redis URL of a socket is unix:///path/to/socket, with an absolute path")
	}
	t.unix = path
	return nil
}

func (t *target) addresses(p parts, query url.Values) error {
	port := portRedis
	if p.scheme.sentinel {
		port = portSentinel
	}
	for _, s := range append(strings.Split(p.hosts, ","), query["addr"]...) {
		a, err := address(s, port)
		if err != nil {
			return err
		}
		if !slices.Contains(t.addrs, a) {
			t.addrs = append(t.addrs, a)
		}
	}
	t.cluster = len(t.addrs) > 1 && !p.scheme.sentinel
	if !query.Has("cluster") {
		return nil
	}
	wanted, err := strconv.ParseBool(query.Get("cluster"))
	if err != nil {
		return errors.New("the parameter cluster of the Redis URL is true or false")
	}
	if t.cluster && !wanted {
		return errors.New("the Redis URL names several addresses and cluster=false; several are a Redis Cluster, or Sentinels with redis+sentinel://")
	}
	t.cluster = wanted
	return nil
}

// address completes and checks host[:port].
func address(s, defaultPort string) (string, error) {
	if strings.HasSuffix(s, "]") || !strings.Contains(s, ":") { // [::1] or a name
		s += ":" + defaultPort
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil || host == "" || strings.ContainsAny(host, " \t\r\n%") {
		return "", errors.New("an address in the Redis URL is not of the form host:port (an IPv6 address stands in brackets)")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", errors.New("a port in the Redis URL is not a number from 1 to 65535 (is an @ missing after the password?)")
	}
	return net.JoinHostPort(host, port), nil
}

// database reads the path of the URL, [master/][db], or the parameter db.
func (t *target) database(p parts, query url.Values) error {
	number := query.Get("db")
	if !p.scheme.unix {
		path := strings.Trim(p.path, "/")
		if p.scheme.sentinel {
			name, rest, _ := strings.Cut(path, "/")
			master, err := url.PathUnescape(name)
			if err != nil || master == "" {
				return errors.New("a Redis URL with Sentinels ends with the name of the master: redis+sentinel://h1:26379,h2:26379/master")
			}
			t.master, path = master, rest
		}
		if path != "" && number != "" {
			return errors.New("the Redis URL names the database twice, in its path and in the parameter db")
		}
		number += path
	}
	if number == "" {
		return nil
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return errors.New("the database in the Redis URL is not a number from 0 on")
	}
	if t.cluster && n != 0 {
		return fmt.Errorf("a Redis Cluster has only database 0, and the Redis URL names %d", n)
	}
	t.db = n
	return nil
}
