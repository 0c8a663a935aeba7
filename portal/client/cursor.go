package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Cursor keeps a consumer's place across restarts. Load returns "" if there is
// none yet. Save is called after a handler has returned without an error.
type Cursor interface {
	Load(ctx context.Context) (string, error)
	Save(ctx context.Context, cursor string) error
}

// FileCursor keeps a place in the file of this name, which is replaced in one
// step.
type FileCursor string

// Load implements [Cursor].
func (f FileCursor) Load(context.Context) (string, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("roster: load the cursor: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// Save implements [Cursor].
func (f FileCursor) Save(_ context.Context, cursor string) error {
	if err := f.save(cursor); err != nil {
		return fmt.Errorf("roster: save the cursor: %w", err)
	}
	return nil
}

func (f FileCursor) save(cursor string) error {
	next, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*")
	if err != nil {
		return err
	}
	_, err = next.WriteString(cursor + "\n")
	if err == nil {
		err = next.Sync()
	}
	if err = errors.Join(err, next.Close()); err == nil {
		err = os.Rename(next.Name(), string(f))
	}
	if err != nil {
		return errors.Join(err, os.Remove(next.Name()))
	}
	return nil
}

// MemoryCursor keeps a place until the process ends. The zero value begins with
// a snapshot.
type MemoryCursor struct {
	mu    sync.Mutex
	place string
}

// Load implements [Cursor].
func (m *MemoryCursor) Load(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.place, nil
}

// Save implements [Cursor].
func (m *MemoryCursor) Save(_ context.Context, cursor string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.place = cursor
	return nil
}

// LoadOnly is the cursor of handlers that keep it themselves, in the same
// transaction as what they apply: they are given it as Batch.Cursor and
// Snapshot.Cursor. Events are then applied exactly once.
type LoadOnly func(ctx context.Context) (string, error)

// Load implements [Cursor].
func (l LoadOnly) Load(ctx context.Context) (string, error) { return l(ctx) }

// Save implements [Cursor] and does nothing.
func (l LoadOnly) Save(context.Context, string) error { return nil }
