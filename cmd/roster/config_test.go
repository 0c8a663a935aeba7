package main

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"
)

func TestCheckSettings(t *testing.T) {
	t.Parallel()
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	const postgres = "postgres://u:secret@db/roster"
	cases := []struct {
		name   string
		change func(*Config)
		says   string // "" if the settings are fine
	}{
		{"nothing said", func(*Config) {}, ""},
		{"IPv6 loopback", func(c *Config) { c.Listen = "[::1]:8080" }, ""},
		{"behind a proxy", func(c *Config) { c.Listen, c.PublicURL = "0.0.0.0:8080", "https://scim.example.com/" }, ""},
		{"behind a port mapping", func(c *Config) { c.Listen, c.PublicURL = ":8080", "http://localhost:8080" }, ""},
		{"public without an address", func(c *Config) { c.Listen = "0.0.0.0:8080" }, "say under which https:// address"},
		{"all interfaces", func(c *Config) { c.Listen = ":8080" }, "say under which https:// address"},
		{"public without TLS", func(c *Config) { c.PublicURL = "http://scim.example.com" }, "proxy with TLS"},
		{"private network without TLS", func(c *Config) { c.PublicURL = "http://10.0.0.5:8080" }, "proxy with TLS"},
		{"looks like loopback", func(c *Config) { c.PublicURL = "http://localhost.example.com" }, "proxy with TLS"},
		{"no web address", func(c *Config) { c.PublicURL = "scim.example.com" }, "not a web address"},
		{"another scheme", func(c *Config) { c.PublicURL = "ftp://scim.example.com" }, "not a web address"},
		{"with a path", func(c *Config) { c.PublicURL = "https://example.com/scim" }, "scheme and host alone"},
		{"with a password", func(c *Config) { c.PublicURL = "https://u:secret@example.com" }, "scheme and host alone"},
		{"no port", func(c *Config) { c.Listen = "127.0.0.1" }, "not an address to listen on"},
		{"admin off", func(c *Config) { c.AdminListen = "off" }, ""},
		{"admin nowhere", func(c *Config) { c.AdminListen = "on" }, "ROSTER_ADMIN_LISTEN"},
		{"admin on the public address", func(c *Config) { c.AdminListen = c.Listen }, "other than ROSTER_LISTEN"},
		{"any port for both", func(c *Config) { c.Listen, c.AdminListen = "127.0.0.1:0", "127.0.0.1:0" }, ""},
		{"PostgreSQL", func(c *Config) { c.DatabaseURL, c.MasterKey = postgres, key }, ""},
		{"PostgreSQL by its long name", func(c *Config) { c.DatabaseURL, c.MasterKey = "postgresql://u:secret@db/roster", key }, ""},
		{"PostgreSQL without a key", func(c *Config) { c.DatabaseURL = postgres }, "openssl rand -base64 32"},
		{"another database", func(c *Config) { c.DatabaseURL = "mysql://u:secret@db/roster" }, "not a database"},
		{"no path", func(c *Config) { c.DatabaseURL = "sqlite:" }, "not a database"},
		{"a password in a parameter", func(c *Config) { c.DatabaseURL = "mysql://db/roster?password=secret" }, "not a database"},
		{"Redis", func(c *Config) { c.DatabaseURL, c.MasterKey, c.RedisURL = postgres, key, "redis://:secret@cache" }, ""},
		{"Redis Cluster", func(c *Config) {
			c.DatabaseURL, c.MasterKey, c.RedisURL = postgres, key, "rediss://:secret@a:1,b:2,c:3"
		}, ""},
		{"Sentinel", func(c *Config) {
			c.DatabaseURL, c.MasterKey, c.RedisURL = postgres, key, "redis+sentinel://:secret@a,b/main"
		}, ""},
		{"Redis beside SQLite", func(c *Config) { c.RedisURL = "redis://:secret@cache" }, "one process, which needs no shared cache"},
		{"another cache", func(c *Config) { c.DatabaseURL, c.MasterKey, c.RedisURL = postgres, key, "memcache://secret" }, "not an address of Redis"},
		{"a host alone", func(c *Config) { c.DatabaseURL, c.MasterKey, c.RedisURL = postgres, key, "cache:secret" }, "not an address of Redis"},
		{"a key", func(c *Config) { c.MasterKey = key }, ""},
		{"a short key", func(c *Config) { c.MasterKey = "c2VjcmV0" }, "32 bytes"},
		{"no base64", func(c *Config) { c.MasterKey = strings.Repeat("ä", 32) }, "32 bytes"},
		{"no rate", func(c *Config) { c.SCIMRate = 0 }, "ROSTER_SCIM_RATE"},
		{"no burst", func(c *Config) { c.SCIMBurst = 0 }, "ROSTER_SCIM_BURST"},
	}
	for _, c := range cases {
		config := DefaultConfig()
		c.change(&config)
		switch err := config.Check(); {
		case c.says == "" && err != nil:
			t.Errorf("%s: refused: %v", c.name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want it to say %q", c.name, err, c.says)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: shows a password: %v", c.name, err)
		}
	}
}

func TestCheckReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	config := DefaultConfig()
	config.Listen, config.MasterKey, config.RedisURL = "nowhere", "short", "redis://localhost"
	err := config.Check()
	for _, name := range []string{"ROSTER_LISTEN", "ROSTER_MASTER_KEY", "ROSTER_REDIS_URL"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
}

func TestDemoStaysOnTheMachine(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"public address": func(c *Config) { c.Listen, c.PublicURL = "0.0.0.0:8080", "https://scim.example.com" },
		"public URL":     func(c *Config) { c.PublicURL = "https://scim.example.com" },
		"port mapping":   func(c *Config) { c.Listen, c.PublicURL = ":8080", "http://localhost:8080" },
	} {
		config := DefaultConfig()
		change(&config)
		if err := config.CheckDemo(); err == nil || !strings.Contains(err.Error(), "this machine alone") {
			t.Errorf("%s: %v", name, err)
		}
	}
	config := DefaultConfig()
	if err := config.CheckDemo(); err != nil {
		t.Errorf("the default is refused: %v", err)
	}
}

// TestDefaultsAgree: what New is given in tests is what the command line gives.
func TestDefaultsAgree(t *testing.T) {
	t.Parallel()
	var c cli
	parser, err := kong.New(&c, kong.Resolvers(environment(nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"version"}); err != nil {
		t.Fatal(err)
	}
	if c.readFiles(); c.Config != DefaultConfig() {
		t.Errorf("the command line starts with\n%+v, the code with\n%+v", c.Config, DefaultConfig())
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	parse := func(env []string, args ...string) (Config, error) {
		var c cli
		parser, err := kong.New(&c, kong.Resolvers(environment(env)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = parse(parser, append(args, "version"), env)
		return c.Config, err
	}
	config, err := parse([]string{"ROSTER_LISTEN=127.0.0.1:1", "ROSTER_LOG_LEVEL=", "ROSTER_SCIM_BURST=7", "OTHER=x"})
	if err != nil || config.Listen != "127.0.0.1:1" || config.LogLevel != "info" || config.SCIMBurst != 7 {
		t.Errorf("%+v, %v", config, err)
	}
	if config, err := parse([]string{"ROSTER_LISTEN=127.0.0.1:1"}, "--listen", "127.0.0.1:2"); err != nil || config.Listen != "127.0.0.1:2" {
		t.Errorf("the flag does not win: %+v, %v", config, err)
	}
	for env, says := range map[string]string{
		"ROSTER_LISTN=x":              "did you mean ROSTER_LISTEN?",
		"ROSTER_DATABASE=x":           "did you mean ROSTER_DATABASE_URL?",
		"ROSTER_ADMINLISTEN=x":        "did you mean ROSTER_ADMIN_LISTEN?",
		"ROSTER_=":                    "there are ROSTER_LISTEN, ",
		"ROSTER_SOMETHING_ELSE_WHOLE": "there are ROSTER_LISTEN, ",
		"ROSTER_LOG_LEVEL=loud":       "--log-level must be one of",
		"ROSTER_SCIM_BURST=many":      "--scim-burst",
	} {
		if _, err := parse([]string{env}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want it to say %q", env, err, says)
		}
	}
}

func TestEverySettingIsDocumentedInHelp(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"serve", "--help"}, nil, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	words := strings.Fields(stdout.String())
	for _, name := range []string{"LISTEN", "PUBLIC_URL", "DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE", "MASTER_KEY", "MASTER_KEY_FILE", "ADMIN_LISTEN", "LOG_LEVEL", "LOG_FORMAT"} {
		if !slices.Contains(words, "$ROSTER_"+name) {
			t.Errorf("the help does not name ROSTER_%s", name)
		}
	}
}

func TestMasterKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	config := DefaultConfig()
	config.DatabaseURL = "sqlite:" + filepath.Join(t.TempDir(), "new", "roster.db")
	keys := make([]string, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			key, err := config.loadKey()
			if err != nil || len(key) != keyLength {
				t.Errorf("key of %d bytes, %v", len(key), err)
			}
			keys[i] = string(key)
		})
	}
	wg.Wait()
	for _, key := range keys {
		if key != keys[0] {
			t.Fatal("processes that start at once got different keys")
		}
	}
	info, err := os.Stat(config.keyFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info, err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(config.keyFile()), ".key-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestUnsafeMasterKeyIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		mode    fs.FileMode
		says    string
	}{
		"damaged":            {"not a key\n", 0o600, "damaged"},
		"readable by others": {base64.StdEncoding.EncodeToString(make([]byte, 32)), 0o644, "chmod 600"},
	} {
		config := DefaultConfig()
		config.DatabaseURL = "sqlite:" + filepath.Join(t.TempDir(), "roster.db")
		if err := os.WriteFile(config.keyFile(), []byte(c.content), c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := config.loadKey(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
		if content, err := os.ReadFile(config.keyFile()); err != nil || string(content) != c.content {
			t.Errorf("%s: the file was changed: %q, %v", name, content, err)
		}
	}
}
