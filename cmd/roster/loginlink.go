package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// loginLinkCommand makes a link that signs staff in. It is how the first owner
// gets in, and the way in while the identity provider of staff is away.
type loginLinkCommand struct {
	Role    string `default:"owner" help:"What whoever opens it may do: owner, operator, support or a role of the catalogue."`
	Email   string `placeholder:"ADDRESS" help:"Who may open it: the page asks for the address."`
	Expires string `default:"15m" help:"How long it can be opened: 15m, 12h or at most 7d."`
}

// Run implements the command.
func (c *loginLinkCommand) Run(ctx context.Context, config *Config, out *output) error {
	life, err := tenants.ParseLifetime(c.Expires)
	if err != nil || life == tenants.Forever {
		return &usageError{fmt.Sprintf("--expires: %q is not a lifetime of a link; give 15m, 12h or at most 7d", c.Expires)}
	}
	return withLogins(ctx, config, func(ctx context.Context, s *login.Service) error {
		l, url, err := s.CreateLink(ctx, login.Command, login.NewLink{Roles: []string{c.Role}, Email: c.Email, Lifetime: life})
		if err != nil {
			return err
		}
		answer := struct {
			ID        string    `json:"id"`
			URL       string    `json:"url"`
			Role      string    `json:"role"`
			ExpiresAt time.Time `json:"expires_at"`
		}{l.ID.String(), url, c.Role, l.ExpiresAt}
		return out.print(answer, func(w io.Writer) {
			fmt.Fprintf(w, "Open this in a browser, once, before %s. Whoever has it gets in as %s:\n\n  %s\n",
				when(l.ExpiresAt), c.Role, url)
		})
	})
}
