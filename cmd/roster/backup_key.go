package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keyPlace says where the installation's key is: the key is in no backup.
func (c *Config) keyPlace() string {
	switch {
	case c.MasterKeyFile != "":
		return c.MasterKeyFile
	case c.MasterKey != "":
		return "ROSTER_MASTER_KEY"
	}
	return c.keyFile()
}

// keyIsGone says that a server would find no key.
func (c *Config) keyIsGone() bool {
	_, err := os.Stat(c.keyPlace())
	return c.MasterKey == "" && errors.Is(err, fs.ErrNotExist)
}

// existingKey is loadKey that makes none.
func (c *Config) existingKey() ([]byte, error) {
	if c.MasterKey != "" {
		return decodeKey(c.MasterKey)
	}
	return readKey(c.keyFile())
}

// placeKey writes a key to a file that its owner alone can read.
func placeKey(key []byte, name string, replace bool) error {
	file, err := temporary(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file) }() // it has its name by then
	if err := writeDurably(file, base64.StdEncoding.EncodeToString(key)+"\n"); err != nil {
		return fmt.Errorf("write the master key: %w", err)
	}
	return place(file, name, replace)
}

func writeDurably(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0) //nolint:gosec // a name that this command made
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// checkKeys refuses to put a key where another one is.
func checkKeys(from, to string) error {
	theirs, err := readKey(from)
	if err != nil {
		return err
	}
	ours, err := readKey(to)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && bytes.Equal(theirs, ours)) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s holds another key than %s; move it elsewhere if the backup's is the right one", to, from)
}

// copyKey puts a backup's key in its place. That may be taken by then, by the same
// key.
func copyKey(from, to string) error {
	key, err := readKey(from)
	if err != nil {
		return err
	}
	if err := placeKey(key, to, false); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return checkKeys(from, to)
}
