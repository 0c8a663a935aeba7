package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// GetSettings implements api.StrictServerInterface.
func (h *handlers) GetSettings(ctx context.Context, _ api.GetSettingsRequestObject) (api.GetSettingsResponseObject, error) {
	settings, err := h.roles.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return api.GetSettings200JSONResponse(settingsAnswer(settings)), nil
}

// UpdateSettings implements api.StrictServerInterface.
func (h *handlers) UpdateSettings(ctx context.Context, r api.UpdateSettingsRequestObject) (api.UpdateSettingsResponseObject, error) {
	settings, err := h.roles.UpdateSettings(ctx, tenants.SettingsChange{
		AccessRule: (*tenants.AccessRule)(r.Body.AccessRule), EventsRetentionDays: r.Body.EventsRetentionDays,
		Branding: brandingChange(r.Body.Branding),
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateSettings200JSONResponse(settingsAnswer(settings)), nil
}

func settingsAnswer(s tenants.Settings) api.Settings {
	return api.Settings{
		AccessRule: api.AccessRule(s.AccessRule), EventsRetentionDays: s.EventsRetentionDays, Branding: brandingShown(s.Branding.Shown()),
	}
}
