package login

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// maxIssuers bounds how many issuers there may be.
const maxIssuers = 100

// Issuer is a system of the vendor's whose JWTs are exchanged for portal sessions.
// It never changes: another key is another issuer, or a JWKS URL.
type Issuer struct {
	ID        tenants.IssuerID
	Name      string
	Issuer    string   // iss
	Audience  string   // aud
	JWKSURL   string   // where its keys are, or
	PEM       []string // the public keys themselves
	CreatedAt time.Time
}

// IssuerStore keeps issuers, and which of their tokens were used.
type IssuerStore interface {
	// CreateIssuer stores an issuer. Errors: *tenants.TakenError for "issuer",
	// *tenants.RefusedError if there are most already.
	CreateIssuer(ctx context.Context, i *Issuer, most int) error
	// Issuer returns one issuer or tenants.ErrNotFound.
	Issuer(ctx context.Context, id tenants.IssuerID) (*Issuer, error)
	// IssuerNamed returns the issuer with an iss or tenants.ErrNotFound.
	IssuerNamed(ctx context.Context, issuer string) (*Issuer, error)
	// ListIssuers returns at most limit issuers that are older than one (the zero
	// id: from the newest), the newest first.
	ListIssuers(ctx context.Context, before tenants.IssuerID, limit int) ([]*Issuer, error)
	// DeleteIssuer removes an issuer. Sessions from its tokens go on. Errors:
	// tenants.ErrNotFound.
	DeleteIssuer(ctx context.Context, id tenants.IssuerID) error
	ExchangeStore
}

// NewIssuer is what an issuer is made from.
type NewIssuer struct {
	Name     string
	Issuer   string
	Audience string   // "": the public URL
	JWKSURL  string   // either this
	PEM      []string // or these
}

// CreateIssuer begins to trust an issuer's tokens.
func (s *Service) CreateIssuer(ctx context.Context, n NewIssuer) (*Issuer, error) {
	name, err := required("name", n.Name, maxName)
	if err != nil {
		return nil, err
	}
	if n.Audience == "" {
		n.Audience = s.PublicURL
	}
	i := &Issuer{
		ID: tenants.NewIssuerID(), Name: name, Issuer: n.Issuer, Audience: n.Audience,
		JWKSURL: n.JWKSURL, PEM: n.PEM, CreatedAt: s.now(),
	}
	if _, err := authz.NewSubjectVerifier(i.described(), s.Fetch); err != nil {
		field, reason, _ := strings.Cut(err.Error(), ": ") // it names what is wrong first
		return nil, invalid(field, reason)
	}
	if err := s.Store.CreateIssuer(ctx, i, maxIssuers); err != nil {
		return nil, err
	}
	return i, nil
}

// Issuer returns one issuer.
func (s *Service) Issuer(ctx context.Context, id tenants.IssuerID) (*Issuer, error) {
	return s.Store.Issuer(ctx, id)
}

// ListIssuers returns at most limit issuers that are older than one, the newest
// first.
func (s *Service) ListIssuers(ctx context.Context, before tenants.IssuerID, limit int) ([]*Issuer, error) {
	return s.Store.ListIssuers(ctx, before, limit)
}

// DeleteIssuer stops trusting an issuer's tokens. Sessions that came from them
// go on until they end.
func (s *Service) DeleteIssuer(ctx context.Context, id tenants.IssuerID) error {
	return s.Store.DeleteIssuer(ctx, id)
}

func (i *Issuer) described() authz.Issuer {
	return authz.Issuer{Issuer: i.Issuer, Audience: i.Audience, JWKSURL: i.JWKSURL, PEM: i.PEM}
}

// verifiers are those of the issuers that were asked for lately: each keeps the
// keys that it fetched.
type verifiers struct {
	mu    sync.Mutex
	known map[tenants.IssuerID]*authz.SubjectVerifier
}

func (v *verifiers) of(i *Issuer, o authz.FetchOptions) (*authz.SubjectVerifier, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if found := v.known[i.ID]; found != nil {
		return found, nil
	}
	made, err := authz.NewSubjectVerifier(i.described(), o)
	if err != nil {
		return nil, fmt.Errorf("issuer %s: %w", i.ID, err)
	}
	if v.known == nil || len(v.known) >= 2*maxIssuers { // those of deleted ones are among them
		v.known = map[tenants.IssuerID]*authz.SubjectVerifier{}
	}
	v.known[i.ID] = made
	return made, nil
}
