package servers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Template is a database that is made once per server and copied for each test.
type Template struct {
	// Name tells templates apart. What decides about the content belongs into
	// it, such as a hash of the migrations.
	Name string
	// Prepare fills the database at url, as its owner. Nil leaves it empty.
	Prepare func(ctx context.Context, url string) error
}

// name is as long as an identifier may be, whatever Name holds.
func (tpl Template) name() string {
	sum := sha256.Sum256([]byte(tpl.Name))
	return "roster_template_" + hex.EncodeToString(sum[:16])
}

// templateLock is the advisory lock under which roles and templates are made;
// several test processes share a server.
const templateLock = 0x726f73746572 // "roster"

// Database gives the test a database of its own on the shared server, copied
// from the template, and drops it when the test ends. The URL is that of role
// "roster", its owner.
func Database(t testing.TB, tpl Template) string {
	t.Helper()
	super := PostgresURL(t)
	if err := ensureTemplate(t.Context(), super, tpl); err != nil {
		t.Fatalf("servers: template %q: %v", tpl.Name, err)
	}
	name := "roster_test_" + hexID()
	if err := execute(t.Context(), super, "create database "+name+" template "+tpl.name()+" owner "+role); err != nil {
		t.Fatalf("servers: create a database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), opTime)
		defer cancel()
		if err := execute(ctx, super, "drop database if exists "+name+" with (force)"); err != nil {
			t.Errorf("servers: drop the test's database: %v", err)
		}
	})
	owned, err := ownerURL(super, name)
	if err != nil {
		t.Fatalf("servers: %v", err)
	}
	return owned
}

func hexID() string {
	id := uuid.New()
	return hex.EncodeToString(id[:])
}

// prepared remembers what this process has seen to be there: server and name.
// A mutex per template keeps parallel tests from asking the server at once.
var prepared sync.Map

type preparation struct {
	mu   sync.Mutex
	done bool
}

func ensureTemplate(ctx context.Context, super string, tpl Template) error {
	known, _ := prepared.LoadOrStore(super+" "+tpl.name(), new(preparation))
	p, ok := known.(*preparation)
	if !ok {
		return fmt.Errorf("unexpected %T", known)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		return nil
	}
	err := withConn(ctx, super, func(conn *pgx.Conn) error { return underLock(ctx, conn, super, tpl) })
	p.done = err == nil
	return err
}

// underLock makes role and template unless another process has. The lock is
// given back with the connection.
func underLock(ctx context.Context, conn *pgx.Conn, super string, tpl Template) error {
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	password, err := passwordOf(super)
	if err != nil {
		return err
	}
	if err := ensureRole(ctx, conn, password); err != nil {
		return err
	}
	return makeTemplate(ctx, conn, super, tpl)
}

// makeTemplate does nothing for a template that is finished, which is one that
// allows no connections; a half made one is made anew.
func makeTemplate(ctx context.Context, conn *pgx.Conn, super string, tpl Template) error {
	name := tpl.name()
	var finished bool
	err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1 and not datallowconn)", name).Scan(&finished)
	if err != nil || finished {
		return err
	}
	for _, sql := range []string{"drop database if exists " + name + " with (force)", "create database " + name + " owner " + role} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	owned, err := ownerURL(super, name)
	if err != nil {
		return err
	}
	if tpl.Prepare != nil {
		if err := tpl.Prepare(ctx, owned); err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
	}
	_, err = conn.Exec(ctx, "alter database "+name+" with allow_connections false")
	return err
}

// execute runs one statement that only a superuser may.
func execute(ctx context.Context, super, sql string) error {
	return withConn(ctx, super, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql)
		return err
	})
}

var errNoURL = errors.New("TEST_POSTGRES_URL: not a URL")

// passwordOf is the role's password: that of the superuser whose URL every
// process of the run has.
func passwordOf(super string) (string, error) {
	u, err := url.Parse(super)
	if err != nil {
		return "", errNoURL
	}
	if password, ok := u.User.Password(); ok && password != "" {
		return password, nil
	}
	return role, nil
}

func ownerURL(super, database string) (string, error) {
	password, err := passwordOf(super)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(super)
	if err != nil {
		return "", errNoURL
	}
	u.User, u.Path = url.UserPassword(role, password), "/"+database
	return u.String(), nil
}
