package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

type (
	connectionUpdate struct {
		connectionArgument
		Name     *string   `help:"Its new name."`
		Provider *string   `help:"Moves it to another identity provider; its directory, ids and tokens stay."`
		Scopes   *string   `placeholder:"SCOPE,…" help:"What it may do."`
		Domains  *[]string `placeholder:"DOMAIN,…" help:"The domains whose people it may provision; an empty one for anybody."`
	}
	connectionRestore struct{ connectionArgument }
	connectionDelete  struct {
		connectionArgument
		People  string `default:"keep" enum:"keep,deactivate,remove" help:"What becomes of its people in 30 days: ${enum}. Until then, those to be deactivated or removed hold no access."`
		Confirm string `placeholder:"NAME" help:"The connection's name: with another one nothing happens. Needed unless its people are kept."`
	}
)

func (c *connectionUpdate) update() (u tenants.ConnectionUpdate, err error) {
	u = tenants.ConnectionUpdate{Name: c.Name, Provider: c.Provider, Domains: c.Domains}
	if c.Domains != nil && slices.Equal(*c.Domains, []string{""}) {
		u.Domains = &[]string{}
	}
	if c.Scopes != nil {
		scopes, err := parseScopes(c.Scopes)
		if err != nil {
			return u, err
		}
		u.Scopes = &scopes
	}
	if c.Provider != nil {
		if _, err := quirk.ParseProvider(*c.Provider); err != nil {
			return u, &usageError{"--provider: " + err.Error()}
		}
	}
	return u, nil
}

// Run implements the command.
func (c *connectionUpdate) Run(ctx context.Context, config *Config, out *output) error {
	wanted, err := c.update()
	if err != nil {
		return err
	}
	return c.with(ctx, config, func(s *tenants.Service, id tenants.ConnectionID) error {
		connection, err := s.UpdateConnection(ctx, id, wanted)
		if err != nil {
			return err
		}
		view := viewConnection(config, connection)
		view.settingsView = viewSettings(connection)
		return out.print(view, func(w io.Writer) {
			fmt.Fprintf(w, "Connection %q is now:\n\n", view.Name)
			view.text(w)
		})
	})
}

// Run implements the command.
func (c *connectionDelete) Run(ctx context.Context, config *Config, out *output) error {
	people := tenants.PeopleOnDelete(c.People)
	if people != tenants.KeepPeople && c.Confirm == "" {
		return &usageError{"--confirm: give the connection's name, since its people are not kept"}
	}
	effect := map[tenants.PeopleOnDelete]string{
		tenants.KeepPeople:       "Its people stay; in 30 days they become yours to manage, and its groups go.",
		tenants.DeactivatePeople: "Its people hold no access now; in 30 days they are deactivated and become yours to manage, and its groups go.",
		tenants.RemovePeople:     "Its people hold no access now; in 30 days they and its groups are removed.",
	}[people]
	return c.change(ctx, config, out, func(s *tenants.Service, ctx context.Context, id tenants.ConnectionID) (*tenants.Connection, error) {
		connection, err := s.Connection(ctx, id)
		if err != nil {
			return nil, err
		}
		return s.DeleteConnection(ctx, id, tenants.ConnectionDeletion{People: people, Confirm: cmp.Or(c.Confirm, connection.Name)})
	}, "deleted", "Its tokens stopped working. "+effect+" Undo: roster connection restore %s")
}

// Run implements the command.
func (c *connectionRestore) Run(ctx context.Context, config *Config, out *output) error {
	return c.change(ctx, config, out, (*tenants.Service).RestoreConnection, "",
		"It is as it was, with its people, groups and tokens.")
}

func (c *connectionList) filter() (f tenants.ConnectionFilter) {
	if c.Deleted {
		f.Status = tenants.ConnectionDeleting
	}
	return f
}
