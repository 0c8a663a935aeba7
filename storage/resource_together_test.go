package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
)

// TestTogetherAfterTheTransactionIsLost: some failures make the database undo
// the whole transaction. What comes next must not be a transaction of its own,
// and what came before must not be reported as done.
func TestTogetherAfterTheTransactionIsLost(t *testing.T) {
	t.Parallel()
	for name, loseIt := range map[string]func(ctx context.Context, tx *tx) error{
		"undone by the database": func(ctx context.Context, tx *tx) error {
			_, err := tx.exec(ctx, `rollback`)
			return errors.Join(errors.New("disk full"), err)
		},
		"interrupted while writing": func(ctx context.Context, tx *tx) error {
			ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
			defer cancel()
			_, err := tx.exec(ctx, `
				with recursive endless (n) as (select 1 union all select n + 1 from endless)
				insert into tenant_sequences (tenant_id, sequence) select 'tenant ' || n, n from endless`)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.user("before")
			want := f.dump()
			err := f.s.Together(f.ctx, f.dir, func(s scim.Store) error {
				in := f.onStore(s)
				in.user("ada")
				if err := in.s.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error { return loseIt(f.ctx, tx) }); err == nil {
					t.Error("the failure was not reported")
				}
				if _, err := s.Create(f.ctx, f.dir, userType, userDraft("bob"), origin); err == nil {
					t.Error("a write behind the lost transaction was accepted")
				}
				if _, err := s.Get(f.ctx, f.dir, userType, mustID(), scim.With{}); err == nil || errors.Is(err, scim.ErrNotFound) {
					t.Errorf("a read behind the lost transaction: %v", err)
				}
				return nil
			})
			if err == nil {
				t.Error("what was lost is reported as done")
			}
			if name == "interrupted while writing" && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, want context.DeadlineExceeded", err)
			}
			if diff := cmp.Diff(want, f.dump()); diff != "" {
				t.Error(diff)
			}
			f.user("after") // the connection is as good as new
		})
	}
}

// TestTogetherWithoutTime: a request whose time is over starts nothing more, and
// what it has done stands.
func TestTogetherWithoutTime(t *testing.T) { onEach(t, testTogetherWithoutTime) }

func testTogetherWithoutTime(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	var id string
	err := f.s.Together(ctx, f.dir, func(s scim.Store) error {
		id = f.onStore(s).user("ada")
		cancel()
		if _, err := s.Create(ctx, f.dir, userType, userDraft("bob"), origin); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.get(userType, id)
	if page, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{Start: 1}); err != nil || page.Total != 1 {
		t.Errorf("%d users: %v", page.Total, err)
	}
}

// TestTogetherPanics: a panic undoes everything and leaves the database usable.
func TestTogetherPanics(t *testing.T) { onEach(t, testTogetherPanics) }

func testTogetherPanics(t *testing.T, f *fixture) {
	want := f.dump()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = f.s.Together(f.ctx, f.dir, func(s scim.Store) error {
			f.onStore(s).user("ada")
			return s.Together(f.ctx, f.dir, func(s scim.Store) error {
				f.onStore(s).user("bob")
				panic("oops")
			})
		})
	}()
	if diff := cmp.Diff(want, f.dump()); diff != "" {
		t.Error(diff)
	}
	f.user("after")
}

// onStore is the fixture inside a transaction.
func (f *fixture) onStore(s scim.Store) *fixture {
	g := *f
	g.s = s.(*Resources)
	return &g
}
