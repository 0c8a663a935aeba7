package cache

import (
	"context"
	"encoding/json"

	"github.com/roster-scim/roster/tenants"
)

// credentialFormat begins the keys of credentials, of which replicas of different
// versions may share a cache. It changes with tenants.Credential.
const credentialFormat = "t2:"

// SharedCredentials answers from the shared cache what another
// tenants.CredentialStore has. Its answers are as good as that store's; tokens
// that do not exist are not kept. Credentials stands in front of it.
type SharedCredentials struct {
	store  tenants.CredentialStore
	shared *Shared
}

var _ tenants.CredentialStore = (*SharedCredentials)(nil)

// NewSharedCredentials puts the shared cache in front of store.
func NewSharedCredentials(store tenants.CredentialStore, shared *Shared) *SharedCredentials {
	return &SharedCredentials{store: store, shared: shared}
}

// Credential implements tenants.CredentialStore.
func (c *SharedCredentials) Credential(ctx context.Context, connection tenants.ConnectionID, hash tenants.SecretHash) (*tenants.Credential, error) {
	data, hit, filling := c.shared.read(ctx, question{
		what: "credential", entry: credentialKey(connection, hash), stamps: []key{connectionKey(connection.UUID())},
	})
	if hit {
		if known, ok := decodeCredential(data, connection, hash); ok {
			return known, nil
		}
	}
	found, err := c.store.Credential(ctx, connection, hash)
	if err == nil && filling != nil {
		if encoded, err := json.Marshal(found); err == nil {
			c.shared.fill(ctx, filling, encoded)
		}
	}
	return found, err
}

func decodeCredential(data string, connection tenants.ConnectionID, hash tenants.SecretHash) (*tenants.Credential, bool) {
	var c tenants.Credential
	if err := json.Unmarshal([]byte(data), &c); err != nil {
		return nil, false
	}
	return &c, c.ConnectionID == connection && c.Hash == hash
}
