package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/tenants"
)

type tenantUpdate struct {
	tenantArgument
	Name            *string   `help:"Its new name."`
	ExternalID      *string   `help:"Your own id of the customer; an empty one takes it away."`
	SCIM            *bool     `name:"scim" negatable:"" help:"Whether its connections are served."`
	Groups          *bool     `negatable:"" help:"Whether they may provision groups."`
	Connections     *int      `placeholder:"N" help:"How many connections it may have; 0: any number."`
	Seats           *int      `placeholder:"N" help:"How many of its people may be active; 0: any number."`
	Adoption        *string   `placeholder:"RULE" help:"When a connection takes over a person that you registered: never, external_id or verified_email."`
	VerifiedDomains *[]string `placeholder:"DOMAIN,…" help:"The domains whose addresses belong to the customer."`
}

// entitlementsView is what a tenant may do, as commands answer it.
type entitlementsView struct {
	Entitlements struct {
		SCIM        bool `json:"scim"`
		Groups      bool `json:"groups"`
		Connections *int `json:"connections"`
		Seats       *int `json:"seats"`
	} `json:"entitlements"`
}

func viewEntitlements(e tenants.Entitlements) (v entitlementsView) {
	v.Entitlements.SCIM, v.Entitlements.Groups = e.SCIM, e.Groups
	v.Entitlements.Connections, v.Entitlements.Seats = limitView(e.Connections), limitView(e.Seats)
	return v
}

// limitView is a limit, or nil for none.
func limitView(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func (v entitlementsView) text() string {
	parts := []string{"provision people", "provision groups"}
	if !v.Entitlements.SCIM {
		parts = []string{"not provision"}
	} else if !v.Entitlements.Groups {
		parts = parts[:1]
	}
	if n := v.Entitlements.Connections; n != nil {
		parts = append(parts, "have "+strconv.Itoa(*n)+" connections")
	}
	if n := v.Entitlements.Seats; n != nil {
		parts = append(parts, "have "+strconv.Itoa(*n)+" active people")
	}
	return strings.Join(parts, ", ")
}

// adoptionView is who is taken over, as commands answer it.
type adoptionView struct {
	Adoption struct {
		Rule            tenants.AdoptionRule `json:"rule"`
		VerifiedDomains []string             `json:"verified_domains"`
	} `json:"adoption"`
}

func viewAdoption(a tenants.Adoption) (v adoptionView) {
	v.Adoption.Rule, v.Adoption.VerifiedDomains = a.Rule, append([]string{}, a.VerifiedDomains...)
	return v
}

func (v adoptionView) text() string {
	switch v.Adoption.Rule {
	case tenants.AdoptExternalID:
		return "registered people of the same external id"
	case tenants.AdoptVerifiedEmail:
		return "registered people of the same address in " + strings.Join(v.Adoption.VerifiedDomains, ", ")
	}
	return "nobody"
}

func (c *tenantUpdate) update() tenants.TenantUpdate {
	u := tenants.TenantUpdate{Name: c.Name, ExternalID: c.ExternalID}
	u.Entitlements = &tenants.EntitlementsChange{SCIM: c.SCIM, Groups: c.Groups, Connections: c.Connections, Seats: c.Seats}
	u.Adoption = &tenants.AdoptionChange{Rule: (*tenants.AdoptionRule)(c.Adoption), VerifiedDomains: c.VerifiedDomains}
	return u
}

// Run implements the command.
func (c *tenantUpdate) Run(ctx context.Context, config *Config, out *output) error {
	return c.with(ctx, config, func(s *tenants.Service, id tenants.TenantID) error {
		t, err := s.UpdateTenant(ctx, id, c.update())
		if err != nil {
			return err
		}
		view := viewTenant(t)
		return out.print(view, func(w io.Writer) {
			fmt.Fprintf(w, "Tenant %q is now:\n\n", view.Name)
			view.text(w)
		})
	})
}
