package login

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// Store is what a Service needs kept.
type Store interface {
	CredentialStore
	KeyStore
	LinkStore
	SessionStore
	IssuerStore
	RoleStore
}

// RoleStore knows the vendor's role catalogue.
type RoleStore interface {
	// KnownRoles returns those of the keys that are roles of the catalogue.
	KnownRoles(ctx context.Context, keys []string) ([]string, error)
}

// Decider says what principals may do and give; authz.Decider is one.
type Decider interface {
	CanGrant(ctx context.Context, p authz.Principal, tenantID string, roles []string, set authz.PermissionSet) (authz.Decision, error)
	PermissionsOf(ctx context.Context, p authz.Principal, tenantID string) (authz.PermissionSet, error)
}

// Signer makes and reads the tokens of sessions; authz.SessionSigner is one.
type Signer interface {
	Sign(c authz.SessionClaims) (string, error)
	Verify(text string) (authz.SessionClaims, error)
}

// Parts are what a Service is made of.
type Parts struct {
	Store   Store
	Decider Decider
	Signer  Signer
	// Uses takes note of who called when; nil: nobody learns it.
	Uses *Uses
	// PublicURL is the installation's.
	PublicURL string
	// Fetch says where the keys of issuers may be fetched from.
	Fetch  authz.FetchOptions
	Logger *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// Service lets people and programs in. It is safe for concurrent use. Its errors
// are *tenants.InvalidError, *tenants.ForbiddenError, *tenants.TakenError,
// tenants.ErrNotFound, those that a method names, or failures of the store.
type Service struct {
	Parts
	verifiers verifiers
}

// NewService returns a Service.
func NewService(p Parts) *Service {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	p.PublicURL = strings.TrimSuffix(p.PublicURL, "/")
	return &Service{Parts: p}
}

// Command is the principal of the commands on the server's own machine: whoever
// runs them can read the database.
var Command = authz.Principal{Kind: authz.KindStaff, Name: "command", Roles: []string{authz.RoleOwner}}

// now is the time as stores keep it: UTC, to the microsecond.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// mayGive refuses roles and permissions that the principal does not hold itself.
func (s *Service) mayGive(ctx context.Context, by authz.Principal, tenant tenants.TenantID, roles []string, set authz.PermissionSet) error {
	d, err := s.Decider.CanGrant(ctx, by, tenant.String(), roles, set)
	if err != nil {
		return err
	}
	if !d.Allowed {
		return &tenants.ForbiddenError{Reason: strings.TrimSpace(d.Reason + " " + d.WhoCanGrant)}
	}
	return nil
}

// past reports whether a time, zero for never, has come.
func past(limit, at time.Time) bool { return !limit.IsZero() && !at.Before(limit) }

// author is what people call whoever makes the changes of a context.
func author(ctx context.Context) string {
	o := tenants.OriginOf(ctx)
	return cmp.Or(o.ActorName, o.Actor)
}
