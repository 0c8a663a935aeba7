package tenants

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

// Admission is a request that is let in: whose it is and how it is served.
type Admission struct {
	TenantID     TenantID
	ConnectionID ConnectionID
	TokenID      TokenID
	Provider     quirk.Provider
	Settings     quirk.Settings
	Principal    authz.Principal // with the public ids

	TenantUUID, ConnectionUUID string // as the SCIM engine knows them

	SchemaRevision int64 // of the tenant's Definitions

	// What the request may store, besides what its scopes say.
	NoGroups bool     // the tenant may not provision groups
	Seats    int      // how many of the tenant's people may be active; 0: any number
	Domains  []string // whose people the connection may provision; none: anybody's
	Adoption Adoption // whom it takes over who were registered before
}

// Gate decides whether a SCIM request is let in.
type Gate struct {
	credentials CredentialStore
	usage       *Usage
	now         func() time.Time
}

// NewGate returns a Gate that looks credentials up in a store. usage may be nil:
// then nobody learns when tokens were used.
func NewGate(credentials CredentialStore, usage *Usage) *Gate {
	return &Gate{credentials: credentials, usage: usage, now: now}
}

// Admit checks the credential of a request to a connection's base URL. Both
// texts come from the client. A request that is not let in gets a *Refusal; any
// other error is a failure of the store. What does not even look like a token or
// a connection is refused without asking the store.
func (g *Gate) Admit(ctx context.Context, connectionID, credential string) (Admission, error) {
	secret, ok := parseSecret(credential)
	if !ok {
		return Admission{}, errTokenUnknown
	}
	connection, err := ParseConnectionID(connectionID)
	if err != nil {
		return Admission{}, errTokenUnknown
	}
	hash := secret.Hash()
	c, err := g.credentials.Credential(ctx, connection, hash)
	if errors.Is(err, ErrNotFound) {
		return Admission{}, errTokenUnknown
	}
	if err != nil {
		return Admission{}, fmt.Errorf("look up token: %w", err)
	}
	if subtle.ConstantTimeCompare(hash[:], c.Hash[:]) != 1 || c.ConnectionID != connection {
		return Admission{}, errTokenUnknown
	}
	at := g.now()
	if refusal := refuse(c, at); refusal != nil {
		return Admission{}, refusal.of(c)
	}
	if g.usage != nil {
		g.usage.Record(Use{TenantID: c.TenantID, TokenID: c.TokenID, At: at})
	}
	return admit(c), nil
}

// refuse decides about a credential that belongs to the connection. What can
// never work again comes before what somebody can turn back on.
func refuse(c *Credential, at time.Time) *Refusal {
	switch {
	case !c.RevokedAt.IsZero():
		return tokenRevoked(c)
	case !c.ConnectionDeletedAt.IsZero():
		return connectionDeleted(c, c.ConnectionDeletedAt)
	case !c.TenantDeletedAt.IsZero():
		return connectionDeleted(c, c.TenantDeletedAt)
	case expired(c.ExpiresAt, at):
		return tokenExpired(c)
	case c.TenantStatus != TenantActive:
		return tenantSuspended(c)
	case !c.Entitlements.SCIM:
		return notEntitled(c)
	case c.ConnectionStatus != ConnectionActive:
		return connectionPaused(c)
	default:
		return nil
	}
}

// admit is what a credential is let in as: the same for as long as it is the
// same credential, so it is made once.
func admit(c *Credential) Admission {
	if a := c.admission.Load(); a != nil {
		return *a
	}
	a := Admission{
		TenantID: c.TenantID, ConnectionID: c.ConnectionID, TokenID: c.TokenID,
		TenantUUID: c.TenantID.UUID(), ConnectionUUID: c.ConnectionID.UUID(),
		Provider: c.Provider, Settings: c.Settings, SchemaRevision: c.SchemaRevision,
		NoGroups: !c.Entitlements.Groups, Seats: c.Entitlements.Seats, Domains: c.Domains, Adoption: c.Adoption,
		Principal: authz.Principal{
			Kind: authz.KindToken, ID: c.TokenID.String(),
			TenantID: c.TenantID.String(), ConnectionID: c.ConnectionID.String(),
			Connection: c.ConnectionScopes, Token: c.TokenScopes,
		},
	}
	c.admission.Store(&a)
	return a
}
