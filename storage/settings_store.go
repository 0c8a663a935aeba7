package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// Settings implements tenants.RoleStore.
func (s *Tenants) Settings(ctx context.Context) (tenants.Settings, error) {
	var settings tenants.Settings
	err := s.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(scanBrandedSettings(&settings), selectSettings)
		return tx.last(ctx, b)
	})
	if err != nil {
		return tenants.Settings{}, fmt.Errorf("find settings: %w", err)
	}
	return settings, nil
}

// scanSettings reads what is stored over what holds if nothing is.
func scanSettings(to *tenants.Settings) func(scanner) error {
	return func(row scanner) error {
		var stored []byte
		if err := row.Scan(&stored); err != nil {
			return err
		}
		*to = tenants.DefaultSettings()
		return json.Unmarshal(stored, to)
	}
}

const selectSettings = `select settings, branding from installation`

// scanBrandedSettings is scanSettings for selectSettings.
func scanBrandedSettings(to *tenants.Settings) func(scanner) error {
	return func(row scanner) (err error) {
		var stored, branding []byte
		if err := row.Scan(&stored, &branding); err != nil {
			return err
		}
		*to = tenants.DefaultSettings()
		if err := json.Unmarshal(stored, to); err != nil {
			return err
		}
		to.Branding, err = readBranding(branding)
		return err
	}
}

// UpdateSettings implements tenants.RoleStore.
func (s *Tenants) UpdateSettings(ctx context.Context, change func(s *tenants.Settings) error) (tenants.Settings, error) {
	var updated tenants.Settings
	err := s.db.update(ctx, installationTenant, func(tx *tx) error {
		var before tenants.Settings
		if err := tx.get(ctx, scanBrandedSettings(&before), selectSettings+tx.forChange()); err != nil {
			return err
		}
		updated = before
		if err := change(&updated); err != nil {
			return err
		}
		if updated == before {
			return errRollback
		}
		text, err := encode(updated)
		if err != nil {
			return err
		}
		branding, err := encode(updated.Branding)
		if err != nil {
			return err
		}
		if updated.AccessRule != before.AccessRule {
			if err := enqueueAccessJobs(ctx, tx, access.JobRule, ""); err != nil {
				return err
			}
		}
		b := &batch{}
		b.exec(`update installation set settings = $1, branding = $2`, text, branding)
		return tx.note(ctx, b, note{
			action: "settings.updated", targetType: "settings", targetName: "settings",
			changes: settingsChanges(before, updated),
		})
	})
	if err != nil {
		return tenants.Settings{}, fmt.Errorf("update settings: %w", err)
	}
	return updated, nil
}

// settingsChanges are what the audit log tells of a change.
func settingsChanges(before, after tenants.Settings) map[string]any {
	changes := map[string]any{}
	if before.AccessRule != after.AccessRule {
		changes["access_rule"] = events.Change{From: before.AccessRule, To: after.AccessRule}
	}
	if before.EventsRetentionDays != after.EventsRetentionDays {
		changes["events_retention_days"] = events.Change{From: before.EventsRetentionDays, To: after.EventsRetentionDays}
	}
	if before.Branding != after.Branding {
		changes["branding"] = events.Change{From: brandingFacts(before.Branding), To: brandingFacts(after.Branding)}
	}
	return changes
}
