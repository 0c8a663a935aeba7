package portal

import (
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

func now() time.Time { return time.Now().UTC() }

// timeOrNull is a time that is null where there is none.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// referenceOrNull is something by its id and name, null where there is none.
func referenceOrNull(id, name string) *api.OptionalReference {
	if id == "" {
		return nil
	}
	return &api.OptionalReference{ID: id, Name: name}
}

func permissionsOf(set authz.PermissionSet) []api.Permission {
	list := []api.Permission{}
	for _, p := range set.List() {
		list = append(list, api.Permission(p))
	}
	return list
}

// lifetime reads expires_in; none is forever.
func lifetime(text *string) (time.Duration, error) {
	if text == nil {
		return tenants.Forever, nil
	}
	return tenants.ParseLifetime(*text)
}

// openPlace reads the cursor of a list that goes from new to old.
func openPlace[ID any](h *handlers, kind string, cursor *string, parse func(string) (ID, error)) (ID, error) {
	var none ID
	place := agePlace{}
	if err := h.cursors.open(kind, orZero(cursor), &place); err != nil || place.Before == "" {
		return none, err
	}
	return parse(place.Before)
}
