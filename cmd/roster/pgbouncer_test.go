package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	accounts "os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
	"github.com/roster-scim/roster/scim/scimtest/idp"
)

// TestPgBouncer: behind a proxy that gives each transaction another connection,
// two replicas serve what they serve without one.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	at := onPostgres.site(t)
	at.database = bounced(t, at)
	r := onPostgres.replicas(t, pair(at)...)
	c := r.connection(t, "generic")
	report := conformance.Test(t, conformance.Target{BaseURL: c.base, Token: c.token}, conformance.Options{
		Only: "create,read,replace,patch,filter,groups,bulk",
	})
	if report.Summary.Failed > 0 || report.Summary.Passed < 100 {
		t.Errorf("%d requirements passed, %d failed", report.Summary.Passed, report.Summary.Failed)
	}
	for _, dialect := range []string{"okta", "entra"} {
		for _, scenario := range idp.Scenarios() {
			c := r.connection(t, dialect)
			code, report := simulated(t, c, dialect, "--scenario", string(scenario), "--users", "20", "--groups", "3")
			if code != exitOK || !report.OK() {
				t.Errorf("%s %s: exit %d, %v %v", dialect, scenario, code, report.Problems, report.Differences)
			}
		}
	}
	at.journalAgrees(t)
}

// bounced starts PgBouncer in transaction mode before a database and returns the
// address by which it is used.
func bounced(t *testing.T, at *site) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Fatalf("PgBouncer is not installed (Debian: apt-get install pgbouncer): %v", err)
	}
	target, err := url.Parse(at.database)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := target.User.Password()
	host, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	users := filepath.Join(dir, "users.txt")
	settings := filepath.Join(dir, "pgbouncer.ini")
	text := fmt.Sprintf(`[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = %s
listen_port = %s
unix_socket_dir =
pool_mode = transaction
default_pool_size = 6
max_client_conn = 200
auth_type = plain
auth_file = %s
`, target.Hostname(), target.Port(), host, port, users)
	writeFor(t, settings, text)
	writeFor(t, users, fmt.Sprintf("%q %q\n", target.User.Username(), password))
	command := exec.CommandContext(context.WithoutCancel(t.Context()), program, settings) // outlives the servers
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: nobody(t, dir)}
	command.Stdout, command.Stderr = t.Output(), t.Output()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // killed: always an error
	})
	target.Host = net.JoinHostPort(host, port)
	query := target.Query()
	query.Set("default_query_exec_mode", "cache_describe")
	target.RawQuery = query.Encode()
	return target.String()
}

func writeFor(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// nobody is the account for what refuses to run as root, with a way to its files.
func nobody(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	for ; filepath.Base(dir) != filepath.Base(os.TempDir()) && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	account, err := accounts.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
