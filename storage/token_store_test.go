package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
)

const oneDay = 24 * time.Hour

// wantRefused fails unless an error is a refusal with a code.
func wantRefused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if refused, ok := errors.AsType[*tenants.RefusedError](err); !ok || refused.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// TestThirdTokenIsRefused: however many ask at the same time, two work at most.
func TestThirdTokenIsRefused(t *testing.T) { onEach(t, testThirdTokenIsRefused) }

func testThirdTokenIsRefused(t *testing.T, f *fixture) {
	c := newControl(f)
	of := c.connection(c.tenant(), "Main")
	c.token(of, "expired", time.Hour) // which does not count
	first := c.token(of, "first", 0)
	var wait sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		k := newTestToken(of, fmt.Sprint(i))
		if i%2 == 1 {
			k.Replaces = first.ID
		}
		wait.Go(func() { errs[i] = c.store.CreateToken(c.ctx, k) })
	}
	wait.Wait()
	made := 0
	for _, err := range errs {
		refused, ok := errors.AsType[*tenants.RefusedError](err)
		switch {
		case err == nil:
			made++
		case !ok || refused.Code != tenants.CodeTokenLimit && refused.Code != tenants.CodeRotating:
			t.Errorf("refused with %v", err)
		}
	}
	if made != 1 {
		t.Errorf("%d more tokens were made, want 1", made)
	}
	if got := len(c.eventsOf(of.TenantID, "token.created")); got != 3 {
		t.Errorf("%d events of tokens made, want 3", got)
	}
}

// TestRevokingTheLastIsRefused: two that revoke one each see each other.
func TestRevokingTheLastIsRefused(t *testing.T) { onEach(t, testRevokingTheLastIsRefused) }

func testRevokingTheLastIsRefused(t *testing.T, f *fixture) {
	c := newControl(f)
	of := c.connection(c.tenant(), "Main")
	keep := errors.New("the last")
	both := [2]*tenants.Token{c.token(of, "a", 0), c.token(of, "b", 0)}
	var wait sync.WaitGroup
	var errs [2]error
	for i, k := range both {
		wait.Go(func() {
			errs[i] = c.store.RevokeToken(c.ctx, of.TenantID, k.ID, made, func(_ *tenants.Token, others int) error {
				if others == 0 {
					return keep
				}
				return nil
			})
		})
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), keep) {
		t.Errorf("revoked with %v", errs)
	}
}

// TestRotation: start, both work, finish or cancel.
func TestRotation(t *testing.T) { onEach(t, testRotation) }

func testRotation(t *testing.T, f *fixture) {
	c := newControl(f)
	for _, test := range []struct {
		fate   tenants.TokenFate
		events []string
	}{
		{tenants.FinishRotation, []string{"token.rotation_finished", "token.revoked"}},
		{tenants.CancelRotation, []string{"token.rotation_cancelled", "token.revoked"}},
	} {
		of := c.connection(c.tenant(), "Main")
		old := c.token(of, "old", 0)
		_, _, err := c.store.EndRotation(c.ctx, of.TenantID, old.ID, test.fate, made)
		wantRefused(t, "no rotation", err, tenants.CodeNotRotating)
		next := newTestToken(of, "next")
		next.Replaces = old.ID
		c.must(c.store.CreateToken(c.ctx, next))
		read, err := c.store.FindToken(c.ctx, of.TenantID, old.ID)
		if err != nil || read.ReplacedBy != next.ID {
			t.Errorf("the old token: %+v, %v", read, err)
		}
		chained := newTestToken(of, "chained")
		chained.Replaces = next.ID
		wantRefused(t, "a rotation of the new one", c.store.CreateToken(c.ctx, chained), tenants.CodeRotating)

		at := made.Add(time.Hour)
		replaced, successor, err := c.store.EndRotation(c.ctx, of.TenantID, old.ID, test.fate, at)
		c.must(err)
		ends, stays := replaced, successor
		if test.fate == tenants.CancelRotation {
			ends, stays = successor, replaced
		}
		for _, k := range []*tenants.Token{ends, stays} {
			stored, err := c.store.FindToken(c.ctx, of.TenantID, k.ID)
			if err != nil || stored.RevokedAt != k.RevokedAt || !stored.Replaces.IsZero() || !stored.ReplacedBy.IsZero() {
				t.Errorf("stored %+v, %v; returned %+v", stored, err, k)
			}
		}
		if !ends.RevokedAt.Equal(at) || !stays.RevokedAt.IsZero() {
			t.Errorf("revoked %v and %v", ends.RevokedAt, stays.RevokedAt)
		}
		got := c.eventsOf(of.TenantID, "token.%")
		if want := append([]string{"token.created", "token.created", "token.rotation_started"}, test.events...); !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
	}
}

// TestRotationOfDeadTokens: what does not work takes no place and gives none up.
func TestRotationOfDeadTokens(t *testing.T) { onEach(t, testRotationOfDeadTokens) }

func testRotationOfDeadTokens(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	of, other := c.connection(tenant, "Main"), c.connection(tenant, "Other")
	dead := c.token(of, "dead", time.Hour)
	next := newTestToken(of, "next")
	next.Replaces = dead.ID
	wantRefused(t, "in the place of a dead token", c.store.CreateToken(c.ctx, next), tenants.CodeNotLive)
	next.Replaces = c.token(other, "elsewhere", 0).ID
	if err := c.store.CreateToken(c.ctx, next); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("in the place of another connection's token: %v", err)
	}

	// The old one expires while both work: the new one must stay, and is free for
	// the next rotation.
	old := c.token(of, "old", 0)
	next.Replaces = old.ID
	c.must(c.store.CreateToken(c.ctx, next))
	c.rowsChanged(`update tokens set expires_at = 1 where id = '` + old.ID.UUID() + `'`)
	_, _, err := c.store.EndRotation(c.ctx, of.TenantID, old.ID, tenants.CancelRotation, made)
	wantRefused(t, "cancel though the old one is dead", err, tenants.CodeNotLive)
	third := newTestToken(of, "third")
	third.Replaces = next.ID
	c.must(c.store.CreateToken(c.ctx, third))
}

// rowsChanged changes rows past every rule.
func (c *control) rowsChanged(statement string) {
	c.t.Helper()
	db := c.all
	if slices.ContainsFunc(purgedLog, func(t purgedTable) bool { return strings.HasPrefix(statement, "insert into "+t.name+" ") }) {
		db = db.requestLog()
	}
	c.must(db.update(c.ctx, "", func(tx *tx) error {
		_, err := tx.exec(c.ctx, statement)
		return err
	}))
}

// TestExpiryIsToldOnce: 30, 14, 7 and 1 days ahead and when it happens, each once
// whoever asks how often; after a pause only what is nearest.
func TestExpiryIsToldOnce(t *testing.T) { onEach(t, testExpiryIsToldOnce) }

func testExpiryIsToldOnce(t *testing.T, f *fixture) {
	c := newControl(f)
	of := c.connection(c.tenant(), "Main")
	const year = 365 * oneDay
	far := time.Now().UTC().Truncate(time.Microsecond).AddDate(2, 0, 0) // so that both work while the test runs
	c.expiring(of, "long", far)
	short := newTestToken(of, "short")
	short.CreatedAt, short.ExpiresAt = far.Add(-7*oneDay), far
	c.must(c.store.CreateToken(c.ctx, short))
	told := func(at time.Time) []string {
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() { c.must(c.maintenance.Once(c.ctx, at)) })
		}
		wait.Wait()
		return c.rows(`select type, cast(data as text) from events where type in ('token.expiring', 'token.expired') order by sequence`)
	}
	for _, step := range []struct {
		ahead time.Duration
		want  []string // since the step before, in any order
	}{
		{year, nil},
		{30*oneDay + time.Second, nil},
		{30 * oneDay, []string{`"long" 30`}},
		{20 * oneDay, nil},
		{13 * oneDay, []string{`"long" 14`}},
		{oneDay / 2, []string{`"long" 1`, `"short" 1`}}, // 7 days ahead nobody looked
		{0, []string{`"long"`, `"short"`}},
		{-oneDay, nil},
	} {
		before := len(c.rows(`select type from events where type in ('token.expiring', 'token.expired')`))
		all := told(far.Add(-step.ahead))[before:]
		if len(all) != len(step.want) {
			t.Errorf("%v ahead: %v, want %v", step.ahead, all, step.want)
			continue
		}
		for _, want := range step.want {
			name, days, _ := strings.Cut(want, " ")
			if !slices.ContainsFunc(all, func(e string) bool {
				return strings.Contains(e, `"name":`+name) && (days == "") == strings.HasPrefix(e, "token.expired") &&
					(days == "" || strings.Contains(e, `"expires_in_days":`+days+`,`))
			}) {
				t.Errorf("%v ahead: %v, want %s", step.ahead, all, want)
			}
		}
	}
	if got := c.auditOf(of.TenantID.UUID()); !slices.Contains(got, "token.expired") {
		t.Errorf("the log has %v", got)
	}
}

func (c *control) expiring(of *tenants.Connection, name string, at time.Time) *tenants.Token {
	c.t.Helper()
	k := newTestToken(of, name)
	k.ExpiresAt = at
	c.must(c.store.CreateToken(c.ctx, k))
	return k
}

// TestExpiryOfDeadThingsIsNotTold: neither of revoked tokens nor of deleted
// connections, whose tokens are told of when they are restored.
func TestExpiryOfDeadThingsIsNotTold(t *testing.T) { onEach(t, testExpiryOfDeadThingsIsNotTold) }

func testExpiryOfDeadThingsIsNotTold(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	of, gone := c.connection(tenant, "Main"), c.connection(tenant, "Gone")
	revoked := c.token(of, "revoked", 90*oneDay)
	c.must(c.store.RevokeToken(c.ctx, of.TenantID, revoked.ID, made, nil))
	c.token(gone, "of the deleted", 90*oneDay)
	c.delete(gone, tenants.KeepPeople)
	c.must(c.maintenance.Once(c.ctx, made.Add(29*oneDay)))
	at := made.Add(80 * oneDay)
	count := func() int {
		_, err := c.parts.TellExpiries(c.ctx, at, 10)
		c.must(err)
		return len(c.eventsOf(of.TenantID, "token.expiring"))
	}
	if n := count(); n != 0 {
		t.Errorf("%d warnings of dead things", n)
	}
	c.must(c.restore(gone))
	if n := count(); n != 1 {
		t.Errorf("%d warnings after the restoring", n)
	}
}
