package authz

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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

func (o FetchOptions) guard() Guard {
	return Guard{AllowLoopback: o.AllowLoopback, AllowPrivate: o.AllowPrivate}
}

func isLoopbackName(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// client follows no redirects and asks no proxy: either would reach what the
// check of the address did not see.
func (o FetchOptions) client() *http.Client {
	dialer := &net.Dialer{Timeout: fetchTimeout, Control: o.guard().Control}
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
