package servers

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestProgramKeepsItsPromises(t *testing.T) {
	t.Parallel()
	if err := probeLocal(); err != nil {
		if _, err := StartPostgres(t.Context()); err == nil {
			t.Fatal("started what is not installed")
		}
		return
	}
	p, err := StartPostgres(t.Context(), "shared_buffers=16MB")
	if err != nil {
		t.Fatal(err)
	}
	pid := p.PID()
	t.Cleanup(func() {
		if err := p.Remove(context.Background()); err != nil {
			t.Error(err)
		}
		if lives(pid) {
			t.Errorf("process %d goes on", pid)
		}
	})
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err != nil {
		t.Fatal(err)
	}
	owned, super, err := p.CreateDatabase(t.Context(), "an odd-name")
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{owned, super} {
		var fsync, buffers string
		var privileged bool
		if err := withConn(t.Context(), url, func(c *pgx.Conn) error {
			return c.QueryRow(t.Context(), `select current_setting('fsync'), current_setting('shared_buffers'), rolsuper
				from pg_roles where rolname = current_user`).Scan(&fsync, &buffers, &privileged)
		}); err != nil {
			t.Fatal(err)
		}
		if fsync != "on" || buffers != "16MB" || privileged != (url == super) {
			t.Errorf("fsync %s, shared_buffers %s, superuser %t", fsync, buffers, privileged)
		}
	}
	if err := p.DropDatabase(t.Context(), "an odd-name"); err != nil {
		t.Error(err)
	}
}
