package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Check refuses settings that are wrong, that this build cannot follow, or that
// are unsafe, and says why and what to set instead. It reports all at once.
func (c *Config) Check() error {
	if c.unread != nil {
		return c.unread // what was in the files is missing everywhere
	}
	return errors.Join(
		checkListen("ROSTER_LISTEN", c.Listen),
		c.checkAdmin(),
		c.checkPublicURL(),
		c.checkDatabase(),
		c.checkRedis(),
		c.checkKey(),
		c.checkLimits(),
		c.checkOIDC(),
		c.checkProxies(),
		c.checkFrameAncestors(),
		c.checkWebhooks(),
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
	if c.unread != nil {
		return c.unread
	}
	if c.postgres() || (c.sqliteFile() != "") {
		return nil
	}
	return fmt.Errorf("ROSTER_DATABASE_URL: %q is not a database; give sqlite:PATH, such as %s, or postgres://USER:PASSWORD@HOST/DATABASE",
		redacted(c.DatabaseURL), defaultDatabase)
}

// redisSchemes are the beginnings of an address of Redis.
var redisSchemes = []string{"redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel"}

func (c *Config) checkRedis() error {
	const name = "ROSTER_REDIS_URL"
	scheme, _, ok := strings.Cut(c.RedisURL, "://")
	switch {
	case c.RedisURL == "":
		return nil
	case !ok || !slices.Contains(redisSchemes, strings.ToLower(scheme)):
		return fmt.Errorf("%s: not an address of Redis; give redis://HOST, rediss:// for TLS, or redis+sentinel://HOST/MASTER; "+
			"several hosts with commas between them are a cluster", name)
	case !c.postgres():
		return fmt.Errorf("%s: SQLite serves one process, which needs no shared cache; leave it empty, or use PostgreSQL", name)
	}
	return nil
}

func (c *Config) checkKey() error {
	if c.MasterKey == "" {
		if c.postgres() && c.MasterKeyFile == "" {
			return errors.New("ROSTER_MASTER_KEY: with PostgreSQL the key is yours to keep, the same for every replica; " +
				"make it once with: openssl rand -base64 32")
		}
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
	if c.APIRate < 1 || c.APIRate > 1e6 || c.APIBurst < 1 || c.APIBurst > 1e6 {
		return errors.New("ROSTER_API_RATE, ROSTER_API_BURST: give numbers from 1 to 1000000")
	}
	return nil
}

// redacted is an address without what may be a password: not only the part that
// is made for it, but parameters too.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "the address"
	}
	shown := url.URL{Scheme: u.Scheme, Opaque: u.Opaque, Host: u.Host, Path: u.Path}
	return shown.String()
}

const keyLength = 32 // bytes: AES-256

func decodeKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != keyLength {
		return nil, fmt.Errorf("give %d bytes in base64, such as the output of: openssl rand -base64 %d", keyLength, keyLength)
	}
	return key, nil
}
