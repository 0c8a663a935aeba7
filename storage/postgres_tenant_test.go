package storage

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var errSeen = errors.New("seen enough")

// seen adds to a batch what a statement that has forgotten its tenant finds.
func seen(b *batch, tenants *[]string) {
	*tenants = nil
	b.query(func(row scanner) error {
		var tenant string
		err := row.Scan(&tenant)
		*tenants = append(*tenants, tenant)
		return err
	}, `select cast(tenant_id as text) from resources`)
}

// tenantUses are the ways in which a transaction can use a connection, each with
// the error that it ends with, if any.
var tenantUses = map[string]func(ctx context.Context, db *DB, tenant string, tenants *[]string) error{
	"read at once": func(ctx context.Context, db *DB, tenant string, tenants *[]string) error {
		return db.view(ctx, tenant, func(tx *tx) error {
			b := &batch{}
			seen(b, tenants)
			return tx.last(ctx, b)
		})
	},
	"read in steps": func(ctx context.Context, db *DB, tenant string, tenants *[]string) error {
		return db.view(ctx, tenant, func(tx *tx) error {
			if _, err := tx.exec(ctx, `select 1`); err != nil {
				return err
			}
			b := &batch{}
			seen(b, tenants)
			return tx.last(ctx, b)
		})
	},
	"write": func(ctx context.Context, db *DB, tenant string, tenants *[]string) error {
		return db.update(ctx, tenant, func(tx *tx) error {
			b := &batch{}
			seen(b, tenants)
			return tx.send(ctx, b)
		})
	},
	"write and undo": func(ctx context.Context, db *DB, tenant string, tenants *[]string) error {
		return db.update(ctx, tenant, func(tx *tx) error {
			b := &batch{}
			seen(b, tenants)
			return errors.Join(tx.send(ctx, b), errSeen)
		})
	},
	"fail at once": func(ctx context.Context, db *DB, tenant string, tenants *[]string) error {
		return db.view(ctx, tenant, func(tx *tx) error {
			b := &batch{}
			seen(b, tenants)
			b.exec(`select 1 / 0`)
			return tx.last(ctx, b)
		})
	},
	"fail on the way back": func(ctx context.Context, db *DB, tenant string, tenants *[]string) error {
		return db.view(ctx, tenant, func(tx *tx) error {
			b := &batch{}
			seen(b, tenants)
			b.query(func(scanner) error { return errSeen }, `select 1`)
			return tx.last(ctx, b)
		})
	},
}

// TestConnectionKeepsItsTenantApart: whoever used a connection before, and however
// that ended, a transaction sees the rows of its own tenant alone, even by
// statements that do not name it.
func TestConnectionKeepsItsTenantApart(t *testing.T) {
	t.Parallel()
	db := openPostgresAt(t, withOneConnection(postgresCopy(t)), Options{})
	all := []string{""}
	for _, name := range []string{"Ada", "Bob"} {
		f := fixtureOn(t, db)
		f.user(name)
		all = append(all, f.dir.TenantID)
	}
	rapid.Check(t, func(r *rapid.T) {
		for range 8 {
			tenant := rapid.SampledFrom(all).Draw(r, "tenant")
			use := rapid.SampledFrom([]string{
				"read at once", "read at once", "read in steps", "write", "write and undo", "fail at once", "fail on the way back",
			}).Draw(r, "use")
			var tenants []string
			err := tenantUses[use](t.Context(), db, tenant, &tenants)
			if fails := use == "write and undo" || strings.HasPrefix(use, "fail"); fails != (err != nil) {
				r.Fatalf("%s: %v", use, err)
			}
			if got := strings.Join(tenants, " "); got != tenant {
				r.Fatalf("%s as %q sees rows of %q", use, tenant, got)
			}
		}
	})
}

// TestOnlyItsOwnConnectionKeepsATenant: one to a proxy leads elsewhere the next time.
func TestOnlyItsOwnConnectionKeepsATenant(t *testing.T) {
	t.Parallel()
	db := openPostgresAt(t, withOneConnection(postgresCopy(t)), Options{})
	tenant := newDirectory().TenantID
	for _, own := range []bool{true, false} {
		var about *postgresStatements
		err := db.view(t.Context(), "", func(tx *tx) error {
			about = statementsOf(tx.session.(*postgresSession).conn.Conn())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !about.own {
			t.Fatal("a connection without a proxy is not known to be one")
		}
		about.own, about.tenant = own, ""
		var seen string
		err = db.view(t.Context(), tenant, func(tx *tx) error {
			b := &batch{}
			b.query(func(row scanner) error { return row.Scan(&seen) }, `select current_setting('roster.tenant_id')`)
			return tx.last(t.Context(), b)
		})
		if err != nil || seen != tenant {
			t.Fatalf("confined to %q, want %q; %v", seen, tenant, err)
		}
		if kept := about.tenant == tenant; kept != own {
			t.Errorf("own: %t; kept: %t", own, kept)
		}
	}
}

// withOneConnection is an address whose pool has one connection.
func withOneConnection(address string) string {
	if strings.Contains(address, "?") {
		return address + "&pool_max_conns=1"
	}
	return address + "?pool_max_conns=1"
}
