package main

import (
	"context"
	"fmt"
	"io"

	"github.com/roster-scim/roster/storage"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" default:"1" help:"Apply the migrations that the database lacks (the default)."`
	Status migrateStatus `cmd:"" help:"Show the schema's version and the one that this build needs."`
}

type (
	migrateUp     struct{}
	migrateStatus struct{}
)

// schemaAnswer is what the commands answer.
type schemaAnswer struct {
	Current  int64 `json:"current"`
	Wanted   int64 `json:"wanted"`
	UpToDate bool  `json:"up_to_date"`
}

// Run implements the command.
func (migrateUp) Run(ctx context.Context, config *Config, out *output) error {
	if err := config.checkDatabase(); err != nil {
		return err
	}
	return withDatabase(ctx, config, func(db *storage.DB) error {
		before, err := db.SchemaStatus(ctx)
		if err != nil {
			return err
		}
		if err := db.Migrate(ctx); err != nil {
			return err
		}
		return out.print(schemaAnswer{Current: before.Wanted, Wanted: before.Wanted, UpToDate: true}, func(w io.Writer) {
			if before.Current == before.Wanted {
				fmt.Fprintf(w, "The schema was up to date already (version %d).\n", before.Wanted)
				return
			}
			fmt.Fprintf(w, "Migrated the schema from version %d to %d.\n", before.Current, before.Wanted)
		})
	})
}

// Run implements the command. It exits 1 if the schema is not the wanted one.
func (migrateStatus) Run(ctx context.Context, config *Config, out *output) error {
	if err := config.checkDatabase(); err != nil {
		return err
	}
	return withDatabase(ctx, config, func(db *storage.DB) error {
		status, err := db.SchemaStatus(ctx)
		if err != nil {
			return err
		}
		err = out.print(schemaAnswer{status.Current, status.Wanted, status.Err() == nil}, func(w io.Writer) {
			fmt.Fprintf(w, "Schema version %d; this build needs %d.\n", status.Current, status.Wanted)
			if err := status.Err(); err != nil {
				fmt.Fprintf(w, "%s\n", err)
			}
		})
		if err == nil && status.Err() != nil {
			return &reportedError{}
		}
		return err
	})
}
