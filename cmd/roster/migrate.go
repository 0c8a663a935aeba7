package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/roster-scim/roster/storage"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" default:"withargs" help:"Apply the migrations that the database lacks (the default)."`
	Status migrateStatus `cmd:"" help:"Show the schema's version and the one that this build needs."`
}

type migrateUp struct {
	ServingRole string `placeholder:"NAME" help:"Let a role of PostgreSQL serve requests that owns none of the tables."`
	Citus       bool   `help:"Spread the tables over the nodes of a Citus database, those of tenants by tenant."`
	Print       bool   `help:"With --citus: show the SQL, in the order in which it has to run in one transaction, and do nothing."`
}

type migrateStatus struct{}

// schemaAnswer is what the commands answer.
type schemaAnswer struct {
	Current     int64  `json:"current"`
	Wanted      int64  `json:"wanted"`
	UpToDate    bool   `json:"up_to_date"`
	Distributed bool   `json:"distributed,omitempty"`
	ServingRole string `json:"serving_role,omitempty"`
}

// Validate implements kong's check of what was called for.
func (c *migrateUp) Validate() error {
	if c.Print && !c.Citus {
		return errors.New("--print shows the SQL of --citus: give both")
	}
	return nil
}

// Run implements the command.
func (c *migrateUp) Run(ctx context.Context, config *Config, out *output) error {
	if c.Print {
		return printDistribution(out)
	}
	if err := config.checkDatabase(); err != nil {
		return err
	}
	return withDatabase(ctx, config, func(db *storage.DB) error {
		before, err := db.SchemaStatus(ctx)
		if err != nil {
			return err
		}
		if err := c.migrate(ctx, db); err != nil {
			return err
		}
		answer := schemaAnswer{before.Wanted, before.Wanted, true, c.Citus, c.ServingRole}
		return out.print(answer, func(w io.Writer) {
			if before.Current == before.Wanted {
				fmt.Fprintf(w, "The schema was up to date already (version %d).\n", before.Wanted)
			} else {
				fmt.Fprintf(w, "Migrated the schema from version %d to %d.\n", before.Current, before.Wanted)
			}
			if c.Citus {
				fmt.Fprintln(w, "The tables are spread over the nodes, those of tenants by tenant.")
			}
			if c.ServingRole != "" {
				fmt.Fprintf(w, "The role %s may serve requests.\n", c.ServingRole)
			}
		})
	})
}

func (c *migrateUp) migrate(ctx context.Context, db *storage.DB) error {
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	if c.Citus {
		if err := db.Distribute(ctx); err != nil {
			return err
		}
	}
	if c.ServingRole == "" {
		return nil
	}
	return db.GrantServing(ctx, c.ServingRole)
}

// printDistribution shows what --citus sends.
func printDistribution(out *output) error {
	statements := storage.DistributeStatements()
	answer := struct {
		Statements []string `json:"statements"`
	}{statements}
	return out.print(answer, func(w io.Writer) {
		fmt.Fprintln(w, "begin;")
		for _, statement := range statements {
			fmt.Fprintln(w, statement+";")
		}
		fmt.Fprintln(w, "commit;")
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
		err = out.print(schemaAnswer{Current: status.Current, Wanted: status.Wanted, UpToDate: status.Err() == nil}, func(w io.Writer) {
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
