package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/roster-scim/roster/tenants"
)

type tenantCommand struct {
	Create  tenantCreate  `cmd:"" help:"Make a tenant."`
	List    tenantList    `cmd:"" help:"List tenants."`
	Show    tenantShow    `cmd:"" help:"Show a tenant and its connections."`
	Suspend tenantSuspend `cmd:"" help:"Stop serving a tenant: its connections answer 403."`
	Resume  tenantResume  `cmd:"" help:"Serve a suspended tenant again."`
	Update  tenantUpdate  `cmd:"" help:"Change a tenant: its name, what it may do, who is taken over."`
	Delete  tenantDelete  `cmd:"" help:"Delete a tenant with its connections; their tokens stop at once. It can be restored for 30 days."`
	Restore tenantRestore `cmd:"" help:"Bring a deleted tenant back as it was."`
}

type (
	tenantCreate struct {
		Name       string `required:"" help:"What people call the customer, 1 to 64 characters."`
		ExternalID string `help:"Your own id of the customer; unique."`
	}
	tenantList struct {
		Deleted bool `help:"List those that were deleted and can be restored."`
		paging
	}
	tenantShow    struct{ tenantArgument }
	tenantSuspend struct{ tenantArgument }
	tenantResume  struct{ tenantArgument }
	tenantRestore struct{ tenantArgument }
	tenantDelete  struct {
		tenantArgument
		Confirm string `placeholder:"NAME" help:"The tenant's name: with another one nothing happens."`
	}

	tenantArgument struct {
		Tenant string `arg:"" help:"The tenant's id, ten…"`
	}
)

// tenantView is a tenant as commands answer it.
type tenantView struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	ExternalID string `json:"external_id,omitempty"`
	Status     string `json:"status"`
	entitlementsView
	adoptionView
	CreatedAt       time.Time        `json:"created_at"`
	RestorableUntil *time.Time       `json:"restorable_until,omitempty"`
	Connections     []connectionView `json:"connections,omitempty"` // of show
}

func viewTenant(t *tenants.Tenant) tenantView {
	return tenantView{
		ID: t.ID.String(), Name: t.Name, ExternalID: t.ExternalID, Status: string(t.State()), CreatedAt: t.CreatedAt,
		entitlementsView: viewEntitlements(t.Entitlements), adoptionView: viewAdoption(t.Adoption),
		RestorableUntil: optional(t.RestorableUntil()),
	}
}

func (v tenantView) text(w io.Writer) {
	fields(w, [2]string{"id", v.ID}, [2]string{"name", v.Name}, [2]string{"external id", v.ExternalID},
		[2]string{"status", v.Status}, [2]string{"may", v.entitlementsView.text()}, [2]string{"takes over", v.adoptionView.text()},
		[2]string{"created", when(v.CreatedAt)})
}

// Run implements the command.
func (c *tenantCreate) Run(ctx context.Context, config *Config, out *output) error {
	return withTenants(ctx, config, func(s *tenants.Service) error {
		t, err := s.CreateTenant(ctx, tenants.NewTenant{Name: c.Name, ExternalID: c.ExternalID})
		if err != nil {
			return err
		}
		view := viewTenant(t)
		return out.print(view, func(w io.Writer) {
			fmt.Fprintf(w, "Made tenant %q.\n\n", view.Name)
			view.text(w)
			fmt.Fprintf(w, "\nNext: roster connection create --tenant %s --name NAME --provider okta\n", view.ID)
		})
	})
}

// Run implements the command.
func (c *tenantList) Run(ctx context.Context, config *Config, out *output) error {
	after, err := parseCursor(c.After, tenants.ParseTenantID)
	if err != nil {
		return err
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		list, err := s.ListTenants(ctx, c.filter(), after, c.Limit+1)
		if err != nil {
			return err
		}
		list, next := page(list, c.Limit, func(t *tenants.Tenant) string { return t.ID.String() })
		answer := struct {
			Tenants []tenantView `json:"tenants"`
			Next    string       `json:"next,omitempty"`
		}{views(list, viewTenant), next}
		return out.print(answer, func(w io.Writer) {
			if len(list) == 0 && c.Deleted {
				fmt.Fprintln(w, "No tenants that could be restored.")
				return
			}
			if len(list) == 0 {
				fmt.Fprintln(w, "No tenants. Make one: roster tenant create --name NAME")
				return
			}
			rows := views(answer.Tenants, func(v tenantView) []string {
				return []string{v.ID, v.Name, v.ExternalID, v.Status, when(v.CreatedAt)}
			})
			table(w, []string{"ID", "NAME", "EXTERNAL ID", "STATUS", "CREATED"}, rows)
			more(w, c.again(), next)
		})
	})
}

// Run implements the command.
func (c *tenantShow) Run(ctx context.Context, config *Config, out *output) error {
	return c.with(ctx, config, func(s *tenants.Service, id tenants.TenantID) error {
		t, err := s.Tenant(ctx, id)
		if err != nil {
			return err
		}
		connections, err := s.ListConnections(ctx, id, tenants.ConnectionFilter{}, tenants.ConnectionID{}, maxPage)
		if err != nil {
			return err
		}
		view := viewTenant(t)
		view.Connections = viewConnections(config, connections)
		return out.print(view, func(w io.Writer) {
			view.text(w)
			fmt.Fprintln(w)
			tableConnections(w, view.ID, view.Connections)
		})
	})
}

// Run implements the command.
func (c *tenantSuspend) Run(ctx context.Context, config *Config, out *output) error {
	return c.change(ctx, config, out, (*tenants.Service).SuspendTenant, "suspended",
		"Its connections answer 403 from now on. Undo: roster tenant resume %s")
}

// Run implements the command.
func (c *tenantResume) Run(ctx context.Context, config *Config, out *output) error {
	return c.change(ctx, config, out, (*tenants.Service).ResumeTenant, "active", "Its connections are served again.")
}

// Run implements the command.
func (c *tenantDelete) Run(ctx context.Context, config *Config, out *output) error {
	return c.change(ctx, config, out, func(s *tenants.Service, ctx context.Context, id tenants.TenantID) (*tenants.Tenant, error) {
		t, err := s.Tenant(ctx, id)
		if err != nil {
			return nil, err
		}
		return s.DeleteTenant(ctx, id, cmp.Or(c.Confirm, t.Name))
	}, "deleted", "Its connections and tokens stopped working. In 30 days what they provisioned is removed. Undo: roster tenant restore %s")
}

// Run implements the command.
func (c *tenantRestore) Run(ctx context.Context, config *Config, out *output) error {
	return c.change(ctx, config, out, (*tenants.Service).RestoreTenant, "",
		"It is as it was: its connections are there again, and their tokens work.")
}

func (c *tenantList) filter() (f tenants.TenantFilter) {
	if c.Deleted {
		f.Status = tenants.TenantDeleted
	}
	return f
}

// again is the command that lists the next page.
func (c *tenantList) again() string {
	if c.Deleted {
		return "roster tenant list --deleted"
	}
	return "roster tenant list"
}

// change carries out a change of the tenant's state and says what it means. An
// empty status is whatever it has then.
func (a *tenantArgument) change(ctx context.Context, config *Config, out *output,
	do func(*tenants.Service, context.Context, tenants.TenantID) (*tenants.Tenant, error), status, effect string,
) error {
	return a.with(ctx, config, func(s *tenants.Service, id tenants.TenantID) error {
		t, err := do(s, ctx, id)
		if err != nil {
			return err
		}
		return out.changed("Tenant", id.String(), cmp.Or(status, string(t.State())), effect)
	})
}

func (a *tenantArgument) with(ctx context.Context, config *Config, do func(*tenants.Service, tenants.TenantID) error) error {
	id, err := tenants.ParseTenantID(a.Tenant)
	if err != nil {
		return malformed("tenant", a.Tenant, "ten")
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		return absent(do(s, id), "tenant "+a.Tenant, "roster tenant list")
	})
}

// absent says what does not exist and where to look for what does.
func absent(err error, what, list string) error {
	if errors.Is(err, tenants.ErrNotFound) {
		return fmt.Errorf("there is no %s; see: %s", what, list)
	}
	return err
}

// malformed is for what cannot be an id at all.
func malformed(what, got, prefix string) error {
	return &usageError{fmt.Sprintf("%q is not the id of a %s; those are %s and 26 digits and small letters", got, what, prefix)}
}

// asCommand makes a command the origin of what it changes. What a server does by
// itself says so.
func asCommand(ctx context.Context) context.Context {
	return tenants.As(ctx, tenants.Origin{Actor: "command", ActorName: "roster command"})
}
