package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// sameFile says that two names are, or would be, one file.
func sameFile(a, b string) bool {
	one, errOne := os.Stat(a)
	other, errOther := os.Stat(b)
	if errOne == nil && errOther == nil {
		return os.SameFile(one, other)
	}
	a, errOne = filepath.Abs(a)
	b, errOther = filepath.Abs(b)
	return errOne == nil && errOther == nil && a == b
}

// temporary makes an empty file that its owner alone can read.
func temporary(directory string) (string, error) {
	f, err := os.CreateTemp(directory, ".roster-*.tmp") // 0600
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// place gives a finished file its name, durably, and replaces another of this name
// only if it may.
func place(temporary, name string, replace bool) error {
	var err error
	if replace {
		err = os.Rename(temporary, name)
	} else if err = os.Link(temporary, name); err != nil && !errors.Is(err, fs.ErrExist) {
		// Some file systems have no links; there, a name that appears at this very
		// moment is lost.
		if _, missing := os.Lstat(name); errors.Is(missing, fs.ErrNotExist) {
			err = os.Rename(temporary, name)
		}
	}
	if err != nil {
		return fmt.Errorf("name the finished file %s: %w", name, err)
	}
	return syncDirectory(filepath.Dir(name))
}

// syncDirectory makes the names in a directory durable.
func syncDirectory(path string) error {
	d, err := os.Open(path) //nolint:gosec // where the operator wants the file
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// removeStaged removes a temporary database; what cannot be removed is left over
// and harms nobody.
func removeStaged(file string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(file + suffix)
	}
}

// copyFile copies to a file that its owner alone can read.
func copyFile(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // the operator's own backup
	if err != nil {
		return err
	}
	defer in.Close()                                                       //nolint:errcheck // it was only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // a name that this command made
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
