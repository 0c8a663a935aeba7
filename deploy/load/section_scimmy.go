package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

// scimmyFolder has the server that Roster is compared with; scimmyToken is what it
// takes.
const (
	scimmyFolder = "deploy/load/scimmy"
	scimmyToken  = "load"
)

// compareScimmy lets Roster on SQLite and scimmy-routers take turns.
func compareScimmy(ctx context.Context, r *runner) (err error) {
	if missing := scimmyMissing(ctx); missing != "" {
		r.note("The comparison with scimmy-routers was left out: %s.", missing)
		return nil
	}
	r.mention("Node " + programVersion(ctx, "node"))
	s, err := r.newSite(ctx, sqliteKind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	users := r.users
	if !r.full {
		users = max(200, r.users/10) // it takes minutes to be filled with more
	}
	j := job{ops: []bench.Op{bench.OpGet, bench.OpFilter, bench.OpPage, bench.OpPatch, bench.OpCreate}, users: users, connections: r.connections}
	all := make([]series, len(j.ops))
	for i := range r.rounds {
		if j.targets, err = s.tenants(ctx, fmt.Sprintf("Round %d", i), 1); err != nil {
			return err
		}
		ours, err := r.bench(ctx, j, s.trees())
		if err != nil {
			return err
		}
		theirs, err := r.benchScimmy(ctx, j)
		if err != nil {
			return err
		}
		for n, op := range j.ops {
			all[n].add(ours.of(op), theirs.of(op).RPS)
		}
	}
	for n, work := range []string{"get by id", "`userName eq`", "page of 100, the first", "PATCH active", "create"} {
		line := all[n].row("scimmy", fmt.Sprintf("%s, %s users", work, number(float64(users))), r.connections)
		r.add(all[n].against(line, "scimmy-routers", atLeast(1)))
	}
	return nil
}

// scimmyMissing says what is not here to run it with.
func scimmyMissing(ctx context.Context) string {
	if programVersion(ctx, "node") == "" {
		return "node is not installed"
	}
	if _, err := os.Stat(filepath.Join(scimmyFolder, "node_modules")); err != nil {
		return "its packages are not here; run `make load`, or `npm ci` in " + scimmyFolder
	}
	return ""
}

// benchScimmy measures a server of its own, which is empty.
func (r *runner) benchScimmy(ctx context.Context, j job) (report *benchReport, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "server.mjs")
	cmd.Dir, cmd.Stderr = scimmyFolder, r.stderr
	cmd.Env = append(os.Environ(), "NODE_ENV=production")
	alive, err := cmd.StdinPipe() // it ends with us
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start scimmy-routers: %w", err)
	}
	defer func() {
		_ = alive.Close() // which ends it
		_, _ = io.Copy(io.Discard, out)
		err = errors.Join(err, cmd.Wait())
	}()
	var started struct {
		URL string `json:"url"`
	}
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&started); err != nil {
		return nil, fmt.Errorf("start scimmy-routers: it did not say where it listens: %w", err)
	}
	j.targets = []target{{urls: []string{started.URL}, token: scimmyToken}}
	return r.bench(ctx, j, map[part][]int{partServer: {cmd.Process.Pid}})
}
