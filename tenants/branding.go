package tenants

import (
	"cmp"
	"context"
	"regexp"
	"strings"
)

// DefaultProductName is what pages call a product that has no name.
const DefaultProductName = "Roster"

// Branding is how the pages that people see are called and look. "" means what
// the installation has, and of the installation, the default.
type Branding struct {
	ProductName string `json:"product_name,omitempty"`
	Logo        string `json:"logo,omitempty"`   // a data: URI
	Accent      string `json:"accent,omitempty"` // #rrggbb
}

// over is b where it says something, and below where it does not.
func (b Branding) over(below Branding) Branding {
	return Branding{
		ProductName: cmp.Or(b.ProductName, below.ProductName),
		Logo:        cmp.Or(b.Logo, below.Logo),
		Accent:      cmp.Or(b.Accent, below.Accent),
	}
}

// Shown is the branding of an installation as people see it.
func (b Branding) Shown() Branding { return b.over(Branding{ProductName: DefaultProductName}) }

var accentPattern = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// clean returns the branding as it is kept, or what is wrong with it.
func (b Branding) clean() (Branding, error) {
	if b.ProductName != "" {
		if b.ProductName = strings.TrimSpace(b.ProductName); b.ProductName == "" {
			return b, &InvalidError{"branding.product_name", "give 1 to 64 characters, or null for none of its own"}
		}
		if err := checkLine("branding.product_name", b.ProductName, maxName); err != nil {
			return b, err
		}
	}
	if b.Accent = strings.ToLower(b.Accent); b.Accent != "" && !accentPattern.MatchString(b.Accent) {
		return b, &InvalidError{"branding.accent", "give a colour as #rrggbb, such as #2f55d4"}
	}
	if b.Logo == "" {
		return b, nil
	}
	return b, checkLogo(b.Logo)
}

// replaceBranding puts a new branding in the place of another; nil leaves it.
func replaceBranding(to *Branding, with *Branding) error {
	if with == nil {
		return nil
	}
	cleaned, err := with.clean()
	if err != nil {
		return err
	}
	*to = cleaned
	return nil
}

// BrandingStore tells how pages look.
type BrandingStore interface {
	// Branding returns what is set for the installation and for a tenant, which is
	// nothing for a tenant that does not exist or is deleted.
	Branding(ctx context.Context, id TenantID) (installation, own Branding, err error)
}

// Branding is how pages look for a tenant; for the zero id, how they look for
// those who belong to none.
func (s *Service) Branding(ctx context.Context, id TenantID) (Branding, error) {
	installation, own, err := s.store.Branding(ctx, id)
	return own.over(installation).Shown(), err
}
