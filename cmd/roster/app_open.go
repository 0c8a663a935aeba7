package main

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/cache"
	"github.com/roster-scim/roster/tenants"
)

// open makes everything that requests need.
func (a *App) open(ctx context.Context) (err error) {
	if a.db, err = openDatabase(ctx, &a.config); err != nil {
		return err
	}
	if err := a.openShared(ctx); err != nil {
		return err
	}
	if err := a.openSchema(ctx); err != nil {
		return err
	}
	if a.key, err = a.config.loadKey(); err != nil {
		return err
	}
	store := storage.NewTenants(a.db)
	if err := a.openCaches(store); err != nil {
		return err
	}
	a.usage = tenants.NewUsage(store, a.logger) //nolint:contextcheck // it outlives the start, until Close
	a.openRequestLog()                          //nolint:contextcheck // the same
	a.service = tenants.NewService(store, a.credentials)
	a.schemas = tenants.NewSchemaService(store, schemaRules{}, a.credentials)
	return nil
}

// openCaches puts the caches in front of what is stored.
func (a *App) openCaches(store *storage.Tenants) (err error) {
	a.resources = storage.NewResources(a.db)
	var credentials tenants.CredentialStore = store
	if a.redis != nil {
		a.resources = cache.NewResources(a.resources, a.shared)
		credentials = cache.NewSharedCredentials(store, a.shared)
	}
	if a.credentials, err = cache.NewCredentials(credentials, storage.NewCredentialChanges(a.db)); err != nil {
		return err
	}
	if a.shared != nil {
		a.shared.OnHint(a.credentials.Forget)
	}
	a.registries, err = cache.NewRegistries(store, registryOf)
	return err
}

// openSchema makes sure of the database's schema, as far as that is this
// process's to do, and follows what others do to it.
func (a *App) openSchema(ctx context.Context) error {
	if a.config.postgres() {
		if err := a.openPostgres(ctx); err != nil {
			return err
		}
	} else if err := a.openSQLite(ctx); err != nil {
		return err
	}
	a.rollout = &rollout{status: a.db.SchemaStatus, logger: a.logger, refused: a.metrics.refused}
	return a.rollout.look(ctx)
}

func (a *App) openSQLite(ctx context.Context) error {
	// A key that got lost is noticed here, not when something must be decrypted.
	if err := a.config.checkKeyKept(ctx, a.db); err != nil {
		return err
	}
	return a.db.Migrate(ctx)
}

func (a *App) openPostgres(ctx context.Context) error {
	if err := awaitDatabase(ctx, a.db, a.logger); err != nil {
		return err
	}
	if err := a.db.CheckRole(ctx); err != nil {
		return fmt.Errorf("ROSTER_DATABASE_URL: %w", err)
	}
	for _, warning := range examineTransport(ctx, a.db) {
		a.logger.WarnContext(ctx, warning)
	}
	return nil
}
