package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

type apiKeyCommand struct {
	Create apiKeyCreate `cmd:"" help:"Make an API key for a program of yours."`
	List   apiKeyList   `cmd:"" help:"List API keys, revoked and expired ones too, the newest first."`
	Revoke apiKeyRevoke `cmd:"" help:"Stop an API key for good."`
}

type (
	apiKeyCreate struct {
		Name        string  `required:"" help:"What people call the key, 1 to 64 characters."`
		Permissions *string `placeholder:"PERMISSION,…" help:"What it may do, such as tenants:manage,links:manage. Default: everything."`
		Tenant      string  `placeholder:"TENANT" help:"The one tenant that it works in, ten… Default: all of them and the installation."`
		Expires     string  `default:"never" help:"How long it works: 12h, 90d, 1y or never."`
	}
	apiKeyList   struct{ paging }
	apiKeyRevoke struct {
		Key string `arg:"" help:"The key's id, key…"`
	}
)

// apiKeyView is an API key as commands answer it.
type apiKeyView struct {
	ID          string              `json:"id"`
	Name        string              `json:"name"`
	TenantID    string              `json:"tenant_id,omitempty"`
	Prefix      string              `json:"prefix"`
	LastFour    string              `json:"last_four"`
	State       string              `json:"state"` // active, expired or revoked
	Permissions authz.PermissionSet `json:"permissions"`
	CreatedAt   time.Time           `json:"created_at"`
	ExpiresAt   *time.Time          `json:"expires_at,omitempty"`
	RevokedAt   *time.Time          `json:"revoked_at,omitempty"`
	LastUsedAt  *time.Time          `json:"last_used_at,omitempty"`
}

func viewAPIKey(k *login.Key) apiKeyView {
	return apiKeyView{
		ID: k.ID.String(), Name: k.Name, TenantID: k.TenantID.String(), Prefix: k.Prefix, LastFour: k.LastFour,
		State: string(k.State(time.Now())), Permissions: k.Permissions, CreatedAt: k.CreatedAt,
		ExpiresAt: optional(k.ExpiresAt), RevokedAt: optional(k.RevokedAt), LastUsedAt: optional(k.LastUsedAt),
	}
}

// parsePermissions reads a --permissions flag; none at all is everything. An empty
// one, such as an unset variable of a script leaves, must not be.
func parsePermissions(flag *string) (authz.PermissionSet, error) {
	if flag == nil {
		return authz.AllPermissions, nil
	}
	texts := slices.DeleteFunc(strings.Split(*flag, ","), func(s string) bool { return strings.TrimSpace(s) == "" })
	for i := range texts {
		texts[i] = strings.TrimSpace(texts[i])
	}
	if len(texts) == 0 {
		return 0, &usageError{"--permissions: name at least one permission, or leave the flag out"}
	}
	set, err := authz.ParsePermissions(texts)
	if err != nil {
		return 0, &usageError{"--permissions: " + err.Error()}
	}
	return set, nil
}

func (c *apiKeyCreate) parse() (n login.NewKey, err error) {
	n.Name = c.Name
	if n.Permissions, err = parsePermissions(c.Permissions); err != nil {
		return n, err
	}
	if n.Lifetime, err = tenants.ParseLifetime(c.Expires); err != nil {
		return n, &usageError{explain(err)}
	}
	if c.Tenant == "" {
		return n, nil
	}
	if n.TenantID, err = tenants.ParseTenantID(c.Tenant); err != nil {
		return n, malformed("tenant", c.Tenant, "ten")
	}
	return n, nil
}

// Run implements the command.
func (c *apiKeyCreate) Run(ctx context.Context, config *Config, out *output) error {
	wanted, err := c.parse()
	if err != nil {
		return err
	}
	return withLogins(ctx, config, func(ctx context.Context, s *login.Service) error {
		k, secret, err := s.CreateKey(ctx, login.Command, wanted)
		if err != nil {
			return absent(err, "tenant "+c.Tenant, "roster tenant list")
		}
		answer := struct {
			apiKeyView
			Key string `json:"key"`
		}{viewAPIKey(k), secret.Reveal()}
		return out.print(answer, func(w io.Writer) {
			fmt.Fprintf(w, "Made API key %q.\n\n", k.Name)
			fields(w, [2]string{"id", answer.ID}, [2]string{"key", answer.Key}, [2]string{"tenant", answer.TenantID},
				[2]string{"may", permissionsText(k.Permissions)}, [2]string{"expires", orNever(k.ExpiresAt)})
			fmt.Fprintln(w, "\nThe key is shown this once and kept nowhere. Send it as: Authorization: Bearer KEY")
		})
	})
}

func permissionsText(set authz.PermissionSet) string {
	if set == authz.AllPermissions {
		return "everything"
	}
	return set.String()
}

// Run implements the command.
func (c *apiKeyList) Run(ctx context.Context, config *Config, out *output) error {
	before, err := parseCursor(c.After, tenants.ParseKeyID)
	if err != nil {
		return err
	}
	return withLogins(ctx, config, func(ctx context.Context, s *login.Service) error {
		list, err := s.ListKeys(ctx, before, c.Limit+1)
		if err != nil {
			return err
		}
		list, next := page(list, c.Limit, func(k *login.Key) string { return k.ID.String() })
		answer := struct {
			Keys []apiKeyView `json:"api_keys"`
			Next string       `json:"next,omitempty"`
		}{views(list, viewAPIKey), next}
		return out.print(answer, func(w io.Writer) {
			tableAPIKeys(w, answer.Keys)
			more(w, "roster apikey list", next)
		})
	})
}

func tableAPIKeys(w io.Writer, list []apiKeyView) {
	if len(list) == 0 {
		fmt.Fprintln(w, "No API keys. Make one: roster apikey create --name NAME")
		return
	}
	rows := views(list, func(v apiKeyView) []string {
		return []string{v.ID, v.Name, v.Prefix + "…" + v.LastFour, v.State, permissionsText(v.Permissions),
			orNever(value(v.ExpiresAt)), orNever(value(v.LastUsedAt))}
	})
	table(w, []string{"ID", "NAME", "KEY", "STATE", "MAY", "EXPIRES", "LAST USED"}, rows)
}

// Run implements the command.
func (c *apiKeyRevoke) Run(ctx context.Context, config *Config, out *output) error {
	id, err := tenants.ParseKeyID(c.Key)
	if err != nil {
		return malformed("key", c.Key, "key")
	}
	return withLogins(ctx, config, func(ctx context.Context, s *login.Service) error {
		if err := s.RevokeKey(ctx, id); err != nil {
			return absent(err, "API key "+c.Key, "roster apikey list")
		}
		return out.changed("API key", c.Key, "revoked", "Requests with it are refused from now on.")
	})
}

// withLogins gives a command the ways in to the configured installation, whether
// or not a server runs on it.
func withLogins(ctx context.Context, c *Config, do func(context.Context, *login.Service) error) error {
	return withMigrated(ctx, c, func(db *storage.DB) error {
		key, err := c.loadKey()
		if err != nil {
			return err
		}
		decider, err := authz.NewDecider(storage.NewTenants(db))
		if err != nil {
			return err
		}
		s, err := newLogin(storage.NewLogins(db), decider, key, c.publicURL(c.Listen), func(*login.Parts) {})
		if err != nil {
			return err
		}
		return do(ctx, s)
	})
}
