package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/scimtest/idp"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/people"
)

// demoSeed makes up what belongs to no company.
const demoSeed = 1

// demoRoles are the vendor's, who has a wiki and a sales desk.
var demoRoles = []tenants.Role{
	{Key: "org-admin", Name: "Organisation administrator", Description: "Does everything, and invites others.", Rank: 40, Grantable: true},
	{Key: "editor", Name: "Editor", Description: "Writes and publishes.", Rank: 20, Grantable: true},
	{Key: "reader", Name: "Reader", Description: "Reads what is published.", Rank: 10, Grantable: true},
	{Key: "billing", Name: "Billing", Description: "Sees invoices. Given to people by name, not by groups.", Rank: 30},
}

var demoEntryPoints = []access.EntryPoint{
	{Key: "wiki", Name: "Wiki", Description: "What the company knows."},
	{Key: "sales-desk", Name: "Sales desk", Description: "Customers and offers."},
}

// demoMappings are those of the first groups. The others wait for somebody.
var demoMappings = [][]access.Holding{
	{{EntryPoint: access.Everywhere, Role: "reader"}, {EntryPoint: "wiki", Role: "editor"}},
	{{EntryPoint: "sales-desk", Role: "editor"}},
	{{EntryPoint: access.Everywhere, Role: "org-admin"}},
}

// wardrobe gives a demo what simulated identity providers do not bring along.
type wardrobe struct {
	app    *App
	roles  *tenants.Roles
	access *access.Service
	people *people.Service
	past   *storage.DemoPast
}

func newWardrobe(app *App) (*wardrobe, error) {
	store := storage.NewTenants(app.db)
	decider, err := authz.NewDecider(store)
	if err != nil {
		return nil, fmt.Errorf("make the demo's roles: %w", err)
	}
	return &wardrobe{
		app: app, roles: tenants.NewRoles(store, decider), access: access.New(storage.NewAccess(app.db)),
		people: people.NewService(storage.NewPeople(app.db, app.registries), app.resources, app.registries),
		past:   storage.NewDemoPast(app.db),
	}, nil
}

// unless leaves out that something is there already: an earlier demo made it.
func unless[T any](_ T, err error) error {
	if taken := (*tenants.TakenError)(nil); errors.As(err, &taken) {
		return nil
	}
	return err
}

// dress makes roles, entry points, mappings and a past for all companies.
func (s *stage) dress(ctx context.Context, app *App) error {
	w, err := newWardrobe(app)
	if err != nil {
		return err
	}
	ctx = tenants.As(ctx, tenants.Origin{Actor: "command", ActorName: "The demo"})
	for _, r := range demoRoles {
		if err := unless(w.roles.Create(ctx, r)); err != nil {
			return fmt.Errorf("make the demo's roles: %w", err)
		}
	}
	for _, c := range s.Companies {
		if err := w.company(ctx, c); err != nil {
			return fmt.Errorf("furnish %s: %w", c.Tenant, err)
		}
	}
	return nil
}

func (w *wardrobe) company(ctx context.Context, c *demoCompany) error {
	tenant, err := tenants.ParseTenantID(c.TenantID)
	if err != nil {
		return err
	}
	for _, e := range demoEntryPoints {
		if err := unless(w.access.CreateEntryPoint(ctx, tenant, e)); err != nil {
			return err
		}
	}
	connection, err := tenants.ParseConnectionID(path.Base(c.BaseURL))
	if err != nil {
		return err
	}
	if !c.trouble() { // there, nobody has mapped anything
		if err := w.mappings(ctx, tenant); err != nil {
			return err
		}
	}
	past := newDemoPast(c.config.Seed, time.Now(), c.trouble())
	if err := w.past.Requests(ctx, tenant, connection, past.requests()); err != nil {
		return err
	}
	return w.past.Sizes(ctx, tenant, connection, past.sizes(tenants.DirectoryCount{
		People: c.first.Users, Active: c.first.Users, Groups: c.first.Groups,
	}))
}

// mappings maps the first groups, and gives somebody a role by name.
func (w *wardrobe) mappings(ctx context.Context, tenant tenants.TenantID) error {
	groups, err := w.people.ListGroups(ctx, tenant, people.GroupQuery{Limit: len(demoMappings)})
	if err != nil {
		return err
	}
	for i, g := range groups {
		if g.Mappings > 0 {
			continue
		}
		if _, _, _, err := w.access.PutMappings(ctx, tenant, g.ID, demoMappings[i]); err != nil {
			return err
		}
	}
	users, err := w.people.ListUsers(ctx, tenant, people.UserQuery{Limit: 1})
	if err != nil || len(users) == 0 {
		return err
	}
	return unless(w.access.Assign(ctx, tenant, users[0].ID, access.Holding{EntryPoint: access.Everywhere, Role: "billing"}))
}

// trouble says that the company's identity provider is set up wrongly.
func (d *demoCompany) trouble() bool { return d.config.Mistake != "" }

// refuse lets a company's other identity provider come with tokens that do not
// work.
func (d *demoCompany) refuse(ctx context.Context, app *App) error {
	tenant, err := tenants.ParseTenantID(d.TenantID)
	if err != nil {
		return err
	}
	url, token, err := demoConnection(ctx, app, tenant, "Okta of the branch office", idp.Okta)
	if err != nil {
		return err
	}
	report, err := idp.Run(ctx, idp.Config{Dialect: idp.Okta, Seed: d.config.Seed, BaseURL: url, Token: token, Scenario: idp.WrongToken, Users: 1, Groups: 1})
	if err != nil {
		return fmt.Errorf("come with a wrong token: %w", err)
	}
	if !report.OK() {
		return fmt.Errorf("a wrong token was not refused as it should be: %s", conclusion(report))
	}
	return nil
}
