package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

type tokenCommand struct {
	Create tokenCreate `cmd:"" help:"Make a token; others of the connection go on working."`
	List   tokenList   `cmd:"" help:"List a connection's tokens, revoked and expired ones too."`
	Revoke tokenRevoke `cmd:"" help:"Stop a token for good."`
	Rotate tokenRotate `cmd:"" help:"Put another token in the place of one, without an interruption."`
}

type (
	tokenCreate struct {
		Connection string  `required:"" help:"The connection's id, con…"`
		Name       string  `required:"" help:"What people call the token, 1 to 64 characters."`
		Expires    string  `default:"never" help:"How long it works: 12h, 90d, 1y or never."`
		Scopes     *string `placeholder:"SCOPE,…" help:"Narrows what the connection may do. Default: whatever the connection may do."`
	}
	tokenList struct {
		Connection string `required:"" help:"The connection's id, con…"`
		paging
	}
	tokenRevoke struct {
		tokenArgument
		Yes bool `help:"Also if it is the connection's only token that works."`
	}

	tokenArgument struct {
		Token string `arg:"" help:"The token's id, tok…"`
	}
)

// tokenView is a token as commands answer it.
type tokenView struct {
	ID           string         `json:"id"`
	ConnectionID string         `json:"connection_id"`
	Name         string         `json:"name"`
	Prefix       string         `json:"prefix"`
	LastFour     string         `json:"last_four"`
	State        string         `json:"state"` // active, replacing, expiring, expired or revoked
	Scopes       authz.ScopeSet `json:"scopes"`
	CreatedAt    time.Time      `json:"created_at"`
	ExpiresAt    *time.Time     `json:"expires_at,omitempty"`
	RevokedAt    *time.Time     `json:"revoked_at,omitempty"`
	LastUsedAt   *time.Time     `json:"last_used_at,omitempty"`
	CreatedBy    string         `json:"created_by,omitempty"`
	Replaces     string         `json:"replaces,omitempty"`
	ReplacedBy   string         `json:"replaced_by,omitempty"`
}

func viewToken(t *tenants.Token) tokenView {
	return tokenView{
		ID: t.ID.String(), ConnectionID: t.ConnectionID.String(), Name: t.Name,
		Prefix: t.Prefix, LastFour: t.LastFour, State: string(t.State(time.Now())), Scopes: t.Scopes,
		CreatedAt: t.CreatedAt, ExpiresAt: optional(t.ExpiresAt), RevokedAt: optional(t.RevokedAt), LastUsedAt: optional(t.LastUsedAt),
		CreatedBy: t.CreatedBy, Replaces: t.Replaces.String(), ReplacedBy: t.ReplacedBy.String(),
	}
}

func tableTokens(w io.Writer, connection string, list []tokenView) {
	if len(list) == 0 {
		fmt.Fprintf(w, "No tokens. Make one: roster token create --connection %s --name NAME\n", connection)
		return
	}
	rows := views(list, func(v tokenView) []string {
		return []string{v.ID, v.Name, v.Prefix + "…" + v.LastFour, v.State, orNever(value(v.ExpiresAt)), orNever(value(v.LastUsedAt))}
	})
	table(w, []string{"ID", "NAME", "TOKEN", "STATE", "EXPIRES", "LAST USED"}, rows)
}

// parseScopes reads a --scopes flag; none at all leaves the choice to the domain.
// An empty one, such as an unset variable of a script leaves, is refused: it must
// not grant everything.
func parseScopes(flag *string) (authz.ScopeSet, error) {
	if flag == nil {
		return 0, nil
	}
	if strings.TrimSpace(*flag) == "" {
		return 0, &usageError{"--scopes: name at least one scope, or leave the flag out"}
	}
	set, err := authz.ParseScopes(strings.Split(*flag, ","))
	if err != nil {
		return 0, &usageError{"--scopes: " + err.Error()}
	}
	return set, nil
}

// Run implements the command.
func (c *tokenCreate) Run(ctx context.Context, config *Config, out *output) error {
	connection, err := tenants.ParseConnectionID(c.Connection)
	if err != nil {
		return malformed("connection", c.Connection, "con")
	}
	scopes, err := parseScopes(c.Scopes)
	if err != nil {
		return err
	}
	lifetime, err := tenants.ParseLifetime(c.Expires)
	if err != nil {
		return &usageError{explain(err)}
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		token, secret, err := s.CreateToken(ctx, tenants.NewToken{
			ConnectionID: connection, Name: c.Name, Lifetime: lifetime, Scopes: scopes,
		})
		if err != nil {
			return absent(err, "connection "+c.Connection, "roster connection list --tenant TENANT")
		}
		answer := struct {
			tokenView
			Token string `json:"token"`
		}{viewToken(token), secret.Reveal()}
		return out.print(answer, func(w io.Writer) {
			fmt.Fprintf(w, "Made token %q.\n\n", token.Name)
			fields(w, [2]string{"id", answer.ID}, [2]string{"token", secret.Reveal()},
				[2]string{"may", token.Scopes.String()}, [2]string{"expires", orNever(token.ExpiresAt)})
			fmt.Fprintln(w, "\nThe token is shown this once and kept nowhere. Whoever has it can change the connection's directory.")
			fmt.Fprintf(w, "Next: enter it in the identity provider, then revoke the one that it replaces (roster token list --connection %s).\n", c.Connection)
		})
	})
}

// Run implements the command.
func (c *tokenList) Run(ctx context.Context, config *Config, out *output) error {
	connection, err := tenants.ParseConnectionID(c.Connection)
	if err != nil {
		return malformed("connection", c.Connection, "con")
	}
	after, err := parseCursor(c.After, tenants.ParseTokenID)
	if err != nil {
		return err
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		list, err := s.ListTokens(ctx, connection, after, c.Limit+1)
		if err != nil {
			return absent(err, "connection "+c.Connection, "roster connection list --tenant TENANT")
		}
		list, next := page(list, c.Limit, func(t *tenants.Token) string { return t.ID.String() })
		answer := struct {
			Tokens []tokenView `json:"tokens"`
			Next   string      `json:"next,omitempty"`
		}{views(list, viewToken), next}
		return out.print(answer, func(w io.Writer) {
			tableTokens(w, c.Connection, answer.Tokens)
			more(w, "roster token list --connection "+c.Connection, next)
		})
	})
}

// Run implements the command.
func (c *tokenRevoke) Run(ctx context.Context, config *Config, out *output) error {
	return c.with(ctx, config, func(s *tenants.Service, id tenants.TokenID) error {
		t, err := s.Token(ctx, id)
		if err != nil {
			return err
		}
		confirm := ""
		if c.Yes {
			confirm = t.Name
		}
		err = s.RevokeToken(ctx, id, confirm)
		if refused, ok := errors.AsType[*tenants.RefusedError](err); ok && refused.Code == tenants.CodeLastToken {
			return fmt.Errorf("%q is the only token of its connection that works, so the connection would stop; "+
				"add --yes if you mean it, or begin with: roster token rotate start %s", t.Name, id)
		}
		if err != nil {
			return err
		}
		return out.changed("Token", c.Token, "revoked", "Requests with it are refused from now on.")
	})
}

func (a *tokenArgument) with(ctx context.Context, config *Config, do func(*tenants.Service, tenants.TokenID) error) error {
	id, err := tenants.ParseTokenID(a.Token)
	if err != nil {
		return malformed("token", a.Token, "tok")
	}
	return withTenants(ctx, config, func(s *tenants.Service) error {
		return absent(do(s, id), "token "+a.Token, "roster token list --connection CONNECTION")
	})
}
