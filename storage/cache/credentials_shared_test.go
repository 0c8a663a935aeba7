package cache

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
)

// vault is a database of tokens.
type vault struct{ database }

func (v *vault) Credential(ctx context.Context, c tenants.ConnectionID, h tenants.SecretHash) (*tenants.Credential, error) {
	return v.database.Credential(ctx, c, h)
}

// revoke is what the tokens' service does on one replica.
func (g *group) revoke(r *replica, v *vault) time.Duration {
	g.Helper()
	touched := &storage.Touched{}
	touched.Connection(connection.UUID())
	begun := time.Now()
	a, err := r.guard.Announce(g.Context(), touched, g.database.transactionState())
	if err != nil {
		g.Fatal(err)
	}
	v.mu.Lock()
	known := v.known[token]
	v.known[token] = &tenants.Credential{Hash: known.Hash, ConnectionID: known.ConnectionID, TenantID: known.TenantID,
		TokenID: known.TokenID, RevokedAt: time.Now()}
	v.mu.Unlock()
	if err := a.Settle(g.Context(), storage.Committed); err != nil {
		g.Fatal(err)
	}
	return time.Since(begun)
}

// TestRevocationReachesEveryReplica: within a second after the answer, without
// any hint, whether Redis works or not.
func TestRevocationReachesEveryReplica(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(g *group){
		"all is well":    func(*group) {},
		"Redis is away":  func(g *group) { g.redis.pause() },
		"one is cut":     func(g *group) { g.replicas[0].cutRedis.Store(true) },
		"another is cut": func(g *group) { g.replicas[1].cutRedis.Store(true) },
		"Redis is new":   func(g *group) { g.redis.restart(g.redis.dump()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			together(t, 3, func(g *group) {
				v := &vault{database{known: map[tenants.SecretHash]*tenants.Credential{token: {
					Hash: token, ConnectionID: connection, TokenID: tenants.NewTokenID(), TenantID: tenants.NewTenantID(),
				}}}}
				var stores []*Credentials
				for _, r := range g.replicas {
					c, err := NewCredentials(NewSharedCredentials(v, r.shared), v)
					if err != nil {
						g.Fatal(err)
					}
					defer c.Close()
					stores = append(stores, c)
				}
				g.open()
				admitted := func(c *Credentials) bool {
					got, err := c.Credential(g.Context(), connection, token)
					if err != nil {
						g.Fatal(err)
					}
					return got.RevokedAt.IsZero()
				}
				for _, c := range stores {
					if !admitted(c) {
						g.Error("not admitted")
					}
				}
				if n := v.asked(); n != 1 {
					g.Errorf("%d replicas asked the database %d times", len(stores), n)
				}
				trouble(g)
				for _, c := range stores { // as old as can be
					admitted(c)
				}
				g.revoke(g.replicas[0], v)
				acknowledged := time.Now()
				for _, c := range stores {
					for admitted(c) && time.Since(acknowledged) < time.Minute {
						g.wait(time.Millisecond)
					}
				}
				if took := time.Since(acknowledged); took > Lifetime+callTime+10*time.Millisecond {
					g.Errorf("refused everywhere %v after the answer", took)
				}
				if name == "Redis is away" {
					g.redis.resume()
				}
			})
		})
	}
}

func TestUnknownTokensAreNotInRedis(t *testing.T) {
	t.Parallel()
	together(t, 1, func(g *group) {
		g.open()
		v := &vault{}
		s := NewSharedCredentials(v, g.replicas[0].shared)
		for want := 1; want <= 2; want++ {
			if _, err := s.Credential(g.Context(), connection, token); err == nil {
				g.Error("found")
			}
			if n := v.asked(); n != want {
				g.Errorf("asked %d times, want %d", n, want)
			}
		}
	})
}

// credentialFields are what credentialFormat stands for. Whoever changes them
// changes it too, since replicas of both versions may share a cache.
const credentialFields = "t2: Hash TokenID ConnectionID TenantID TokenScopes ExpiresAt RevokedAt Provider Settings " +
	"ConnectionStatus ConnectionScopes ConnectionDeletedAt Domains TenantStatus Entitlements Adoption SchemaRevision TenantDeletedAt " +
	"SCIM Groups Connections Seats Rule VerifiedDomains " +
	"patch_user_returns_body patch_group_returns_body unique_group_names refuse_unknown_attributes strict_types " +
	"keep_empty_strings allow_empty_patch pending_members"

func TestCredentialFormat(t *testing.T) {
	t.Parallel()
	got := strings.TrimSuffix(credentialFormat, ":") + ":"
	for _, typ := range []reflect.Type{reflect.TypeFor[tenants.Credential](), reflect.TypeFor[tenants.Entitlements](),
		reflect.TypeFor[tenants.Adoption](), reflect.TypeFor[quirk.Settings]()} {
		for i := range typ.NumField() {
			field := typ.Field(i)
			if !field.IsExported() {
				continue
			}
			name := field.Name
			if tag := field.Tag.Get("json"); tag != "" {
				name = tag
			}
			got += " " + name
		}
	}
	if got != credentialFields {
		t.Errorf("format and fields are\n%s, and were\n%s", got, credentialFields)
	}
}

func TestCredentialsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	want := &tenants.Credential{
		Hash: token, TokenID: tenants.NewTokenID(), ConnectionID: connection, TenantID: tenants.NewTenantID(),
		TokenScopes: authz.Scopes(authz.Scope{Resource: authz.Users, Action: authz.Read}), ConnectionScopes: authz.AllScopes,
		ExpiresAt: time.Now().UTC().Truncate(time.Microsecond), RevokedAt: time.Now().UTC().Truncate(time.Microsecond),
		Provider: "okta", Settings: quirk.For("okta"), ConnectionStatus: tenants.ConnectionPaused, TenantStatus: tenants.TenantSuspended,
		SchemaRevision: 3, Domains: []string{"acme.test"}, Entitlements: tenants.Entitlements{Groups: true, Seats: 50},
		Adoption: tenants.Adoption{Rule: tenants.AdoptVerifiedEmail, VerifiedDomains: []string{"acme.test"}},
	}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := decodeCredential(string(data), connection, token)
	if !ok || !reflect.DeepEqual(want, got) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, ok := decodeCredential(string(data), tenants.NewConnectionID(), token); ok {
		t.Error("a token of another connection")
	}
	if _, ok := decodeCredential(string(data), connection, tenants.SecretHash{9}); ok {
		t.Error("another token")
	}
}
