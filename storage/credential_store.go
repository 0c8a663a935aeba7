package storage

import (
	"context"
	"database/sql"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// selectCredential looks for a hash whatever the tenant: the token is what says
// who calls.
//
//nolint:gosec // G101: names of columns, no secret
const selectCredential = `
	select k.hash, k.id, k.connection_id, k.tenant_id, k.scopes, k.expires_at, k.revoked_at,
		c.provider, c.settings, c.status, c.scopes, c.deleted_at, c.domains,
		t.status, t.deleted_at, t.schema_revision, t.entitlements, t.settings
	from tokens k
	join connections c on c.tenant_id = k.tenant_id and c.id = k.connection_id
	join tenants t on t.id = k.tenant_id
	where k.hash = $1 and k.connection_id = $2`

// Credential implements tenants.CredentialStore.
func (s *Tenants) Credential(ctx context.Context, connection tenants.ConnectionID, hash tenants.SecretHash) (*tenants.Credential, error) {
	return findOne(ctx, s.db, "token", scanCredential, selectCredential, hash[:], connection)
}

func scanCredential(row scanner) (*tenants.Credential, error) {
	var c tenants.Credential
	var hash, tokenScopes, connectionScopes, settings, domains, entitlements, tenantSettings []byte
	var expires, revoked, connectionDeleted, tenantDeleted sql.NullInt64
	err := row.Scan(&hash, &c.TokenID, &c.ConnectionID, &c.TenantID, &tokenScopes, &expires, &revoked,
		&c.Provider, &settings, &c.ConnectionStatus, &connectionScopes, &connectionDeleted, &domains,
		&c.TenantStatus, &tenantDeleted, &c.SchemaRevision, &entitlements, &tenantSettings)
	if err != nil {
		return nil, err
	}
	copy(c.Hash[:], hash)
	if c.TokenScopes, err = readScopes(tokenScopes); err != nil {
		return nil, err
	}
	if c.ConnectionScopes, err = readScopes(connectionScopes); err != nil {
		return nil, err
	}
	if c.Settings, err = quirk.For(c.Provider).Overlay(settings); err != nil {
		return nil, err
	}
	if c.Domains, err = readDomains(domains); err != nil {
		return nil, err
	}
	if c.Entitlements, err = readEntitlements(entitlements); err != nil {
		return nil, err
	}
	if c.Adoption, _, err = readSettings(tenantSettings); err != nil {
		return nil, err
	}
	c.ExpiresAt, c.RevokedAt = fromNull(expires), fromNull(revoked)
	c.ConnectionDeletedAt, c.TenantDeletedAt = fromNull(connectionDeleted), fromNull(tenantDeleted)
	return &c, nil
}
