package servers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// role owns the test databases: like the role of a real installation it is
// neither superuser nor above row-level security.
const role = "roster"

// ensureRole makes the role unless it is there. The caller holds the lock, or
// is alone on the server.
func ensureRole(ctx context.Context, conn *pgx.Conn, password string) error {
	var privileged *bool
	err := conn.QueryRow(ctx, `select (select rolsuper or rolbypassrls from pg_roles where rolname = $1)`, role).Scan(&privileged)
	switch {
	case err != nil:
		return fmt.Errorf("look for role %s: %w", role, err)
	case privileged == nil:
		// A statement that defines takes no parameters.
		var quoted string
		if err := conn.QueryRow(ctx, `select quote_literal($1::text)`, password).Scan(&quoted); err != nil {
			return fmt.Errorf("quote: %w", err)
		}
		_, err := conn.Exec(ctx, "create role "+role+" login nosuperuser nobypassrls nocreatedb nocreaterole password "+quoted)
		if err != nil {
			return fmt.Errorf("create role %s: %w", role, err)
		}
	case *privileged:
		return fmt.Errorf("role %s of this server is superuser or has BYPASSRLS: tests with it would prove nothing", role)
	}
	return nil
}
