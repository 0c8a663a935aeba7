package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

type connectionCommand struct {
	Create  connectionCreate  `cmd:"" help:"Make a connection and its first token."`
	List    connectionList    `cmd:"" help:"List a tenant's connections."`
	Show    connectionShow    `cmd:"" help:"Show a connection, its settings and its tokens."`
	Set     connectionSet     `cmd:"" help:"Change how a connection answers where identity providers contradict each other."`
	Pending connectionPending `cmd:"" help:"List the members that a connection's groups wait for."`
	Pause   connectionPause   `cmd:"" help:"Let a connection answer 503, so that its identity provider keeps its changes."`
	Resume  connectionResume  `cmd:"" help:"Let a paused connection take requests again."`
	Update  connectionUpdate  `cmd:"" help:"Change a connection: its name, provider, scopes or domains."`
	Delete  connectionDelete  `cmd:"" help:"Delete a connection; its tokens stop at once. It can be restored for 30 days."`
	Restore connectionRestore `cmd:"" help:"Bring a deleted connection back as it was."`
}

type (
	connectionCreate struct {
		Tenant    string   `required:"" help:"The tenant's id, ten…"`
		Name      string   `required:"" help:"What people call the connection, 1 to 64 characters, unique in the tenant."`
		Provider  string   `required:"" help:"The identity provider: okta, entra, onelogin, jumpcloud, google, pingone, pingfederate, rippling, cyberark, salesforce, aws, authentik or generic."`
		Scopes    *string  `placeholder:"SCOPE,…" help:"What it may do: users: or groups: and create, read, update or delete, and users:deactivate. Default: all but users:delete, and that too where the provider needs it."`
		Domains   []string `placeholder:"DOMAIN,…" help:"The domains whose people it may provision. Default: anybody."`
		Setting   []string `sep:"none" placeholder:"KEY=VALUE" help:"Where it departs from the provider's preset, once for each setting: see roster connection set --help."`
		TokenName string   `default:"First token" help:"The name of its first token."`
		Expires   string   `default:"never" help:"How long the first token works: 12h, 90d, 1y or never."`
	}
	connectionList struct {
		Tenant  string `required:"" help:"The tenant's id, ten…"`
		Deleted bool   `help:"List those that were deleted and can be restored."`
		paging
	}
	connectionShow   struct{ connectionArgument }
	connectionPause  struct{ connectionArgument }
	connectionResume struct{ connectionArgument }

	connectionArgument struct {
		Connection string `arg:"" help:"The connection's id, con…"`
	}
)

// connectionView is a connection as commands answer it.
type connectionView struct {
	ID              string         `json:"id"`
	TenantID        string         `json:"tenant_id"`
	Name            string         `json:"name"`
	Provider        string         `json:"provider"`
	Status          string         `json:"status"`
	BaseURL         string         `json:"base_url"`
	Scopes          authz.ScopeSet `json:"scopes"`
	Domains         []string       `json:"domains,omitempty"`
	*settingsView                  // of create and show
	PendingMembers  *int           `json:"pending_members,omitempty"` // of show
	CreatedAt       time.Time      `json:"created_at"`
	RestorableUntil *time.Time     `json:"restorable_until,omitempty"`
	PeopleOnDelete  string         `json:"people_on_delete,omitempty"`
	Tokens          []tokenView    `json:"tokens,omitempty"` // of show
}

func viewConnection(config *Config, c *tenants.Connection) connectionView {
	return connectionView{
		ID: c.ID.String(), TenantID: c.TenantID.String(), Name: c.Name, Provider: string(c.Provider),
		Status: string(c.State()), BaseURL: baseURL(config.publicURL(config.Listen), c.ID), Scopes: c.Scopes, Domains: c.Domains,
		CreatedAt: c.CreatedAt, RestorableUntil: optional(c.RestorableUntil()), PeopleOnDelete: string(c.People),
	}
}

func viewConnections(config *Config, list []*tenants.Connection) []connectionView {
	return views(list, func(c *tenants.Connection) connectionView { return viewConnection(config, c) })
}

func (v connectionView) text(w io.Writer) {
	fields(w, [2]string{"id", v.ID}, [2]string{"tenant", v.TenantID}, [2]string{"name", v.Name},
		[2]string{"provider", quirk.Provider(v.Provider).Name()}, [2]string{"status", v.Status},
		[2]string{"base URL", v.BaseURL}, [2]string{"may", v.Scopes.String()},
		[2]string{"domains", strings.Join(v.Domains, ", ")}, [2]string{"created", when(v.CreatedAt)})
}

func tableConnections(w io.Writer, tenant string, list []connectionView) {
	if len(list) == 0 {
		fmt.Fprintf(w, "No connections. Make one: roster connection create --tenant %s --name NAME --provider okta\n", tenant)
		return
	}
	rows := views(list, func(v connectionView) []string {
		return []string{v.ID, v.Name, quirk.Provider(v.Provider).Name(), v.Status, when(v.CreatedAt)}
	})
	table(w, []string{"ID", "NAME", "PROVIDER", "STATUS", "CREATED"}, rows)
}

// parse reads what the flags say.
func (c *connectionCreate) parse() (n tenants.NewConnection, lifetime time.Duration, err error) {
	n = tenants.NewConnection{Name: c.Name, Provider: c.Provider, Domains: c.Domains}
	if n.TenantID, err = tenants.ParseTenantID(c.Tenant); err != nil {
		return n, 0, malformed("tenant", c.Tenant, "ten")
	}
	if _, err := quirk.ParseProvider(c.Provider); err != nil {
		return n, 0, &usageError{"--provider: " + err.Error()}
	}
	if n.Scopes, err = parseScopes(c.Scopes); err != nil {
		return n, 0, err
	}
	if n.Settings, err = quirk.ParseChanges(c.Setting); err != nil {
		return n, 0, &usageError{"--setting: " + err.Error()}
	}
	if lifetime, err = tenants.ParseLifetime(c.Expires); err != nil {
		return n, 0, &usageError{explain(err)}
	}
	return n, lifetime, nil
}

// Run implements the command.
func (c *connectionCreate) Run(ctx context.Context, config *Config, out *output) error {
	wanted, lifetime, err := c.parse()
	if err != nil {
		return err
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		connection, token, secret, err := s.CreateConnectionWithToken(ctx, wanted, tenants.NewToken{Name: c.TokenName, Lifetime: lifetime})
		if err != nil {
			return absent(err, "tenant "+c.Tenant, "roster tenant list")
		}
		view := viewConnection(config, connection)
		view.settingsView = viewSettings(connection)
		return c.answer(out, view, token, secret)
	})
}

func (c *connectionCreate) answer(out *output, view connectionView, token *tenants.Token, secret tenants.Secret) error {
	answer := struct {
		connectionView
		Token     string     `json:"token"`
		TokenID   string     `json:"token_id"`
		ExpiresAt *time.Time `json:"token_expires_at,omitempty"`
	}{view, secret.Reveal(), token.ID.String(), optional(token.ExpiresAt)}
	return out.print(answer, func(w io.Writer) {
		fmt.Fprintf(w, "Made connection %q.\n\n", view.Name)
		view.text(w)
		if len(view.Changed) > 0 {
			fmt.Fprintf(w, "\nSet otherwise than the preset of %s:\n\n", quirk.Provider(view.Provider).Name())
			view.settingsView.text(w, func(key string) bool { return slices.Contains(view.Changed, key) })
		}
		fmt.Fprintf(w, "\nEnter these in %s:\n\n", quirk.Provider(view.Provider).Name())
		fields(w, [2]string{"SCIM base URL", view.BaseURL}, [2]string{"token", secret.Reveal()}, [2]string{"expires", orNever(token.ExpiresAt)})
		fmt.Fprintln(w, "\nThe token is shown this once and kept nowhere. Whoever has it can change this directory.")
	})
}

// Run implements the command.
func (c *connectionList) Run(ctx context.Context, config *Config, out *output) error {
	tenant, err := tenants.ParseTenantID(c.Tenant)
	if err != nil {
		return malformed("tenant", c.Tenant, "ten")
	}
	after, err := parseCursor(c.After, tenants.ParseConnectionID)
	if err != nil {
		return err
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		list, err := s.ListConnections(ctx, tenant, c.filter(), after, c.Limit+1)
		if err != nil {
			return absent(err, "tenant "+c.Tenant, "roster tenant list")
		}
		list, next := page(list, c.Limit, func(c *tenants.Connection) string { return c.ID.String() })
		answer := struct {
			Connections []connectionView `json:"connections"`
			Next        string           `json:"next,omitempty"`
		}{viewConnections(config, list), next}
		return out.print(answer, func(w io.Writer) {
			tableConnections(w, c.Tenant, answer.Connections)
			more(w, "roster connection list --tenant "+c.Tenant, next)
		})
	})
}

// Run implements the command.
func (c *connectionShow) Run(ctx context.Context, config *Config, out *output) error {
	return c.with(ctx, config, func(s *tenants.Service, id tenants.ConnectionID) error {
		connection, err := s.Connection(ctx, id)
		if err != nil {
			return err
		}
		tokens, err := s.ListTokens(ctx, id, tenants.TokenID{}, maxPage)
		if err != nil {
			return err
		}
		pending, err := s.CountPendingMembers(ctx, id)
		if err != nil {
			return err
		}
		view := viewConnection(config, connection)
		view.settingsView, view.PendingMembers = viewSettings(connection), &pending
		view.Tokens = views(tokens, viewToken)
		return out.print(view, func(w io.Writer) {
			view.text(w)
			fmt.Fprintf(w, "\nSettings; with * they depart from the preset of %s:\n\n", connection.Provider.Name())
			view.settingsView.text(w, func(string) bool { return true })
			tellPending(w, id, pending)
			fmt.Fprintln(w)
			tableTokens(w, view.ID, view.Tokens)
		})
	})
}

// Run implements the command.
func (c *connectionPause) Run(ctx context.Context, config *Config, out *output) error {
	return c.change(ctx, config, out, (*tenants.Service).PauseConnection, "paused",
		"It answers 503 from now on; its identity provider keeps trying. Undo: roster connection resume %s")
}

// Run implements the command.
func (c *connectionResume) Run(ctx context.Context, config *Config, out *output) error {
	return c.change(ctx, config, out, (*tenants.Service).ResumeConnection, "active", "It takes requests again.")
}

// change carries out a change of the connection's state and says what it means.
// An empty status is whatever it has then.
func (a *connectionArgument) change(ctx context.Context, config *Config, out *output,
	do func(*tenants.Service, context.Context, tenants.ConnectionID) (*tenants.Connection, error), status, effect string,
) error {
	return a.with(ctx, config, func(s *tenants.Service, id tenants.ConnectionID) error {
		c, err := do(s, ctx, id)
		if err != nil {
			return err
		}
		return out.changed("Connection", id.String(), cmp.Or(status, string(c.State())), effect)
	})
}

func (a *connectionArgument) with(ctx context.Context, config *Config, do func(*tenants.Service, tenants.ConnectionID) error) error {
	id, err := tenants.ParseConnectionID(a.Connection)
	if err != nil {
		return malformed("connection", a.Connection, "con")
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		return absent(do(s, id), "connection "+a.Connection, "roster connection list --tenant TENANT")
	})
}
