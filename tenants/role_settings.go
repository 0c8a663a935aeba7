package tenants

import (
	"context"
	"fmt"
)

// AccessRule says what somebody gets who has several roles at an entry point.
type AccessRule string

// The rules for several roles.
const (
	AccessHighest AccessRule = "highest" // the one of the highest rank
	AccessAll     AccessRule = "all"
)

// Settings are those of the installation.
type Settings struct {
	AccessRule AccessRule `json:"access_rule"`
	// EventsRetentionDays is for how long events are kept.
	EventsRetentionDays int `json:"events_retention_days"`
	// Branding has a place of its own: logos are large.
	Branding Branding `json:"-"`
}

// Bounds of EventsRetentionDays.
const (
	minEventsRetention     = 1
	defaultEventsRetention = 90
	maxEventsRetention     = 3650
)

// DefaultSettings are those of an installation that nobody has set.
func DefaultSettings() Settings {
	return Settings{AccessRule: AccessHighest, EventsRetentionDays: defaultEventsRetention}
}

// SettingsChange is a change of the settings; nil leaves one as it is.
type SettingsChange struct {
	AccessRule          *AccessRule
	EventsRetentionDays *int
	Branding            *Branding // as a whole
}

// Settings returns those of the installation.
func (s *Roles) Settings(ctx context.Context) (Settings, error) { return s.store.Settings(ctx) }

// UpdateSettings changes those of the installation.
func (s *Roles) UpdateSettings(ctx context.Context, c SettingsChange) (Settings, error) {
	return s.store.UpdateSettings(ctx, c.apply)
}

func (c SettingsChange) apply(to *Settings) error {
	if c.AccessRule != nil {
		if *c.AccessRule != AccessHighest && *c.AccessRule != AccessAll {
			return &InvalidError{"access_rule", fmt.Sprintf("give %s or %s", AccessHighest, AccessAll)}
		}
		to.AccessRule = *c.AccessRule
	}
	if days := c.EventsRetentionDays; days != nil {
		if *days < minEventsRetention || *days > maxEventsRetention {
			return &InvalidError{"events_retention_days", fmt.Sprintf("give %d to %d days", minEventsRetention, maxEventsRetention)}
		}
		to.EventsRetentionDays = *days
	}
	return replaceBranding(&to.Branding, c.Branding)
}
