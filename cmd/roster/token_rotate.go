package main

import (
	"context"
	"fmt"
	"io"

	"github.com/roster-scim/roster/tenants"
)

type tokenRotate struct {
	Start  rotateStart  `cmd:"" help:"Make the token that is to take another's place; both work."`
	Finish rotateFinish `cmd:"" help:"Revoke the token that was replaced."`
	Cancel rotateCancel `cmd:"" help:"Revoke the token that was to take its place."`
}

type (
	rotateStart struct {
		tokenArgument
		Name    string `help:"The new token's name. Default: the old one's."`
		Expires string `help:"How long the new one works: 12h, 90d, 1y or never. Default: as long as the old one did."`
	}
	rotateFinish struct{ tokenArgument }
	rotateCancel struct{ tokenArgument }
)

// Help says which of the two tokens the commands are about.
func (tokenRotate) Help() string { return "TOKEN is always the one that is replaced." }

// Run implements the command.
func (c *rotateStart) Run(ctx context.Context, config *Config, out *output) error {
	rotation := tenants.Rotation{Name: c.Name}
	if c.Expires != "" {
		lifetime, err := tenants.ParseLifetime(c.Expires)
		if err != nil {
			return &usageError{explain(err)}
		}
		rotation.Lifetime = &lifetime
	}
	return c.with(ctx, config, func(s *tenants.Service, id tenants.TokenID) error {
		token, secret, err := s.StartRotation(ctx, id, rotation)
		if err != nil {
			return err
		}
		answer := struct {
			tokenView
			Token string `json:"token"`
		}{viewToken(token), secret.Reveal()}
		return out.print(answer, func(w io.Writer) {
			fmt.Fprintf(w, "Made token %q. The old one goes on working.\n\n", token.Name)
			fields(w, [2]string{"id", answer.ID}, [2]string{"token", secret.Reveal()}, [2]string{"expires", orNever(token.ExpiresAt)})
			fmt.Fprintln(w, "\nThe token is shown this once and kept nowhere. Enter it in the identity provider.")
			fmt.Fprintf(w, "Next, when it was used (roster token list --connection %s): roster token rotate finish %s\n", token.ConnectionID, id)
			fmt.Fprintf(w, "Undo: roster token rotate cancel %s\n", id)
		})
	})
}

// Run implements the command.
func (c *rotateFinish) Run(ctx context.Context, config *Config, out *output) error {
	return c.end(ctx, config, out, (*tenants.Service).FinishRotation, "The old token was revoked")
}

// Run implements the command.
func (c *rotateCancel) Run(ctx context.Context, config *Config, out *output) error {
	return c.end(ctx, config, out, (*tenants.Service).CancelRotation, "The new token was revoked")
}

// end ends a rotation and shows the token that stays.
func (a *tokenArgument) end(ctx context.Context, config *Config, out *output,
	do func(*tenants.Service, context.Context, tenants.TokenID) (*tenants.Token, error), effect string,
) error {
	return a.with(ctx, config, func(s *tenants.Service, id tenants.TokenID) error {
		stays, err := do(s, ctx, id)
		if err != nil {
			return err
		}
		return out.print(viewToken(stays), func(w io.Writer) {
			fmt.Fprintf(w, "%s. Token %q (%s) goes on; it was last used: %s\n", effect, stays.Name, stays.ID, orNever(stays.LastUsedAt))
		})
	})
}
