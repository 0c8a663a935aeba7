package main

import (
	"slices"
	"strings"
	"testing"
)

func TestSettingsOfSignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"complete":            {func(*Config) {}, ""},
		"on this machine":     {func(c *Config) { c.OIDCIssuer = "http://localhost:9000" }, ""},
		"none":                {func(c *Config) { *c = DefaultConfig() }, ""},
		"no issuer":           {func(c *Config) { c.OIDCIssuer = "" }, "say which provider"},
		"over http":           {func(c *Config) { c.OIDCIssuer = "http://login.example.com" }, "https://"},
		"no address":          {func(c *Config) { c.OIDCIssuer = "login.example.com" }, "not an issuer"},
		"with a password":     {func(c *Config) { c.OIDCIssuer = "https://u:hidden@login.example.com" }, "not an issuer"},
		"no client":           {func(c *Config) { c.OIDCClientID = "" }, "/console/callback"},
		"no secret":           {func(c *Config) { c.OIDCClientSecret = "" }, "/console/callback"},
		"no roles":            {func(c *Config) { c.OIDCRoles = "" }, "nobody could sign in"},
		"roles without claim": {func(c *Config) { c.OIDCRoles = "admins:owner" }, "CLAIM=VALUE:ROLE"},
		"a customer's role":   {func(c *Config) { c.OIDCRoles = "groups=x:admin" }, "for customers"},
	} {
		config := DefaultConfig()
		config.OIDCIssuer, config.OIDCClientID, config.OIDCClientSecret = "https://login.example.com", "roster", "hidden"
		config.OIDCRoles = "groups=roster-admins:owner, groups=support:support"
		c.change(&config)
		err := config.Check()
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		case err != nil && strings.Contains(err.Error(), "hidden"):
			t.Errorf("%s: shows a secret: %v", name, err)
		}
		if o := config.oidc(); (o != nil) != (c.says == "" && config.OIDCIssuer != "") && err == nil {
			t.Errorf("%s: %+v", name, o)
		} else if err == nil && o != nil && (len(o.Rules) != 2 || !slices.Equal(o.Scopes, []string{"profile", "email"})) {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
