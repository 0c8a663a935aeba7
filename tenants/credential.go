package tenants

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

// Credential is everything that the Gate must know about a token and what it
// belongs to. It is read in one query and may be shared between requests:
// nobody changes it.
type Credential struct {
	Hash         SecretHash
	TokenID      TokenID
	ConnectionID ConnectionID
	TenantID     TenantID

	TokenScopes authz.ScopeSet
	ExpiresAt   time.Time // zero: never
	RevokedAt   time.Time // zero: not revoked

	Provider            quirk.Provider
	Settings            quirk.Settings
	ConnectionStatus    ConnectionStatus
	ConnectionScopes    authz.ScopeSet
	ConnectionDeletedAt time.Time // zero: not deleted
	Domains             []string  // as the connection has them

	TenantStatus    TenantStatus
	Entitlements    Entitlements
	Adoption        Adoption
	SchemaRevision  int64     // of the tenant's Definitions
	TenantDeletedAt time.Time // zero: not deleted

	admission atomic.Pointer[Admission] // nil until admit has made it
}

// CredentialStore looks tokens up for the Gate.
type CredentialStore interface {
	// Credential returns the connection's token with this hash together with the
	// connection and its tenant, also when one of them is revoked, expired or
	// deleted, or ErrNotFound if no token of the connection has the hash. It is
	// one query.
	Credential(ctx context.Context, connection ConnectionID, hash SecretHash) (*Credential, error)
}

// CredentialChange says how often credentials have changed, whosever they are. Two
// that are equal have no change between them.
type CredentialChange struct {
	Number int64
	Run    int64 // of the database's server: numbers of two runs say nothing of each other
}

// Use says when a token was last used.
type Use struct {
	TenantID TenantID
	TokenID  TokenID
	At       time.Time
}

// UsageStore keeps when tokens were last used.
type UsageStore interface {
	// RecordUses stores the uses in one transaction. A later time that is
	// already stored stays; tokens that do not exist are left out.
	RecordUses(ctx context.Context, uses []Use) error
}
