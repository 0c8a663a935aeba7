package main

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
)

// openDatabase opens the configured database as it is.
func openDatabase(ctx context.Context, c *Config) (*storage.DB, error) {
	db, err := storage.Open(ctx, c.DatabaseURL, storage.Options{})
	if err != nil {
		return nil, fmt.Errorf("ROSTER_DATABASE_URL: %w", err)
	}
	return db, nil
}

// withTenants gives a command the tenants of the configured database, whether or
// not a server runs on it. An empty database is migrated first; one that an
// older program made is left to roster serve and roster migrate.
func withTenants(ctx context.Context, c *Config, do func(*tenants.Service) error) error {
	return withMigrated(ctx, c, func(db *storage.DB) error {
		return do(tenants.NewService(storage.NewTenants(db), nil))
	})
}

func withMigrated(ctx context.Context, c *Config, do func(*storage.DB) error) error {
	if err := c.Check(); err != nil {
		return err
	}
	return withDatabase(ctx, c, func(db *storage.DB) error {
		status, err := db.SchemaStatus(ctx)
		if err != nil {
			return err
		}
		if status.Current == 0 {
			err = c.prepare(ctx, db)
		} else {
			err = status.Err()
		}
		if err != nil {
			return err
		}
		return do(db)
	})
}

// prepare migrates an empty database and makes its key.
func (c *Config) prepare(ctx context.Context, db *storage.DB) error {
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	_, err := c.loadKey()
	return err
}

func withDatabase(ctx context.Context, c *Config, do func(*storage.DB) error) (err error) {
	db, err := openDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() {
		if closing := db.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close database: %w", closing)
		}
	}()
	return do(db)
}

// baseURL is where an identity provider of the connection finds SCIM.
func baseURL(publicURL string, id tenants.ConnectionID) string {
	return publicURL + scimhttp.Prefix + id.String()
}
