package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// maxIdentifier is what PostgreSQL keeps of a name, in bytes.
const maxIdentifier = 63

// GrantServing lets a role serve requests from a migrated PostgreSQL database:
// it may use the tables and functions, also those of later migrations by the
// same owner, and own or change none. A role that row-level security does not
// bind is refused.
func (db *DB) GrantServing(ctx context.Context, role string) error {
	if role == "" || len(role) > maxIdentifier || strings.ContainsRune(role, 0) {
		return fmt.Errorf("grant to the serving role: %q is no name of a role", role)
	}
	err := db.alone(ctx, func(ctx context.Context, tx *sql.DB) error {
		schema, err := checkServing(ctx, tx, role)
		if err != nil {
			return err
		}
		for _, statement := range grantStatements(schema, role) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("grant to the serving role: %w", err)
	}
	return nil
}

// checkServing returns the schema that the tables are in.
func checkServing(ctx context.Context, tx *sql.DB, role string) (schema string, err error) {
	var exempt, owns bool
	err = tx.QueryRowContext(ctx, `
		select current_schema(), rolsuper or rolbypassrls, pg_has_role(rolname, current_user, 'member')
		from pg_roles where rolname = $1`, role).Scan(&schema, &exempt, &owns)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", fmt.Errorf("there is no role %q: create it first, with \"create role … login\"", role)
	case err != nil:
		return "", err
	case exempt:
		return "", fmt.Errorf("the role %q is a superuser or has BYPASSRLS, so row-level security would not keep tenants apart", role)
	case owns:
		return "", fmt.Errorf("the role %q is that of the owner of the tables or a member of it; migrate with another", role)
	}
	return schema, nil
}

func grantStatements(schema, role string) []string {
	in, to := pgx.Identifier{schema}.Sanitize(), pgx.Identifier{role}.Sanitize()
	return []string{
		`grant usage on schema ` + in + ` to ` + to,
		`grant select, insert, update, delete on all tables in schema ` + in + ` to ` + to,
		`revoke insert, update, delete on goose_db_version from ` + to,
		`grant execute on all functions in schema ` + in + ` to ` + to,
		`alter default privileges in schema ` + in + ` grant select, insert, update, delete on tables to ` + to,
		`alter default privileges in schema ` + in + ` grant execute on functions to ` + to,
	}
}
