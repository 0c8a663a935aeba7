package login

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

const (
	// DefaultLinkLife and MaxLinkLife are how long a portal link can be opened.
	DefaultLinkLife = 24 * time.Hour
	MaxLinkLife     = 7 * 24 * time.Hour
	minLinkLife     = time.Minute

	// maxTries is how many wrong e-mail addresses end a link.
	maxTries = 5
	// maxOpenings bounds what is kept of the openings of one link.
	maxOpenings = 200
)

// Link is a portal link: whoever opens it first gets a session.
type Link struct {
	ID             tenants.LinkID
	TenantID       tenants.TenantID     // zero: it signs staff in
	ConnectionID   tenants.ConnectionID // zero: the whole tenant
	ConnectionName string               // as it is now; read only
	Roles          []string
	ReturnURL      string // "": none
	Email          string // who alone may open it; "": whoever has it
	Tries          int    // wrong addresses so far
	Inviter        string // shown on the page
	Note           string // for those who make links
	CreatedBy      string
	CreatedAt      time.Time
	ExpiresAt      time.Time
	UsedAt         time.Time // zero: not used
	UsedFrom       string    // the address
	RevokedAt      time.Time // zero: not revoked
	RevokedBy      string
}

// LinkState is what became of a portal link.
type LinkState string

// The states of a portal link. What happened to it first counts.
const (
	LinkActive  LinkState = "active"
	LinkUsed    LinkState = "used"
	LinkExpired LinkState = "expired"
	LinkRevoked LinkState = "revoked"
)

// State returns the state of the link at a time.
func (l *Link) State(at time.Time) LinkState {
	switch {
	case !l.UsedAt.IsZero():
		return LinkUsed
	case !l.RevokedAt.IsZero():
		return LinkRevoked
	case past(l.ExpiresAt, at):
		return LinkExpired
	}
	return LinkActive
}

// Who revoked a link, if nobody was signed in.
const (
	ByInvitee = "the person who opened it" // they said that it is not for them
	ByTries   = "too many wrong addresses"
)

// Outcome is what became of one opening of a link.
type Outcome string

// The outcomes of an opening.
const (
	Shown       Outcome = "shown"       // the page was seen, or fetched by a machine
	Opened      Outcome = "opened"      // it gave a session
	WasUsed     Outcome = "used"        // it gave none: it was used before
	WasExpired  Outcome = "expired"     // it gave none
	WasRevoked  Outcome = "revoked"     // it gave none
	WrongEmail  Outcome = "wrong_email" // it gave none
	NotTheirs   Outcome = WasRevoked    // whoever opened it said so, which revoked it
	outcomeNone Outcome = ""
)

// Opening is one time that a link was opened.
type Opening struct {
	At        time.Time
	Address   string
	UserAgent string
	Outcome   Outcome
}

// NewLink is what a portal link is made from.
type NewLink struct {
	TenantID     tenants.TenantID     // zero: it signs staff in
	ConnectionID tenants.ConnectionID // zero: the whole tenant
	Roles        []string
	ReturnURL    string
	Lifetime     time.Duration // 0: DefaultLinkLife
	Email        string
	Inviter      string
	Note         string
}

// LinkStore keeps portal links and what became of them.
type LinkStore interface {
	// CreateLink stores a link and fills in the name of its connection. Errors:
	// tenants.ErrNotFound if its tenant or connection does not exist,
	// *tenants.RefusedError if the tenant is suspended.
	CreateLink(ctx context.Context, l *Link, hash tenants.SecretHash) error
	// Link returns one link of a tenant or tenants.ErrNotFound.
	Link(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID) (*Link, error)
	// ListLinks returns at most limit links that are older than one (the zero id:
	// from the newest), the newest first.
	ListLinks(ctx context.Context, tenant tenants.TenantID, before tenants.LinkID, limit int) ([]*Link, error)
	// Openings returns at most limit openings of a link, the newest first.
	Openings(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID, limit int) ([]Opening, error)
	// RevokeLink ends a link that was neither used nor revoked, and says who did;
	// others stay as they are. Errors: tenants.ErrNotFound.
	RevokeLink(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID, by string) error
	OpeningStore
}

// CreateLink makes a portal link that gives no more than whoever makes it holds.
// The URL has its code, which is nowhere afterwards.
func (s *Service) CreateLink(ctx context.Context, by authz.Principal, n NewLink) (link *Link, url string, err error) {
	l, err := s.newLink(ctx, n)
	if err != nil {
		return nil, "", err
	}
	if err := s.checkRoles(ctx, l.Roles, l.TenantID.IsZero()); err != nil {
		return nil, "", err
	}
	if err := s.mayGive(ctx, by, l.TenantID, l.Roles, 0); err != nil {
		return nil, "", err
	}
	code := tenants.NewSecret(tenants.LinkSecret)
	if err := s.Store.CreateLink(ctx, l, code.Hash()); err != nil {
		return nil, "", err
	}
	return l, s.PublicURL + LinkPath + code.Reveal(), nil
}

// LinkPath is where links are opened; the code follows.
const LinkPath = "/portal/link/"

func (s *Service) newLink(ctx context.Context, n NewLink) (l *Link, err error) {
	at := s.now()
	l = &Link{
		ID: tenants.NewLinkID(), TenantID: n.TenantID, ConnectionID: n.ConnectionID,
		CreatedBy: author(ctx), CreatedAt: at,
	}
	if l.Roles, err = cleanRoles(n.Roles); err != nil {
		return nil, err
	}
	if l.ReturnURL, err = cleanReturnURL(n.ReturnURL); err != nil {
		return nil, err
	}
	if l.Email, err = cleanEmail(n.Email); err != nil {
		return nil, err
	}
	if l.Inviter, err = optional("inviter", n.Inviter, maxName); err != nil {
		return nil, err
	}
	if l.Note, err = optional("note", n.Note, maxNote); err != nil {
		return nil, err
	}
	life := n.Lifetime
	if life == 0 {
		life = DefaultLinkLife
	}
	if life < minLinkLife || life > MaxLinkLife {
		return nil, invalid("expires_in", "a portal link can be opened for 1 minute to 7 days")
	}
	l.ExpiresAt = at.Add(life)
	return l, nil
}

// cleanRoles sorts roles and refuses none at all.
func cleanRoles(roles []string) ([]string, error) {
	if len(roles) == 0 || len(roles) > maxRoles {
		return nil, invalid("roles", fmt.Sprintf("name 1 to %d roles", maxRoles))
	}
	roles = slices.Clone(roles)
	slices.Sort(roles)
	return slices.Compact(roles), nil
}

// checkRoles refuses roles that do not exist, and built-in ones that are for the
// other side: a customer is no operator of the installation.
func (s *Service) checkRoles(ctx context.Context, roles []string, staff bool) error {
	var others []string
	for _, key := range roles {
		if err := authz.CheckRoleKey(key); err != nil {
			return invalid("roles", fmt.Sprintf("%q cannot be a role: %v", key, err))
		}
		builtIn, ok := authz.BuiltIn(key)
		switch {
		case !ok:
			others = append(others, key)
		case builtIn.Staff && !staff:
			return invalid("roles", fmt.Sprintf("%q is for the vendor's own people; customers may be %s or %s, or have a role of the catalogue",
				key, authz.RoleAdmin, authz.RoleViewer))
		case !builtIn.Staff && staff:
			return invalid("roles", fmt.Sprintf("%q is for customers; staff may be %s, %s or %s, or have a role of the catalogue",
				key, authz.RoleOwner, authz.RoleOperator, authz.RoleSupport))
		}
	}
	if len(others) == 0 {
		return nil
	}
	known, err := s.Store.KnownRoles(ctx, others)
	if err != nil {
		return err
	}
	for _, key := range others {
		if !slices.Contains(known, key) {
			return invalid("roles", fmt.Sprintf("there is no role %q", key))
		}
	}
	return nil
}

// Link returns one portal link of a tenant, or of staff for the zero tenant.
func (s *Service) Link(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID) (*Link, error) {
	return s.Store.Link(ctx, tenant, id)
}

// ListLinks returns at most limit portal links that are older than one, the newest
// first.
func (s *Service) ListLinks(ctx context.Context, tenant tenants.TenantID, before tenants.LinkID, limit int) ([]*Link, error) {
	return s.Store.ListLinks(ctx, tenant, before, limit)
}

// Openings returns at most limit openings of a link, the newest first.
func (s *Service) Openings(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID, limit int) ([]Opening, error) {
	return s.Store.Openings(ctx, tenant, id, limit)
}

// RevokeLink ends a link that was not used yet.
func (s *Service) RevokeLink(ctx context.Context, tenant tenants.TenantID, id tenants.LinkID) error {
	return s.Store.RevokeLink(ctx, tenant, id, author(ctx))
}
