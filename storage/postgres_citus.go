package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Tables by where a sharded database has their rows: reference tables on every
// node, the others by tenant. A table comes behind those that it refers to.
var (
	referenceTables = []string{
		"tenants", "connections", "tokens", "definitions", "cache_state", "cache_replicas", "credential_changes",
		"roles", "role_permissions", "installation", "api_keys", "portal_links", "sessions", "issuers", "used_tokens",
		"idempotency_keys", "jobs",
		"feed_head", "feed_tenants", "feed", "webhooks", "webhook_queues", "webhook_deliveries", "webhook_hours",
	}
	distributedTables = []string{
		"resources", "resource_values", "members", "pending_members", "directory_totals", "directory_buckets",
		"tenant_sequences", "events", "audit",
		"portal_link_openings", "entry_points", "role_mappings", "assignments", "access_told",
		"requests", "connection_states", "sync_cycles", "request_hours", "directory_history",
	}
	sqlFunctions = []string{
		"roster_fold(text)", "roster_micros(text)", "roster_number(text)", "roster_present(json)",
		"roster_rows(json)", "roster_ids(uuid[])",
		"roster_memberships(uuid,uuid,uuid)",
	}
)

// ErrNoCitus is the error of Distribute on a server that cannot.
var ErrNoCitus = errors.New("the database has no Citus extension: run \"create extension citus\" in it as a superuser, " +
	"on a server that was started with shared_preload_libraries = 'citus'")

// DistributeStatements are what Distribute sends, in one transaction. Each does
// nothing when it has been carried out before.
func DistributeStatements() []string {
	statements := []string{
		// Nodes have to learn of the tenant that row-level security compares with.
		`do $$ begin execute format('alter database %I set citus.propagate_set_commands = %L', current_database(), 'local'); end $$`,
		// Foreign keys lead from one table to another on all nodes at once.
		`set local citus.multi_shard_modify_mode = 'sequential'`,
	}
	for _, table := range referenceTables {
		statements = append(statements, fmt.Sprintf(
			`select create_reference_table('%[1]s') where not exists (select from pg_dist_partition `+
				`where logicalrelid = '%[1]s'::regclass and partmethod = 'n' and repmodel = 't')`, table))
	}
	for i, table := range distributedTables {
		together := ""
		if i > 0 {
			together = ", colocate_with => '" + distributedTables[0] + "'"
		}
		statements = append(statements,
			// Rows that are there already move as COPY, which row-level security refuses.
			fmt.Sprintf(`alter table %s no force row level security`, table),
			fmt.Sprintf(`select create_distributed_table('%[1]s', 'tenant_id'%[2]s) where not exists (select from pg_dist_partition `+
				`where logicalrelid = '%[1]s'::regclass and partmethod = 'h')`, table, together),
			fmt.Sprintf(`alter table %s force row level security`, table))
	}
	for _, function := range sqlFunctions {
		statements = append(statements, fmt.Sprintf(`select create_distributed_function('%s')`, function))
	}
	return statements
}

// Distribute spreads the migrated tables over the nodes of a Citus database, all
// of them or none: those of tenants by tenant, so that all rows of one are on one
// node, and the others onto every node. Without the extension it is ErrNoCitus.
func (db *DB) Distribute(ctx context.Context) error {
	err := db.alone(ctx, func(ctx context.Context, tx *sql.DB) error {
		citus := false
		err := tx.QueryRowContext(ctx, `select exists (select from pg_proc where proname = 'create_distributed_table')`).Scan(&citus)
		if err == nil && !citus {
			err = ErrNoCitus
		}
		if err != nil {
			return err
		}
		for _, statement := range DistributeStatements() {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("distribute tables: %w", err)
	}
	return nil
}

// alone runs fn in a transaction that changes the schema of a PostgreSQL database.
func (db *DB) alone(ctx context.Context, fn func(ctx context.Context, tx *sql.DB) error) error {
	e, ok := db.engine.(*postgresEngine)
	if !ok {
		return errors.New("that is for PostgreSQL; the database is SQLite")
	}
	status, err := db.SchemaStatus(ctx)
	if err == nil {
		err = status.Err()
	}
	if err != nil {
		return err
	}
	return e.alone(ctx, fn)
}
