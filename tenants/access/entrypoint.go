package access

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/roster-scim/roster/tenants"
)

// EntryPoint is a place in the vendor's app where a role applies.
type EntryPoint struct {
	Key         string
	Name        string
	Description string
	CreatedAt   time.Time // zero for Everywhere, which was always there
}

// Organisation is the entry point that every tenant has.
func Organisation() *EntryPoint {
	return &EntryPoint{Key: Everywhere, Name: "Whole organisation", Description: "Everything in this tenant."}
}

// EntryPointChange is what is to be changed; nil leaves something as it is.
type EntryPointChange struct{ Name, Description *string }

// EntryPointStore keeps entry points other than Everywhere.
type EntryPointStore interface {
	// EntryPoint returns one entry point. Error: ErrNotFound.
	EntryPoint(ctx context.Context, tenant tenants.TenantID, key string) (*EntryPoint, error)
	// EntryPoints returns at most limit entry points whose keys come behind one.
	EntryPoints(ctx context.Context, tenant tenants.TenantID, after string, limit int) ([]*EntryPoint, error)
	// CreateEntryPoint stores an entry point and says when that was. Error:
	// *TakenError for "key".
	CreateEntryPoint(ctx context.Context, tenant tenants.TenantID, e *EntryPoint) error
	// UpdateEntryPoint changes an entry point and returns it. Error: ErrNotFound.
	UpdateEntryPoint(ctx context.Context, tenant tenants.TenantID, key string, c EntryPointChange) (*EntryPoint, error)
	// DeleteEntryPoint takes an entry point away. Errors: ErrNotFound,
	// *RefusedError "in_use" while mappings or assignments refer to it.
	DeleteEntryPoint(ctx context.Context, tenant tenants.TenantID, key string) error
}

const (
	maxEntryPointName = 64  // characters
	maxDescription    = 500 // characters
)

// EntryPoint returns one entry point. Error: ErrNotFound.
func (s *Service) EntryPoint(ctx context.Context, tenant tenants.TenantID, key string) (*EntryPoint, error) {
	if key == Everywhere {
		return Organisation(), nil
	}
	return s.store.EntryPoint(ctx, tenant, key)
}

// ListEntryPoints returns at most limit entry points behind a key, Everywhere
// first of all.
func (s *Service) ListEntryPoints(ctx context.Context, tenant tenants.TenantID, after string, limit int) ([]*EntryPoint, error) {
	switch after {
	case "":
		rest, err := s.store.EntryPoints(ctx, tenant, "", limit-1)
		return append([]*EntryPoint{Organisation()}, rest...), err
	case Everywhere:
		after = ""
	}
	return s.store.EntryPoints(ctx, tenant, after, limit)
}

// CreateEntryPoint makes an entry point.
func (s *Service) CreateEntryPoint(ctx context.Context, tenant tenants.TenantID, e EntryPoint) (*EntryPoint, error) {
	if !keyPattern.MatchString(e.Key) {
		return nil, &tenants.InvalidError{Field: "key", Reason: "give 1 to 63 lower-case letters, digits, dots, underscores and hyphens, beginning with a letter or digit"}
	}
	c, err := EntryPointChange{&e.Name, &e.Description}.clean()
	if err != nil {
		return nil, err
	}
	e.Name, e.Description = *c.Name, *c.Description
	if err := s.store.CreateEntryPoint(ctx, tenant, &e); err != nil {
		return nil, err
	}
	return &e, nil
}

// UpdateEntryPoint changes the name or the description of an entry point.
func (s *Service) UpdateEntryPoint(ctx context.Context, tenant tenants.TenantID, key string, c EntryPointChange) (*EntryPoint, error) {
	if key == Everywhere {
		return nil, fixed()
	}
	c, err := c.clean()
	if err != nil {
		return nil, err
	}
	return s.store.UpdateEntryPoint(ctx, tenant, key, c)
}

// DeleteEntryPoint takes an entry point away that nothing refers to.
func (s *Service) DeleteEntryPoint(ctx context.Context, tenant tenants.TenantID, key string) error {
	if key == Everywhere {
		return fixed()
	}
	return s.store.DeleteEntryPoint(ctx, tenant, key)
}

func fixed() error {
	return &tenants.RefusedError{Code: "in_use", Reason: `The entry point "*" is the whole organisation: every tenant has it, and it cannot be changed.`}
}

func (c EntryPointChange) clean() (EntryPointChange, error) {
	name, err := cleanText("name", c.Name, maxEntryPointName)
	if err != nil {
		return c, err
	}
	if name != nil && *name == "" {
		return c, &tenants.InvalidError{Field: "name", Reason: fmt.Sprintf("give 1 to %d characters", maxEntryPointName)}
	}
	description, err := cleanText("description", c.Description, maxDescription)
	return EntryPointChange{name, description}, err
}

// cleanText trims a text and refuses what is too long or invisible.
func cleanText(field string, text *string, limit int) (*string, error) {
	if text == nil {
		return nil, nil //nolint:nilnil // what is not given stays as it is
	}
	clean := strings.TrimSpace(*text)
	if n := utf8.RuneCountInString(clean); n > limit {
		return nil, &tenants.InvalidError{Field: field, Reason: fmt.Sprintf("it has %d characters; at most %d are allowed", n, limit)}
	}
	invisible := func(r rune) bool { return r != ' ' && r != '\n' && !unicode.IsPrint(r) }
	if !utf8.ValidString(clean) || strings.ContainsFunc(clean, invisible) {
		return nil, &tenants.InvalidError{Field: field, Reason: "it has invisible characters; remove them"}
	}
	return &clean, nil
}
