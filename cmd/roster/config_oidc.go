package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/roster-scim/roster/portal"
	"github.com/roster-scim/roster/tenants/login"
)

// checkOIDC refuses settings of staff's sign-in that are there in part: somebody
// would find out at the sign-in page.
func (c *Config) checkOIDC() error {
	if c.OIDCIssuer == "" {
		if c.OIDCClientID != "" || c.OIDCClientSecret != "" || c.OIDCRoles != "" {
			return errors.New("ROSTER_OIDC_ISSUER: the other settings of sign-in are there; say which provider they are for")
		}
		return nil
	}
	u, err := url.Parse(c.OIDCIssuer)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("ROSTER_OIDC_ISSUER: %q is not an issuer; give one such as https://login.example.com", redacted(c.OIDCIssuer))
	case u.Scheme != "https" && (u.Scheme != "http" || publicHost(u)):
		return errors.New("ROSTER_OIDC_ISSUER: over http:// anybody on the way could sign in; give the https:// address")
	case c.OIDCClientID == "" || c.OIDCClientSecret == "":
		return errors.New("ROSTER_OIDC_CLIENT_ID, ROSTER_OIDC_CLIENT_SECRET: register Roster with the provider and give both; " +
			"the redirect URI is ROSTER_PUBLIC_URL and /console/callback")
	case c.OIDCRoles == "":
		return errors.New("ROSTER_OIDC_ROLES: nobody could sign in; say who has which role, such as groups=roster-admins:owner")
	}
	if _, err := login.ParseClaimRules(c.OIDCRoles); err != nil {
		return fmt.Errorf("ROSTER_OIDC_ROLES: %w", err)
	}
	return nil
}

// oidc is how staff sign in, nil if it is not set up. Check has passed.
func (c *Config) oidc() *portal.OIDC {
	rules, err := login.ParseClaimRules(c.OIDCRoles)
	if c.OIDCIssuer == "" || err != nil {
		return nil
	}
	return &portal.OIDC{
		Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret,
		Scopes: strings.FieldsFunc(c.OIDCScopes, func(r rune) bool { return r == ' ' || r == ',' }), Rules: rules,
	}
}
