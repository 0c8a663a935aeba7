package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/roster-scim/roster/storage"
)

// restoreCommand puts a backup in place of the SQLite database.
type restoreCommand struct {
	From    string `required:"" placeholder:"FILE" help:"A backup. It is not changed."`
	WithKey bool   `help:"Put the master key back from FILE.key too."`
}

// restoreAnswer is what the command answers.
type restoreAnswer struct {
	Database  string `json:"database"`
	Schema    int64  `json:"schema"`
	Kept      string `json:"kept,omitempty"` // what the database held before
	MasterKey string `json:"master_key"`     // where the server looks for the key
	keyIsGone bool
}

// Run implements the command.
func (c *restoreCommand) Run(ctx context.Context, config *Config, out *output) (err error) {
	database, err := config.backupFile("restore")
	if err != nil {
		return err
	}
	answer := restoreAnswer{Database: database, MasterKey: config.keyPlace()}
	if err := c.check(database, config); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(database), 0o700); err != nil {
		return err
	}
	// The copy is what is checked and what is put in place, whatever happens to
	// the backup's file meanwhile.
	staged, err := c.stage(filepath.Dir(database))
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	defer removeStaged(staged)
	if answer.Schema, err = checkBackup(ctx, c.From, staged); err != nil {
		return err
	}
	if answer.Kept, err = replaceDatabase(ctx, database, staged); err != nil {
		return err
	}
	if c.WithKey {
		if err := copyKey(keyBeside(c.From), config.keyFile()); err != nil {
			return fmt.Errorf("the database is restored, the key is not: %w", err)
		}
	}
	answer.keyIsGone = config.keyIsGone()
	return out.print(answer, answer.text)
}

func (a restoreAnswer) text(w io.Writer) {
	fmt.Fprintf(w, "Restored %s, schema version %d, every page checked.\n", a.Database, a.Schema)
	if a.Kept != "" {
		fmt.Fprintf(w, "What it held before is in %s; delete it when you are sure.\n", a.Kept)
	}
	if wanted, err := storage.SQLiteSchema(); err == nil && a.Schema < wanted {
		fmt.Fprintf(w, "An older Roster made the backup; the next start brings the schema to version %d.\n", wanted)
	}
	if a.keyIsGone {
		fmt.Fprintf(w, "There is no master key at %s: put the one of this backup there before you start the server.\n", a.MasterKey)
		return
	}
	fmt.Fprintf(w, "The server will use the master key in %s; it must be the one that the backup's server used.\n", a.MasterKey)
}

// check refuses what is no backup by its looks, and keys that disagree.
func (c *restoreCommand) check(database string, config *Config) error {
	info, err := os.Stat(c.From)
	switch {
	case err != nil:
		return fmt.Errorf("read the backup: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", c.From)
	case sameFile(c.From, database):
		return &usageError{"--from: " + c.From + " is the database itself"}
	}
	if _, err := os.Stat(c.From + "-shm"); err == nil {
		return fmt.Errorf("%s is a database in use, or of a server that was killed, and no backup; "+
			"make one of it first: roster backup --database-url sqlite:%s --to FILE", c.From, c.From)
	}
	if !c.WithKey {
		return nil
	}
	if config.keyPlace() != config.keyFile() {
		return &usageError{"--with-key: the key is given by " + config.keyPlace() + "; take it out of there, or restore without the key"}
	}
	return checkKeys(keyBeside(c.From), config.keyFile())
}

// stage copies the backup, with a log if somebody copied the files of a stopped
// server, to a name of its own beside the database.
func (c *restoreCommand) stage(directory string) (staged string, err error) {
	if staged, err = temporary(directory); err != nil {
		return "", err
	}
	for _, suffix := range []string{"", "-wal", "-journal"} {
		err := copyFile(c.From+suffix, staged+suffix)
		if suffix != "" && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			removeStaged(staged)
			return "", err
		}
	}
	return staged, nil
}

// checkBackup reads all of a backup and returns its schema's version.
func checkBackup(ctx context.Context, name, staged string) (int64, error) {
	schema, err := storage.CheckSQLite(ctx, staged)
	if err != nil {
		return 0, fmt.Errorf("check %s: %w", name, err)
	}
	wanted, err := storage.SQLiteSchema()
	if err != nil {
		return 0, err
	}
	if schema > wanted {
		return 0, fmt.Errorf("%s has schema version %d and this build knows %d; restore it with the Roster that made it, or a newer one", name, schema, wanted)
	}
	return schema, nil
}

// replaceDatabase keeps what the database holds under a name of its own, replaces
// it, and returns that name, "" if it held nothing.
func replaceDatabase(ctx context.Context, database, staged string) (kept string, err error) {
	locked, err := storage.LockSQLite(ctx, database)
	switch {
	case errors.Is(err, storage.ErrInUse):
		return "", fmt.Errorf("%w; stop it and restore then", err)
	case errors.Is(err, storage.ErrDamaged):
		return "", fmt.Errorf("%w; move %s and the files beside it (-wal, -shm) elsewhere and restore again", err, database)
	case err != nil:
		return "", err
	}
	defer func() { err = errors.Join(err, locked.Close()) }()
	if !locked.Empty() {
		kept = database + ".before-restore-" + time.Now().UTC().Format("20060102T150405Z")
		if err := keepDatabase(ctx, locked, kept); err != nil {
			return "", fmt.Errorf("keep what the database holds: %w", err)
		}
	}
	if err := locked.Replace(ctx, staged); err != nil {
		return "", fmt.Errorf("restore %s, which is as it was: %w", database, err)
	}
	return kept, nil
}

// keepDatabase copies a locked database to a name that is free.
func keepDatabase(ctx context.Context, locked *storage.LockedSQLite, name string) error {
	aside, err := temporary(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(aside) }() // it has its name by then, or is of no use
	if err := locked.Copy(ctx, aside); err != nil {
		return err
	}
	return place(aside, name, false)
}
