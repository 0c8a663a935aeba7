package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/scimtest/idp"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// stage is what the demo shows: four tenants, the identity providers that feed
// them, the app that gets their events, and a connection that waits for somebody to try it.
type stage struct {
	URL       string         `json:"url"`
	Companies []*demoCompany `json:"tenants"`
	Curl      string         `json:"curl"`
	Docs      string         `json:"docs"`
	API       string         `json:"api"`
	Portal    string         `json:"portal"`  // a link, of one use
	Console   string         `json:"console"` // another
	Again     string         `json:"again"`   // what makes one more of the latter
	Simulate  string         `json:"simulate"`

	receiver *demoReceiver // nil: none
}

// demoCompany is a tenant and the simulated identity provider of its company.
type demoCompany struct {
	Tenant   string      `json:"name"`
	TenantID string      `json:"id"`
	Provider idp.Dialect `json:"provider"`
	BaseURL  string      `json:"base_url"`
	Token    string      `json:"token"`

	config idp.Config
	first  *idp.Report
	life   *idp.Life
}

// demoConfigs are the identity providers: the seed decides about the company. The
// last one is set up wrongly.
var demoConfigs = []idp.Config{
	{Dialect: idp.Okta, Seed: 12},
	{Dialect: idp.Entra, Seed: 13},
	{Dialect: idp.Entra, Seed: 16, OptSCIM: true},
	{Dialect: idp.Entra, Seed: 17, Mistake: idp.MailNickname},
}

// demoLinkTime is how long the demo's links can be opened.
const demoLinkTime = 24 * time.Hour

// newStage makes the tenants, or finds those of an earlier demo.
func newStage(ctx context.Context, app *App, users int) (*stage, error) {
	s := &stage{URL: app.URL()}
	for i, config := range demoConfigs {
		config.Users, config.Groups = users, demoGroups
		company := &demoCompany{Tenant: idp.NewCompany(config.Seed, 0, 0).Name, Provider: config.Dialect, config: config}
		tenant, err := demoTenant(ctx, app.Tenants(), company.Tenant, fmt.Sprintf("demo-%d", i+1))
		if err != nil {
			return nil, err
		}
		company.TenantID = tenant.String()
		company.BaseURL, company.Token, err = demoConnection(ctx, app, tenant, company.idpName(), config.Dialect)
		if err != nil {
			return nil, err
		}
		company.config.BaseURL, company.config.Token = company.BaseURL, company.Token
		s.Companies = append(s.Companies, company)
	}
	return s, s.invite(ctx, app)
}

// invite writes the command lines to paste into a shell.
func (s *stage) invite(ctx context.Context, app *App) error {
	first := s.Companies[0]
	s.Curl = fmt.Sprintf("curl -sH 'Authorization: Bearer %s' '%s/Users?count=3&attributes=userName,displayName,active'", first.Token, first.BaseURL)
	tenant, err := tenants.ParseTenantID(first.TenantID)
	if err != nil {
		return fmt.Errorf("read the tenant's id: %w", err)
	}
	url, token, err := demoConnection(ctx, app, tenant, "Yours to try", idp.Entra)
	if err != nil {
		return err
	}
	if err := s.inviteToAPI(ctx, app, tenant); err != nil {
		return err
	}
	s.Simulate = fmt.Sprintf("%s simulate entra --url %s --token %s", os.Args[0], url, token)
	return nil
}

// inviteToAPI makes an API key, and a portal link for the first company.
func (s *stage) inviteToAPI(ctx context.Context, app *App, tenant tenants.TenantID) error {
	_, key, err := app.Login().CreateKey(ctx, login.Command, login.NewKey{Name: "Demo", Permissions: authz.AllPermissions})
	if err != nil {
		return fmt.Errorf("make the demo's API key: %w", err)
	}
	_, link, err := app.Login().CreateLink(ctx, login.Command, login.NewLink{
		TenantID: tenant, Roles: []string{authz.RoleAdmin}, Inviter: "The demo", Lifetime: demoLinkTime,
	})
	if err != nil {
		return fmt.Errorf("make the demo's portal link: %w", err)
	}
	_, console, err := app.Login().CreateLink(ctx, login.Command, login.NewLink{Roles: []string{authz.RoleOwner}, Lifetime: demoLinkTime})
	if err != nil {
		return fmt.Errorf("make the demo's link to the console: %w", err)
	}
	s.Docs, s.Portal, s.Console = app.URL()+"/api/docs", link, console
	s.Again = fmt.Sprintf("%s login-link --database-url '%s' --public-url '%s'", os.Args[0], app.config.DatabaseURL, app.URL())
	s.API = fmt.Sprintf("curl -sH 'Authorization: Bearer %s' '%s/api/v1/tenants/%s/users?limit=3'", key.Reveal(), app.URL(), tenant)
	return nil
}

// demoTenant finds the tenant by its external id, or makes it.
func demoTenant(ctx context.Context, service *tenants.Service, name, externalID string) (tenants.TenantID, error) {
	list, err := service.ListTenants(ctx, tenants.TenantFilter{ExternalID: externalID}, tenants.TenantID{}, 1)
	if err != nil {
		return tenants.TenantID{}, fmt.Errorf("list the demo's tenants: %w", err)
	}
	if len(list) > 0 {
		return list[0].ID, nil
	}
	t, err := service.CreateTenant(ctx, tenants.NewTenant{Name: name, ExternalID: externalID})
	if err != nil {
		return tenants.TenantID{}, fmt.Errorf("make tenant %s: %w", name, err)
	}
	return t.ID, nil
}

// demoConnection finds the tenant's connection by name, or makes it, and gives it
// a token in the place of those of an earlier demo, which are not known any more.
func demoConnection(ctx context.Context, app *App, tenant tenants.TenantID, name string, provider idp.Dialect) (baseURL, token string, err error) {
	service := app.Tenants()
	id, err := findConnection(ctx, service, tenant, name)
	if errors.Is(err, tenants.ErrNotFound) {
		var c *tenants.Connection
		c, err = service.CreateConnection(ctx, tenants.NewConnection{TenantID: tenant, Name: name, Provider: string(provider)})
		if err == nil {
			id = c.ID
		}
	}
	if err != nil {
		return "", "", fmt.Errorf("make connection %s: %w", name, err)
	}
	if err := revokeAll(ctx, service, id); err != nil {
		return "", "", fmt.Errorf("revoke the tokens of connection %s: %w", name, err)
	}
	_, secret, err := service.CreateToken(ctx, tenants.NewToken{
		ConnectionID: id, Name: "Demo " + time.Now().Format("2006-01-02 15:04:05.000"), Lifetime: tenants.Forever,
	})
	if err != nil {
		return "", "", fmt.Errorf("make a token for connection %s: %w", name, err)
	}
	return app.BaseURL(id), secret.Reveal(), nil
}

// revokeAll makes room for a token: a connection has two at most that work.
func revokeAll(ctx context.Context, service *tenants.Service, connection tenants.ConnectionID) error {
	for after := (tenants.TokenID{}); ; {
		list, err := service.ListTokens(ctx, connection, after, maxPage)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, t := range list {
			after = t.ID
			if !t.Live(time.Now()) {
				continue
			}
			if err := service.RevokeToken(ctx, t.ID, t.Name); err != nil {
				return err
			}
		}
	}
}

func findConnection(ctx context.Context, service *tenants.Service, tenant tenants.TenantID, name string) (tenants.ConnectionID, error) {
	list, err := service.ListConnections(ctx, tenant, tenants.ConnectionFilter{}, tenants.ConnectionID{}, maxPage)
	if err != nil {
		return tenants.ConnectionID{}, err
	}
	for _, c := range list {
		if c.Name == name {
			return c.ID, nil
		}
	}
	return tenants.ConnectionID{}, tenants.ErrNotFound
}

func (d *demoCompany) idpName() string { return providerNames[d.Provider] }

// live keeps the companies changing and tells each change in a line. The function
// it returns ends that, and returns when it has ended.
func (s *stage) live(ctx context.Context, every time.Duration, news io.Writer) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var (
		living  sync.WaitGroup
		telling sync.Mutex
	)
	tell := func(c *demoCompany, what string) {
		telling.Lock()
		defer telling.Unlock()
		fmt.Fprintf(news, "%s  %-20s %s\n", time.Now().Format(time.TimeOnly), c.Tenant, what)
	}
	for i, company := range s.Companies {
		first := every * time.Duration(i+1) / time.Duration(len(s.Companies)) // not all in the same moment
		living.Go(func() { company.change(ctx, first, every, tell) })
	}
	return func() {
		cancel()
		living.Wait()
	}
}

// change lets one thing after the other happen until ctx ends.
func (d *demoCompany) change(ctx context.Context, first, every time.Duration, tell func(*demoCompany, string)) {
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		what, err := d.life.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			tell(d, "not provisioned: "+err.Error())
		default:
			tell(d, what)
		}
		timer.Reset(every)
	}
}

func (s *stage) close() {
	if s.receiver != nil {
		s.receiver.close()
	}
	for _, c := range s.Companies {
		if c.life != nil {
			c.life.Close()
		}
	}
}
