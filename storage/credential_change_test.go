package storage

import (
	"context"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// TestCredentialChangesAreCounted: with everything that makes a token worth more
// or less, and with nothing that happens all day.
func TestCredentialChangesAreCounted(t *testing.T) { onEach(t, testCredentialChangesAreCounted) }

func testCredentialChangesAreCounted(t *testing.T, f *fixture) {
	c := newControl(f)
	acme := c.tenant()
	of := c.connection(acme, "Main")
	k := c.token(of, "a", 0)
	numbers := NewCredentialChanges(f.db)
	number := func() tenants.CredentialChange {
		now, err := numbers.CredentialChange(c.ctx)
		c.must(err)
		return now
	}
	revoke := func() error {
		return c.store.RevokeToken(c.ctx, acme.ID, k.ID, made, func(*tenants.Token, int) error { return nil })
	}
	for _, step := range []struct {
		what   string
		counts bool
		do     func() error
	}{
		{"a user", false, func() error { c.directory(of).user("ada"); return nil }},
		{"the use of a token", false, func() error {
			return c.store.RecordUses(c.ctx, []tenants.Use{{TenantID: acme.ID, TokenID: k.ID, At: made}})
		}},
		{"a new token", false, func() error { c.token(of, "b", 0); return nil }},
		{"a paused connection", true, func() error {
			return c.changeConnection(of, func(c *tenants.Connection) { c.Status = tenants.ConnectionPaused })
		}},
		{"a suspended tenant", true, func() error {
			return c.changeTenant(acme.ID, func(t *tenants.Tenant) { t.Status = tenants.TenantSuspended })
		}},
		{"a definition", true, func() error {
			_, err := c.store.ChangeDefinitions(c.ctx, acme.ID, tenants.DefinitionChange{})
			return err
		}},
		{"a revoked token", true, revoke},
		{"a token revoked before", false, revoke},
		{"a deleted connection", true, func() error {
			return c.changeConnection(of, func(c *tenants.Connection) { c.DeletedAt, c.People = made, tenants.KeepPeople })
		}},
	} {
		before := number()
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.what, err)
		}
		if after := number(); (after != before) != step.counts || after.Number < before.Number {
			t.Errorf("%s: the number was %v and is %v", step.what, before, after)
		}
	}
}

// TestAChangeCountsWithItsCommit: not before, and those that come meanwhile behind it.
func TestAChangeCountsWithItsCommit(t *testing.T) { onEach(t, testAChangeCountsWithItsCommit) }

func testAChangeCountsWithItsCommit(t *testing.T, f *fixture) {
	c := newControl(f)
	of := c.connection(c.tenant(), "Main")
	numbers := NewCredentialChanges(f.db)
	before, err := numbers.CredentialChange(c.ctx)
	c.must(err)
	stop := context.Canceled
	err = f.db.update(c.ctx, of.TenantID.UUID(), func(tx *tx) error {
		tx.touched.Connection(of.ID.UUID())
		c.must(tx.countCredentials(c.ctx))
		ctx, cancel := context.WithTimeout(c.ctx, 10*time.Second)
		defer cancel()
		during, err := numbers.CredentialChange(ctx)
		if err != nil || during != before {
			t.Errorf("before the commit the number is %v, %v; it was %v", during, err, before)
		}
		return stop
	})
	if err != stop { //nolint:errorlint // it is returned as it is
		t.Errorf("%v", err)
	}
	if after, err := numbers.CredentialChange(c.ctx); err != nil || after != before {
		t.Errorf("what was undone has made %v of %v, %v", after, before, err)
	}
}
