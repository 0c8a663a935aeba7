package authz

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/maypok86/otter/v2"
)

// Policies is where the vendor's policy lines are kept.
type Policies interface {
	// Lines returns the lines that hold in a tenant: those of it and those of all
	// tenants. For the installation, "", it returns every line of every tenant:
	// whoever gives something for all tenants must hold it in each. Revision and
	// lines are of one moment; the revision is at least 1 and grows with every
	// change of any line. Built-in lines are not among them.
	Lines(ctx context.Context, tenantID string) (revision int64, lines []Line, err error)
}

// Decision is the answer to whether a principal may do something.
type Decision struct {
	Allowed     bool
	Line        Line   // that decided; none if no line speaks of it
	Reason      string // of a refusal: which permission is missing, a sentence
	WhoCanGrant string // of a refusal: who can give it, a sentence
}

const (
	// maxWeight bounds the rulebooks that are remembered, in lines: some 50 MB.
	maxWeight = 1 << 17
	// emptyWeight is what a rulebook costs without vendor's lines, in lines.
	emptyWeight = 64
	// maxKeyBooks bounds those of API keys; keys with the same permissions share one.
	maxKeyBooks = 512
	// loadTimeout bounds one reading of the lines. It is shared by all who wait
	// for it, so it does not end with the first of them.
	loadTimeout = 5 * time.Second
)

// Decider decides what principals may do in the control plane. It is safe for
// concurrent use.
//
// It keeps an enforcer for each tenant and revision of the policy. A principal
// carries the revision that held when its credential was read, so a change of
// the policy holds for the next request on every replica, and no decision asks
// the database in between.
type Decider struct {
	policies Policies
	books    *otter.Cache[bookKey, *rulebook]
	keys     *otter.Cache[PermissionSet, *rulebook]
}

type bookKey struct {
	tenant   string
	revision int64 // the book is of this one or a later one
}

// NewDecider returns a Decider on the vendor's policies, or an error if the model
// is broken.
func NewDecider(policies Policies) (*Decider, error) {
	if _, err := newRulebook("", 0, builtInLines); err != nil {
		return nil, err
	}
	books, err := otter.New(&otter.Options[bookKey, *rulebook]{
		MaximumWeight: maxWeight,
		Weigher:       func(_ bookKey, b *rulebook) uint32 { return uint32(emptyWeight + b.lines) },
	})
	if err != nil {
		return nil, fmt.Errorf("make the cache of policies: %w", err)
	}
	keys, err := otter.New(&otter.Options[PermissionSet, *rulebook]{MaximumSize: maxKeyBooks})
	if err != nil {
		return nil, fmt.Errorf("make the cache of API keys' policies: %w", err)
	}
	return &Decider{policies: policies, books: books, keys: keys}, nil
}

// Decide says whether a principal may do what the permission names in a tenant,
// or for the installation if tenantID is "". An error means that the policies
// could not be read, or that there is no such permission: nothing is allowed then.
func (d *Decider) Decide(ctx context.Context, p Principal, permission Permission, tenantID string) (Decision, error) {
	i := permission.index()
	if i < 0 {
		return Decision{}, fmt.Errorf("decide %q: there is no such permission", permission)
	}
	if reason := outside(&p, tenantID); reason != "" {
		return Decision{Reason: reason, WhoCanGrant: grantOutside(&p, permission)}, nil
	}
	b, err := d.book(ctx, &p, tenantID)
	if err != nil {
		return Decision{}, err
	}
	found, err := b.decide(p.subjects(), i)
	if err != nil {
		return Decision{}, err
	}
	if found.effect != Allow {
		return refuse(&p, b, found, i), nil
	}
	if p.Suspended && !looking.Has(permission) {
		return Decision{
			Reason:      "The organisation is suspended: you can look at everything, and change nothing.",
			WhoCanGrant: "The provider of the application can resume it.",
		}, nil
	}
	return Decision{Allowed: true, Line: p.own(found.line)}, nil
}

// PermissionsOf returns all that a principal may do in a tenant, or for the
// installation if tenantID is "".
func (d *Decider) PermissionsOf(ctx context.Context, p Principal, tenantID string) (PermissionSet, error) {
	if outside(&p, tenantID) != "" {
		return 0, nil
	}
	b, err := d.book(ctx, &p, tenantID)
	if err != nil {
		return 0, err
	}
	set, err := b.set(p.subjects())
	if p.Suspended {
		set &= looking
	}
	return set, err
}

// looking are the permissions that change nothing.
var looking = PermissionsIn(ProvisioningRead, DirectoryRead, TenantsRead, AuditRead, EventsRead, DirectoryUnmasked)

// outside says why a principal may do nothing at all in a tenant or for the
// installation, "" if its permissions decide.
func outside(p *Principal, tenantID string) string {
	bound := p.TenantID != ""
	switch {
	case p.Kind != KindAPIKey && p.Kind != KindPortal && p.Kind != KindStaff:
		return "This credential is not for the control plane: the token of a connection opens that connection's SCIM API only."
	case p.Kind == KindPortal && !bound:
		return "This session belongs to no tenant."
	case bound && tenantID == "":
		return who(p) + " is for one tenant only, and this is about the whole installation."
	case bound && p.TenantID != tenantID:
		return who(p) + " is for another tenant."
	}
	return ""
}

// keySubject is the subject of the lines of API keys in their rulebooks, which
// keys with the same permissions share.
const keySubject = "key"

var keySubjects = []string{keySubject}

// subjects are whose lines count for the principal.
func (p *Principal) subjects() []string {
	if p.Kind == KindAPIKey {
		return keySubjects
	}
	return p.Roles
}

// own is a line with the principal's own name in it.
func (p *Principal) own(l Line) Line {
	if p.Kind == KindAPIKey {
		l.Role = p.ID
		if p.TenantID != "" {
			l.Tenant = p.TenantID
		}
	}
	return l
}

// book returns the policy that decides about the principal in a tenant.
func (d *Decider) book(ctx context.Context, p *Principal, tenantID string) (*rulebook, error) {
	if p.Kind == KindAPIKey {
		return d.keyBook(p.Permissions)
	}
	return d.tenantBook(ctx, tenantID, p.PolicyRevision)
}

// keyBook is a policy whose lines are an API key's permissions. The tenant that
// the key is bound to has been looked at before.
func (d *Decider) keyBook(set PermissionSet) (*rulebook, error) {
	set &= AllPermissions
	if b, ok := d.keys.GetIfPresent(set); ok {
		return b, nil
	}
	var lines []Line
	for _, p := range set.List() {
		lines = append(lines, Line{Role: keySubject, Tenant: Everywhere, Permission: p, Effect: Allow})
	}
	b, err := newRulebook("", 0, lines)
	if err != nil {
		return nil, err
	}
	d.keys.Set(set, b)
	return b, nil
}

// tenantBook is the policy of a tenant, or of the installation, of the revision
// or a later one. Revision 0 is unknown and reads the lines anew.
func (d *Decider) tenantBook(ctx context.Context, tenantID string, revision int64) (*rulebook, error) {
	key := bookKey{tenantID, revision}
	if revision <= 0 {
		return d.load(ctx, key)
	}
	if b, ok := d.books.GetIfPresent(key); ok {
		return b, nil
	}
	return d.books.Get(ctx, key, otter.LoaderFunc[bookKey, *rulebook](d.load))
}

func (d *Decider) load(ctx context.Context, key bookKey) (*rulebook, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
	defer cancel()
	revision, lines, err := d.policies.Lines(ctx, key.tenant)
	if err != nil {
		return nil, fmt.Errorf("read the policies: %w", err)
	}
	if revision < key.revision {
		return nil, fmt.Errorf("read the policies: they are of revision %d, older than %d", revision, key.revision)
	}
	return newRulebook(key.tenant, revision, slices.Concat(builtInLines, lines))
}
