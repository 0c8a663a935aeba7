package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Check refuses settings that are wrong, that this build cannot follow, or that
// are unsafe, and says why and what to set instead. It reports all at once.
func (c *Config) Check() error {
	return errors.Join(
		checkListen("ROSTER_LISTEN", c.Listen),
		c.checkAdmin(),
		c.checkPublicURL(),
		c.checkDatabase(),
		c.checkKey(),
		c.checkLimits(),
	)
}

// CheckDemo is Check for a server whose tokens everybody may know.
func (c *Config) CheckDemo() error {
	var public error
	u, err := url.Parse(c.PublicURL)
	if listensPublicly(c.Listen) || (c.PublicURL != "" && err == nil && publicHost(u)) {
		public = errors.New("ROSTER_LISTEN, ROSTER_PUBLIC_URL: the demo makes tenants and tokens up and shows them, " +
			"so it runs on this machine alone. Use a 127.0.0.1 address, or roster serve")
	}
	return errors.Join(public, c.Check())
}

func checkListen(name, address string) error {
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		return fmt.Errorf("%s: %q is not an address to listen on; give host and port, such as 127.0.0.1:8080", name, address)
	}
	return nil
}

func (c *Config) checkAdmin() error {
	if c.AdminListen == adminOff {
		return nil
	}
	if _, port, err := net.SplitHostPort(c.AdminListen); err == nil && port != "0" && c.AdminListen == c.Listen {
		return errors.New("ROSTER_ADMIN_LISTEN: metrics and profiles are not for identity providers; " +
			"give an address other than ROSTER_LISTEN, or off")
	}
	return checkListen("ROSTER_ADMIN_LISTEN", c.AdminListen)
}

func (c *Config) checkPublicURL() error {
	const name = "ROSTER_PUBLIC_URL"
	if c.PublicURL == "" {
		if listensPublicly(c.Listen) {
			return fmt.Errorf("%s: other machines can reach %s, so say under which https:// address they do", name, c.Listen)
		}
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%s: %q is not a web address; give one such as https://scim.example.com", name, c.PublicURL)
	}
	if u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s: give scheme and host alone, such as %s://%s", name, u.Scheme, u.Host)
	}
	if u.Scheme == "http" && publicHost(u) {
		return fmt.Errorf("%s: over http:// everybody on the way could read the tokens and the people. "+
			"Put a proxy with TLS in front and give its https:// address", name)
	}
	return nil
}

func (c *Config) checkDatabase() error {
	const name = "ROSTER_DATABASE_URL"
	switch scheme, rest, _ := strings.Cut(c.DatabaseURL, ":"); {
	case scheme == "postgres" || scheme == "postgresql":
		return fmt.Errorf("%s: this build stores in SQLite alone; give sqlite:PATH", name)
	case scheme != "sqlite" || rest == "":
		return fmt.Errorf("%s: %q is not a database; give sqlite:PATH, such as sqlite:data/roster.db", name, redacted(c.DatabaseURL))
	}
	if c.RedisURL != "" {
		return errors.New("ROSTER_REDIS_URL: this build keeps its cache in the process; leave it empty")
	}
	return nil
}

func (c *Config) checkKey() error {
	if c.MasterKey == "" {
		return nil
	}
	_, err := decodeKey(c.MasterKey)
	if err != nil {
		return fmt.Errorf("ROSTER_MASTER_KEY: %w", err)
	}
	return nil
}

func (c *Config) checkLimits() error {
	if c.SCIMRate < 1 || c.SCIMRate > 1e6 || c.SCIMBurst < 1 || c.SCIMBurst > 1e6 {
		return errors.New("ROSTER_SCIM_RATE, ROSTER_SCIM_BURST: give numbers from 1 to 1000000; Entra ID needs a rate of 25")
	}
	return nil
}

// redacted hides what may be a password in a database address.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	return u.Redacted()
}

const keyLength = 32 // bytes: AES-256

func decodeKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != keyLength {
		return nil, fmt.Errorf("give %d bytes in base64, such as the output of: openssl rand -base64 %d", keyLength, keyLength)
	}
	return key, nil
}
