package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/roster-scim/roster/storage"
)

// standardOutput as --to writes the backup there.
const standardOutput = "-"

// backupCommand copies the SQLite database while others use it.
type backupCommand struct {
	To      string `required:"" placeholder:"FILE" help:"File to write, or - for standard output."`
	WithKey bool   `help:"Write the master key to FILE.key too. Without it, whoever finds the backup has no key; with it, keep both where nobody finds them."`
	Force   bool   `help:"Replace FILE if it is there."`
}

// backupAnswer is what the command answers.
type backupAnswer struct {
	File      string `json:"file"`
	Bytes     int64  `json:"bytes"`
	Schema    int64  `json:"schema"`
	MasterKey string `json:"master_key"`         // where the key is, which is not in the file
	KeyFile   string `json:"key_file,omitempty"` // where it was written to as well
}

// Run implements the command.
func (c *backupCommand) Run(ctx context.Context, config *Config, out *output) error {
	database, err := config.backupFile("backup")
	if err != nil {
		return err
	}
	if err := c.check(database, out); err != nil {
		return err
	}
	if _, err := os.Stat(database); err != nil {
		return fmt.Errorf("there is no database to back up: %w", err)
	}
	var key []byte
	if c.WithKey {
		if key, err = config.existingKey(); err != nil {
			return err
		}
		fmt.Fprintf(out.stderr, "roster: %s will open everything that is encrypted in %s; keep both where nobody finds them.\n", keyBeside(c.To), c.To)
	}
	answer := backupAnswer{File: c.To, MasterKey: config.keyPlace()}
	copied, err := c.temporary(database)
	if err != nil {
		return fmt.Errorf("make the backup's file: %w", err)
	}
	defer func() { _ = os.Remove(copied) }() // once it has its name, nothing is there
	if answer.Schema, err = storage.BackupSQLite(ctx, database, copied); err != nil {
		return err
	}
	info, err := os.Stat(copied)
	if err != nil {
		return err
	}
	answer.Bytes = info.Size()
	if c.To == standardOutput {
		return c.stream(copied, answer, out)
	}
	return c.publish(copied, key, answer, out)
}

// temporary makes the file to copy to, where it can be renamed to its name.
func (c *backupCommand) temporary(database string) (string, error) {
	if c.To == standardOutput {
		return temporary(filepath.Dir(database))
	}
	return temporary(filepath.Dir(c.To))
}

// check refuses a call whose end would be no backup, before anything is copied.
func (c *backupCommand) check(database string, out *output) error {
	if c.To != standardOutput {
		return c.checkNames(database)
	}
	switch {
	case c.WithKey:
		return &usageError{"--with-key: give --to a file; the key does not go to standard output"}
	case out.json:
		return &usageError{"--json: standard output is the backup itself with --to -"}
	case isTerminal(out.stdout):
		return &usageError{"--to -: a database is not for the screen; redirect standard output"}
	}
	return nil
}

// checkNames refuses names that are taken. A log beside the name would be taken
// for the new file's, and the database's own files are no places for a copy of it.
func (c *backupCommand) checkNames(database string) error {
	for _, file := range []string{database, storage.SQLiteLog(database)} {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal", ".key"} {
			if sameFile(c.To, file+suffix) {
				return &usageError{"--to: " + c.To + " belongs to the database itself; give another file"}
			}
		}
	}
	for _, suffix := range []string{"-wal", "-journal"} {
		if _, err := os.Lstat(c.To + suffix); err == nil {
			return fmt.Errorf("there is %s%s: a database is in use there; give another file", c.To, suffix)
		}
	}
	names := []string{c.To}
	if c.WithKey {
		names = append(names, keyBeside(c.To))
	}
	for _, name := range names {
		if info, err := os.Lstat(name); err == nil && (!c.Force || !info.Mode().IsRegular()) {
			return fmt.Errorf("%s is there already; give another file, or --force to replace a file", name)
		}
	}
	return nil
}

// stream writes the copy to standard output and the answer beside it.
func (c *backupCommand) stream(copied string, answer backupAnswer, out *output) error {
	f, err := os.Open(copied) //nolint:gosec // the copy that this command has made
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if _, err := io.Copy(out.stdout, f); err != nil {
		return fmt.Errorf("write the backup to standard output: %w", err)
	}
	answer.File = "standard output"
	answer.text(out.stderr)
	return nil
}

// publish gives the copy, and the key if there is one to go with it, their names.
func (c *backupCommand) publish(copied string, key []byte, answer backupAnswer, out *output) error {
	if key != nil {
		answer.KeyFile = keyBeside(c.To)
		if err := placeKey(key, answer.KeyFile, c.Force); err != nil {
			return err
		}
	}
	if err := place(copied, c.To, c.Force); err != nil {
		return err
	}
	return out.print(answer, answer.text)
}

func (a backupAnswer) text(w io.Writer) {
	fmt.Fprintf(w, "Backed up to %s: %s, schema version %d, every page checked.\n", a.File, size(a.Bytes), a.Schema)
	if a.KeyFile != "" {
		fmt.Fprintf(w, "The master key is in %s.\n", a.KeyFile)
		return
	}
	fmt.Fprintf(w, "The master key is not in it: it is in %s. Keep a copy elsewhere; a restored database needs it.\n", a.MasterKey)
}

// backupFile is the file of the database, or says what does the same for a
// database that is none.
func (c *Config) backupFile(command string) (string, error) {
	if err := c.checkDatabase(); err != nil {
		return "", err
	}
	file := c.sqliteFile()
	if file == "" {
		return "", fmt.Errorf("roster %s is for SQLite; PostgreSQL has tools of its own: pg_dump and pg_restore "+
			"for the state of one moment, pg_basebackup with archived WAL for any moment. See deploy/postgresql.md", command)
	}
	return file, nil
}

// keyBeside is where --with-key keeps the key of a backup.
func keyBeside(backup string) string { return backup + ".key" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const mega = 1 << 20
	if bytes < mega {
		return fmt.Sprintf("%d KiB", (bytes+1023)/1024)
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/mega)
}
