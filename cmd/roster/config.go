package main

import (
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/roster-scim/roster/storage/limit"
)

// Config is how Roster is set up. Every field is a flag and an environment
// variable; the flag wins. What may be a secret can be in a file instead.
type Config struct {
	Listen               string  `default:"127.0.0.1:8080" setting:"ROSTER_LISTEN" group:"settings" placeholder:"HOST:PORT" help:"Address to serve SCIM on."`
	PublicURL            string  `setting:"ROSTER_PUBLIC_URL" group:"settings" placeholder:"URL" help:"Address that identity providers reach the server under, such as https://scim.example.com. Default: the listen address."`
	DatabaseURL          string  `setting:"ROSTER_DATABASE_URL" group:"settings" placeholder:"URL" help:"Database, sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE. Default: sqlite:data/roster.db."`
	DatabaseURLFile      string  `setting:"ROSTER_DATABASE_URL_FILE" group:"settings" placeholder:"PATH" help:"File with the database's address, in place of it."`
	RedisURL             string  `setting:"ROSTER_REDIS_URL" group:"settings" placeholder:"URL" help:"Cache and rate limits that replicas on PostgreSQL share: redis://, rediss:// or redis+sentinel://; several addresses are a cluster. Default: none."`
	RedisURLFile         string  `setting:"ROSTER_REDIS_URL_FILE" group:"settings" placeholder:"PATH" help:"File with the address of Redis, in place of it."`
	MasterKey            string  `setting:"ROSTER_MASTER_KEY" group:"settings" placeholder:"KEY" help:"32 bytes in base64 that encrypt what must be read back. Required with PostgreSQL. With SQLite the default is made on the first start and kept beside the file."`
	MasterKeyFile        string  `setting:"ROSTER_MASTER_KEY_FILE" group:"settings" placeholder:"PATH" help:"File with the master key, in place of it."`
	WebhookAllow         string  `setting:"ROSTER_WEBHOOK_ALLOW" group:"settings" placeholder:"NETWORK,…" help:"Networks that webhooks may be sent to besides public addresses, such as 10.1.0.0/16. Default: none."`
	TrustedProxies       string  `setting:"ROSTER_TRUSTED_PROXIES" group:"settings" placeholder:"NETWORK,…" help:"Proxies whose X-Forwarded-For says where a request comes from, such as 10.0.0.0/24. Default: none."`
	FrameAncestors       string  `setting:"ROSTER_FRAME_ANCESTORS" group:"settings" placeholder:"ORIGIN,…" help:"Origins whose pages may have the portal in a frame, such as https://app.example.com or https://*.example.com. Default: none."`
	OIDCIssuer           string  `name:"oidc-issuer" setting:"ROSTER_OIDC_ISSUER" group:"settings" placeholder:"URL" help:"OpenID provider that your own people sign in to the console with. Default: none; see roster login-link."`
	OIDCClientID         string  `name:"oidc-client-id" setting:"ROSTER_OIDC_CLIENT_ID" group:"settings" placeholder:"ID" help:"What the provider knows Roster by. The redirect URI is the public URL and /console/callback."`
	OIDCClientSecret     string  `name:"oidc-client-secret" setting:"ROSTER_OIDC_CLIENT_SECRET" group:"settings" placeholder:"SECRET" help:"What Roster proves itself to the provider with."`
	OIDCClientSecretFile string  `name:"oidc-client-secret-file" setting:"ROSTER_OIDC_CLIENT_SECRET_FILE" group:"settings" placeholder:"PATH" help:"File with that secret, in place of it."`
	OIDCScopes           string  `name:"oidc-scopes" default:"profile email" setting:"ROSTER_OIDC_SCOPES" group:"settings" placeholder:"SCOPE,…" help:"What is asked of the provider besides openid; some need groups here to tell of them."`
	OIDCRoles            string  `name:"oidc-roles" setting:"ROSTER_OIDC_ROLES" group:"settings" placeholder:"CLAIM=VALUE:ROLE,…" help:"Who gets which role, by a claim of the provider: groups=roster-admins:owner,groups=support:support. Nobody else gets in."`
	AdminListen          string  `default:"127.0.0.1:8081" setting:"ROSTER_ADMIN_LISTEN" group:"settings" placeholder:"HOST:PORT" help:"Address for health, metrics and profiles; off for none."`
	LogLevel             string  `default:"info" enum:"debug,info,warn,error" setting:"ROSTER_LOG_LEVEL" group:"settings" placeholder:"LEVEL" help:"debug, info, warn or error."`
	LogFormat            string  `default:"text" enum:"text,json" setting:"ROSTER_LOG_FORMAT" group:"settings" placeholder:"FORMAT" help:"text or json."`
	SCIMRate             float64 `name:"scim-rate" default:"50" setting:"ROSTER_SCIM_RATE" group:"settings" placeholder:"N" help:"Requests a second that one connection may send in the long run."`
	SCIMBurst            int     `name:"scim-burst" default:"100" setting:"ROSTER_SCIM_BURST" group:"settings" placeholder:"N" help:"Requests that one connection may send at once."`
	APIRate              float64 `name:"api-rate" default:"50" setting:"ROSTER_API_RATE" group:"settings" placeholder:"N" help:"Requests a second that one API key or session may send to one replica in the long run."`
	APIBurst             int     `name:"api-burst" default:"200" setting:"ROSTER_API_BURST" group:"settings" placeholder:"N" help:"Requests that one API key or session may send at once."`

	// unread is why a file with a setting could not be taken. Check reports it.
	unread error
}

// adminOff as AdminListen switches the admin listener off.
const adminOff = "off"

// defaultDatabase is where a server stores that is told nothing.
const defaultDatabase = "sqlite:data/roster.db"

// shutdownTimeout is how long requests may take to finish when the server stops.
const shutdownTimeout = 20 * time.Second

// DefaultConfig is what a server starts with that is told nothing.
func DefaultConfig() Config {
	return Config{
		Listen: "127.0.0.1:8080", DatabaseURL: defaultDatabase, AdminListen: "127.0.0.1:8081",
		LogLevel: "info", LogFormat: "text", SCIMRate: limit.DefaultRate, SCIMBurst: limit.DefaultBurst, APIRate: 50, APIBurst: 200,
		OIDCScopes: "profile email",
	}
}

// publicURL is the public URL without a trailing slash, or the one that follows
// from the address that the server listens on.
func (c *Config) publicURL(listening string) string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	return "http://" + listening
}

// sqliteFile is the path of the SQLite file, "" if the database is none.
func (c *Config) sqliteFile() string {
	path, ok := strings.CutPrefix(c.DatabaseURL, "sqlite:")
	if !ok {
		return ""
	}
	return path
}

// postgres reports whether the database is one that several replicas may share.
func (c *Config) postgres() bool {
	scheme, _, _ := strings.Cut(c.DatabaseURL, ":")
	return scheme == "postgres" || scheme == "postgresql"
}

// loopback reports whether only this machine reaches the host of an address or
// URL.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// listensPublicly reports whether other machines may reach what listens there.
func listensPublicly(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && !loopback(host)
}

func publicHost(u *url.URL) bool { return !loopback(u.Hostname()) }
