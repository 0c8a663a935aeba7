package main

import (
	"strings"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/frontend"
	"github.com/roster-scim/roster/portal"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/limit"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/login"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
	"github.com/roster-scim/roster/tenants/trace"
)

// openPortal makes the API and what stands behind it.
func (a *App) openPortal() error {
	store := storage.NewTenants(a.db)
	decider, err := authz.NewDecider(store)
	if err != nil {
		return err
	}
	logins := storage.NewLogins(a.db)
	a.uses = login.NewUses(logins, a.logger)
	if a.login, err = newLogin(logins, decider, a.key, a.publicURL, func(p *login.Parts) {
		p.Uses, p.Logger = a.uses, a.logger
	}); err != nil {
		return err
	}
	answers, err := login.NewAnswers(logins, a.key)
	if err != nil {
		return err
	}
	a.hub = events.NewHub(storage.NewFeed(a.db), a.logger)
	a.health = health.NewService(storage.NewHealth(a.db))
	if err := a.openWebhooks(); err != nil {
		return err
	}
	pages, err := frontend.Files()
	if err != nil {
		return err
	}
	holders, users := access.New(storage.NewAccess(a.db)), people.NewService(storage.NewPeople(a.db, a.registries), a.resources, a.registries)
	log, requests := audit.NewLog(storage.NewAudit(a.db)), requestlog.NewLog(a.requests)
	a.portal, err = portal.New(portal.Config{
		PublicURL: a.publicURL, Key: a.key, Logger: a.logger, Limiter: limit.New(a.config.APIRate, a.config.APIBurst),
		Tenants: a.service, Schemas: a.schemas, Roles: tenants.NewRoles(store, decider),
		Access: holders, People: users, Login: a.login, Audit: log, Decider: decider,
		Health: a.health, StreamPing: a.streamPing,
		Events:   events.NewLog(storage.NewEvents(a.db, a.registries), a.hub),
		Requests: requests,
		Trace:    trace.NewService(trace.Parts{Store: storage.NewTrace(a.db), People: users, Access: holders, Requests: requests, Audit: log}),
		Webhooks: a.webhooks,
		Answers:  answers, OIDC: a.config.oidc(),
		UI: pages, FrameAncestors: a.config.frameAncestors(),
	})
	return err
}

// newLogin makes the ways in.
func newLogin(store *storage.Logins, decider *authz.Decider, key []byte, publicURL string, adjust func(*login.Parts)) (*login.Service, error) {
	signer, err := authz.NewSessionSigner(key, publicURL)
	if err != nil {
		return nil, err
	}
	parts := login.Parts{
		Store: store, Decider: decider, Signer: signer, PublicURL: publicURL,
		// A server for this machine alone is one for development.
		Fetch: authz.FetchOptions{AllowLoopback: strings.HasPrefix(publicURL, "http://")},
	}
	adjust(&parts)
	return login.NewService(parts), nil
}
