package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/roster-scim/roster/storage"
)

// keyFile is where the installation's key is kept if nobody gives one.
func (c *Config) keyFile() string { return c.sqliteFile() + ".key" }

// loadKey returns the installation's key: the given one, or the one beside the
// SQLite file, which the first start makes. Whatever must be read back is
// encrypted with it, so it is backed up too, apart from the database.
func (c *Config) loadKey() ([]byte, error) {
	if c.MasterKey != "" {
		return decodeKey(c.MasterKey)
	}
	path := c.keyFile()
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeKey(path); err != nil {
		return nil, fmt.Errorf("make the master key: %w", err)
	}
	return readKey(path)
}

// checkKeyKept refuses a database that is in use while the key that was made for it
// is gone: a new one would open nothing that the old one locked.
func (c *Config) checkKeyKept(ctx context.Context, db *storage.DB) error {
	status, err := db.SchemaStatus(ctx)
	if err != nil || status.Current == 0 || c.MasterKey != "" || c.postgres() {
		return err
	}
	if _, err := os.Stat(c.keyFile()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the master key %s is gone, but the database is in use; "+
			"put the key back from its backup, or give it as ROSTER_MASTER_KEY", c.keyFile())
	}
	return nil
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the master key %s can be read by others; run: chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the path is the operator's own setting
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	key, err := decodeKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("the master key %s is damaged; put it back from a backup", path)
	}
	return key, nil
}

// makeKey writes a new key under a name of its own and then links it in place:
// of several processes that start at once, one wins and all read the same key,
// and nobody ever sees half a file.
func makeKey(path string) error {
	var key [keyLength]byte
	_, _ = rand.Read(key[:]) // never fails: crypto/rand aborts the program instead
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // nothing depends on it
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
