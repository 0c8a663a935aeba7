package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

type connectionSet struct {
	Connection string   `required:"" help:"The connection's id, con…"`
	Settings   []string `arg:"" name:"KEY=VALUE" sep:"none" help:"A setting and its new value; default is that of the provider's preset."`
}

// Help is the catalogue of settings, as --help shows it.
func (connectionSet) Help() string {
	var b strings.Builder
	b.WriteString("A running server heeds a change within a second. The settings:\n")
	for _, d := range quirk.Catalogue() {
		fmt.Fprintf(&b, "\n%s (%s)\n", d.Key, d.About)
		for _, v := range d.Values {
			fmt.Fprintf(&b, "\n    %s: %s\n", v.Name, v.Meaning)
		}
	}
	return b.String()
}

// settingsView is a connection's settings as commands answer them.
type settingsView struct {
	Settings quirk.Settings `json:"settings"`
	Changed  []string       `json:"changed_settings"` // those that depart from the provider's preset
}

func viewSettings(c *tenants.Connection) *settingsView {
	return &settingsView{Settings: c.Settings, Changed: c.Settings.Departures(quirk.For(c.Provider))}
}

// text writes what each setting that is wanted means.
func (v *settingsView) text(w io.Writer, wanted func(key string) bool) {
	var lines [][2]string
	for _, d := range quirk.Catalogue() {
		if !wanted(d.Key) {
			continue
		}
		mark := "  "
		if slices.Contains(v.Changed, d.Key) {
			mark = "* "
		}
		value := d.Of(v.Settings)
		lines = append(lines, [2]string{mark + d.Key + "=" + value.Name, value.Meaning})
	}
	fields(w, lines...)
}

// Run implements the command.
func (c *connectionSet) Run(ctx context.Context, config *Config, out *output) error {
	id, err := tenants.ParseConnectionID(c.Connection)
	if err != nil {
		return malformed("connection", c.Connection, "con")
	}
	changes, err := quirk.ParseChanges(c.Settings)
	if err != nil {
		return &usageError{err.Error()}
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		connection, err := s.ChangeSettings(ctx, id, changes)
		if err != nil {
			return absent(err, "connection "+c.Connection, "roster connection list --tenant TENANT")
		}
		pending, err := s.CountPendingMembers(ctx, id)
		if err != nil {
			return err
		}
		answer := struct {
			ID string `json:"id"`
			*settingsView
			PendingMembers int `json:"pending_members"`
		}{id.String(), viewSettings(connection), pending}
		return out.print(answer, func(w io.Writer) {
			fmt.Fprintf(w, "Set for connection %q; a running server heeds it within a second:\n\n", connection.Name)
			answer.text(w, func(key string) bool {
				return slices.ContainsFunc(changes, func(c quirk.Change) bool { return c.Key() == key })
			})
			fmt.Fprintf(w, "\nWith * it departs from the preset of %s.\n", connection.Provider.Name())
			if !connection.Settings.PendingMembers {
				tellPending(w, id, pending)
			}
		})
	})
}

// tellPending says how many members wait, if any do.
func tellPending(w io.Writer, id tenants.ConnectionID, n int) {
	switch {
	case n == 1:
		fmt.Fprintf(w, "\n1 member waits to be provisioned and will join its group then: roster connection pending --connection %s\n", id)
	case n > 1:
		fmt.Fprintf(w, "\n%d members wait to be provisioned and will join their groups then: roster connection pending --connection %s\n", n, id)
	}
}
