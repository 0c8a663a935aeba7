package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/cache"
	"github.com/roster-scim/roster/storage/redisdb"
	"github.com/roster-scim/roster/tenants"
)

// databasePatience is how long a server that starts waits for its database,
// which may be starting too.
const databasePatience = 30 * time.Second

// openDatabase opens the configured database as it is.
func openDatabase(ctx context.Context, c *Config) (*storage.DB, error) {
	db, err := storage.Open(ctx, c.DatabaseURL, storage.Options{})
	if err != nil {
		return nil, fmt.Errorf("ROSTER_DATABASE_URL: %w", err)
	}
	return db, nil
}

// awaitDatabase waits until the database answers. What will not change by waiting,
// such as a wrong password, ends it at once.
func awaitDatabase(ctx context.Context, db *storage.DB, logger *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, databasePatience)
	defer cancel()
	for told := false; ; told = true {
		err := db.Ping(ctx)
		if err == nil {
			return nil
		}
		if !away(err) || ctx.Err() != nil {
			return fmt.Errorf("ROSTER_DATABASE_URL: %w", err)
		}
		if !told {
			logger.WarnContext(ctx, "the database does not answer yet; waiting", "most", databasePatience, "error", err)
		}
	}
}

// away reports whether an error is that of a database that cannot be reached.
func away(err error) bool {
	e, ok := errors.AsType[*scim.Error](err)
	return ok && e.Status == http.StatusServiceUnavailable
}

// examineTransport warns of a database that is asked over an open line.
func examineTransport(ctx context.Context, db *storage.DB) []string {
	server, err := db.Examine(ctx)
	if err != nil || server.Encrypted || server.Local {
		return nil
	}
	return []string{"the database is on another machine and the connection to it has no TLS; " +
		"add sslmode=verify-full to ROSTER_DATABASE_URL unless the network in between is yours alone"}
}

// withTenants gives a command the tenants of the configured database, whether or
// not a server runs on it. An empty SQLite database is migrated first; whatever
// else is not up to date is left to roster serve and roster migrate.
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
		if err := db.CheckRole(ctx); err != nil {
			return fmt.Errorf("ROSTER_DATABASE_URL: %w", err)
		}
		status, err := db.SchemaStatus(ctx)
		if err != nil {
			return err
		}
		if status.Current == 0 && !c.postgres() {
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

// withDatabase gives a command the configured database. What it changes holds for
// servers that remember how it was: it is announced in Redis or, if the command
// is not told of that, closes their cache for a while.
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
	if !c.postgres() {
		return do(db)
	}
	redis, err := openRedis(ctx, c, redisdb.Options{Timeouts: patient})
	if err != nil {
		return err
	}
	if redis != nil {
		defer func() { _ = redis.Close() }() // nothing is lost with it
	}
	share(db, redis, cache.Options{})
	return do(db)
}

// baseURL is where an identity provider of the connection finds SCIM.
func baseURL(publicURL string, id tenants.ConnectionID) string {
	return publicURL + scimhttp.Prefix + id.String()
}
