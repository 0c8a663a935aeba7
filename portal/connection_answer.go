package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

func (h *handlers) connectionAnswer(c *tenants.Connection, n tenants.DirectoryCount) api.Connection {
	return api.Connection{
		ID: c.ID.String(), TenantID: c.TenantID.String(), Name: c.Name, Provider: api.Provider(c.Provider),
		Status: api.ConnectionStatus(c.State()), BaseURL: h.publicURL + "/scim/v2/" + c.ID.String(),
		Scopes: scopesAnswer(c.Scopes), Domains: append([]string{}, c.Domains...), Settings: api.ConnectionSettings{
			AllowEmptyPatch: c.Settings.AllowEmptyPatch, KeepEmptyStrings: c.Settings.KeepEmptyStrings,
			PatchGroupReturnsBody: c.Settings.PatchGroupReturnsBody, PatchUserReturnsBody: c.Settings.PatchUserReturnsBody,
			PendingMembers: c.Settings.PendingMembers, RefuseUnknownAttributes: c.Settings.RefuseUnknownAttributes,
			StrictTypes: c.Settings.StrictTypes, UniqueGroupNames: c.Settings.UniqueGroupNames,
		},
		People: api.PeopleCount{Total: n.People, Active: n.Active}, Groups: n.Groups,
		CreatedAt: c.CreatedAt, DeletedAt: timeOrNull(c.DeletedAt), RestorableUntil: timeOrNull(c.RestorableUntil()),
		PeopleOnDelete: orNull(api.ConnectionPeopleOnDelete(c.People)),
	}
}

func scopesAnswer(set authz.ScopeSet) []api.Scope {
	return answers(set.List(), func(s authz.Scope) api.Scope { return api.Scope(s.String()) })
}

func newConnection(tenant tenants.TenantID, body *api.NewConnection) (n tenants.NewConnection, err error) {
	n = tenants.NewConnection{TenantID: tenant, Name: body.Name, Provider: string(body.Provider), Domains: body.Domains}
	if body.Scopes != nil {
		if n.Scopes, err = scopesOf(body.Scopes); err != nil {
			return n, err
		}
	}
	n.Settings, err = settingChanges(body.Settings)
	return n, err
}

func connectionUpdate(body *api.ConnectionChange) (u tenants.ConnectionUpdate, err error) {
	u = tenants.ConnectionUpdate{Name: body.Name, Provider: (*string)(body.Provider)}
	if body.Scopes != nil {
		scopes, err := scopesOf(body.Scopes)
		if err != nil {
			return u, err
		}
		u.Scopes = &scopes
	}
	if body.Domains != nil {
		u.Domains = &body.Domains
	}
	u.Settings, err = settingChanges(body.Settings)
	return u, err
}

// scopesOf reads scopes. An empty list must not pass for the default, which is
// nearly everything.
func scopesOf(list []api.Scope) (authz.ScopeSet, error) {
	if len(list) == 0 {
		return 0, &tenants.InvalidError{Field: "scopes", Reason: "name at least one scope, or leave the member out"}
	}
	set, err := authz.ParseScopes(answers(list, func(s api.Scope) string { return string(s) }))
	if err != nil {
		return 0, &tenants.InvalidError{Field: "scopes", Reason: err.Error()}
	}
	return set, nil
}

// settingChanges reads the settings that are named.
func settingChanges(c *api.ConnectionSettingsChange) ([]quirk.Change, error) {
	if c == nil {
		return nil, nil
	}
	encoded, err := json.Marshal(c) // which leaves out what is not named
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	var named map[string]bool
	if err := json.Unmarshal(encoded, &named); err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	var assignments []string
	for _, key := range slices.Sorted(maps.Keys(named)) {
		assignments = append(assignments, key+"="+strconv.FormatBool(named[key]))
	}
	changes, err := quirk.ParseChanges(assignments)
	if err != nil {
		return nil, &tenants.InvalidError{Field: "settings", Reason: err.Error()}
	}
	return changes, nil
}

// within says that a field is part of another.
func within(field string, err error) error {
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); ok {
		return &tenants.InvalidError{Field: field + "." + invalid.Field, Reason: invalid.Reason}
	}
	return err
}
