package redisdb

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

var (
	paramsTCP      = []string{"addr", "cluster", "db"}
	paramsUnix     = []string{"db"}
	paramsSentinel = []string{"db", "sentinel_user", "sentinel_password"}
	paramsTLS      = []string{"ca", "cert", "key", "server_name"}
)

func allowedParams(s scheme) []string {
	allowed := paramsTCP
	switch {
	case s.unix:
		allowed = paramsUnix
	case s.sentinel:
		allowed = paramsSentinel
	}
	if s.tls {
		allowed = slices.Concat(allowed, paramsTLS)
	}
	return allowed
}

// parameters reads the query of a URL. A parameter that means nothing here is
// refused, since its writer counts on it.
func parameters(p parts) (url.Values, error) {
	query, err := url.ParseQuery(p.qs)
	if err != nil { // the error would repeat the value
		return nil, errors.New("the parameters of the Redis URL cannot be read: percent-encode their values")
	}
	allowed := allowedParams(p.scheme)
	for name, values := range query {
		switch {
		case name == "skip_verify" || name == "insecure" || name == "insecure_skip_verify":
			return nil, errors.New("certificates of Redis are always verified: name the authority with the parameter ca=/path/to/ca.pem instead of " + name)
		case slices.Contains(allowed, name):
		case slices.Contains(paramsTLS, name):
			return nil, fmt.Errorf("the parameter %s of the Redis URL needs TLS: rediss:// or rediss+sentinel://", name)
		default: // what stands before = may be anything, also a secret
			return nil, errors.New("the Redis URL has an unknown parameter; here are known: " + strings.Join(allowed, ", "))
		}
		if len(values) > 1 && name != "addr" {
			return nil, fmt.Errorf("the Redis URL has the parameter %s twice", name)
		}
	}
	return query, nil
}

// tlsConfig verifies the server always; without server_name, against the host
// that is dialled, which in a Redis Cluster is what its nodes announce.
func tlsConfig(query url.Values) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: query.Get("server_name")}
	if path := query.Get("ca"); path != "" {
		pem, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("read the certificate authority of Redis: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read the certificate authority of Redis: no PEM certificate in %s", path)
		}
	}
	certificate, key := query.Get("cert"), query.Get("key")
	if (certificate == "") != (key == "") {
		return nil, errors.New("the Redis URL needs both cert and key, or neither")
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("read the client certificate for Redis: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

const mask = "***"

// Redacted returns a URL for a log: without user, password and the values of
// parameters that are secret or unknown. It takes any text.
func Redacted(raw string) string {
	name, rest, ok := strings.Cut(strings.TrimSpace(raw), "://")
	if _, known := schemes[strings.ToLower(name)]; !ok || !known {
		return mask
	}
	at := strings.LastIndex(rest, "@") // also one that should have been encoded
	_, err := split(raw)
	switch {
	case err != nil && at >= 0:
		return name + "://" + mask + "@" + mask
	case err != nil:
		return name + "://" + mask
	case at >= 0:
		rest = mask + rest[at:]
	}
	base, query, found := strings.Cut(rest, "?")
	if !found {
		return name + "://" + base
	}
	return name + "://" + base + "?" + redactedQuery(query)
}

func redactedQuery(query string) string {
	shown := slices.Concat(paramsTCP, paramsTLS)
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		switch name, _, _ := strings.Cut(pair, "="); {
		case slices.Contains(shown, name):
		case slices.Contains(paramsSentinel, name):
			pairs[i] = name + "=" + mask
		default:
			pairs[i] = mask
		}
	}
	return strings.Join(pairs, "&")
}
