package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// brandingChoice answers what was chosen.
func brandingChoice(b tenants.Branding) *api.BrandingChoice {
	return &api.BrandingChoice{ProductName: orNull(b.ProductName), Logo: orNull(b.Logo), Accent: orNull(b.Accent)}
}

// brandingChange reads a branding, which comes as a whole; null is none.
func brandingChange(b *api.BrandingChoice) *tenants.Branding {
	if b == nil {
		return nil
	}
	return &tenants.Branding{ProductName: orZero(b.ProductName), Logo: orZero(b.Logo), Accent: orZero(b.Accent)}
}

// brandingShown answers how pages look.
func brandingShown(b tenants.Branding) api.Branding {
	return api.Branding{ProductName: b.ProductName, Logo: orNull(b.Logo), Accent: orNull(b.Accent)}
}

// brandSession says how the pages of a session look, and where they may be embedded.
func (h *handlers) brandSession(ctx context.Context, tenant tenants.TenantID, answer *api.Session) error {
	b, err := h.tenants.Branding(ctx, tenant)
	if err != nil {
		return err
	}
	answer.Branding, answer.FrameAncestors = brandingShown(b), append([]string{}, h.frameAncestors...)
	return nil
}
