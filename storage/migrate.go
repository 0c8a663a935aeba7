package storage

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed migrations
var migrations embed.FS

// Errors of SchemaStatus.Err and Migrate.
var (
	// ErrSchemaOld: the database has to be migrated before it can be used.
	ErrSchemaOld = errors.New("the database schema is older than this program: run roster migrate up")
	// ErrSchemaNew: a newer program has migrated the database.
	ErrSchemaNew = errors.New("the database schema is newer than this program: use a newer roster")
)

// SchemaStatus compares the database's schema with the one this program needs.
type SchemaStatus struct {
	Current int64 // the last migration applied; 0 for an empty database
	Wanted  int64 // the last migration that this program has
}

// Err is nil if the database can be used, else ErrSchemaOld or ErrSchemaNew.
func (s SchemaStatus) Err() error {
	switch {
	case s.Current < s.Wanted:
		return ErrSchemaOld
	case s.Current > s.Wanted:
		return ErrSchemaNew
	}
	return nil
}

// SchemaStatus reads the schema's version; it changes nothing.
func (db *DB) SchemaStatus(ctx context.Context) (SchemaStatus, error) {
	wanted, err := lastMigration(db.engine.migrations())
	if err != nil {
		return SchemaStatus{}, fmt.Errorf("read schema status: %w", err)
	}
	current := int64(0)
	err = db.view(ctx, "", func(tx *tx) (err error) {
		current, err = db.engine.schemaVersion(ctx, tx)
		return err
	})
	if err != nil {
		return SchemaStatus{}, fmt.Errorf("read schema status: %w", err)
	}
	return SchemaStatus{Current: current, Wanted: wanted}, nil
}

// Migrate applies the migrations that the database lacks, all or none. Several
// processes may call it at once: one migrates and the others wait. A schema that
// is newer than this program is ErrSchemaNew.
func (db *DB) Migrate(ctx context.Context) error {
	status, err := db.SchemaStatus(ctx)
	if err != nil {
		return err
	}
	if err := status.Err(); !errors.Is(err, ErrSchemaOld) {
		return err
	}
	if err := db.engine.migrate(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	return nil
}

// migrationFiles are the migrations for one kind of database.
func migrationFiles(kind string) fs.FS {
	files, err := fs.Sub(migrations, path.Join("migrations", kind))
	if err != nil {
		return embed.FS{} // only for a malformed path; an empty set is then refused
	}
	return files
}

// lastMigration is the highest number that a migration's name begins with.
func lastMigration(files fs.FS) (int64, error) {
	numbers, err := migrationNumbers(files)
	if err != nil {
		return 0, err
	}
	return slices.Max(numbers), nil
}

// migrationAfter is the lowest number above another, 0 if there is none.
func migrationAfter(files fs.FS, version int64) (int64, error) {
	numbers, err := migrationNumbers(files)
	numbers = slices.DeleteFunc(numbers, func(n int64) bool { return n <= version })
	if err != nil || len(numbers) == 0 {
		return 0, err
	}
	return slices.Min(numbers), nil
}

// migrationNumbers are those that the names of migrations begin with, at least one.
func migrationNumbers(files fs.FS) ([]int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		return nil, errors.Join(err, errors.New("this program has no migrations for the database"))
	}
	numbers := make([]int64, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if numbers[i], err = strconv.ParseInt(number, 10, 64); err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
	}
	return numbers, nil
}
