package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestServeStopsWhenTold: SIGTERM ends the server with exit code 0 and leaves
// one whole database file and the key behind.
func TestServeStopsWhenTold(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	p.start(t)
	c := p.connection(t, "Acme") // made by a second process, while the server runs
	id := c.createUser(t, "noor@example.com")
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := p.command.Wait()
	p.command = nil
	if err != nil {
		t.Fatalf("stopped with %v", err)
	}
	if _, err := os.Stat(p.file + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the write-ahead log is still there: %v", err)
	}
	if info, err := os.Stat(p.file + ".key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key beside the database: %v, %v", info, err)
	}
	p.start(t)
	c.want(t, 200, "GET", "/Users/"+id, "")
	out, err := p.roster(t.Context(), "token", "list", "--connection", c.base[strings.LastIndex(c.base, "/")+1:], "--json").Output()
	var list struct {
		Tokens []struct {
			LastUsedAt string `json:"last_used_at"`
		}
	}
	if err := errors.Join(err, json.Unmarshal(out, &list)); err != nil || len(list.Tokens) != 1 || list.Tokens[0].LastUsedAt == "" {
		t.Errorf("the last use of the token was lost: %s, %v", out, err)
	}
}
