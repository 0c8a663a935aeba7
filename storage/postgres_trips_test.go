package storage

import (
	"errors"
	"fmt"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
)

// A request waits for the database as rarely as can be: a read once, a creation
// too, a change twice, of members three times. The beginning of a transaction goes
// with its first batch, and the end with its last.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	ids := f.seed(userType, 40, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	group, outer := f.group("Sales", ids[:10]...), f.group("All")
	n := 0
	everything := scim.With{Memberships: true, Members: true}
	tokens := NewTenants(f.db)
	for _, op := range []struct {
		name string
		most int64
		do   func(t *testing.T) error
	}{
		{"get a user", 1, func(*testing.T) error {
			_, err := f.s.Get(f.ctx, f.dir, userType, ids[0], everything)
			return err
		}},
		{"get a group", 1, func(*testing.T) error {
			_, err := f.s.Get(f.ctx, f.dir, groupType, group, everything)
			return err
		}},
		{"look a user up", 1, func(t *testing.T) error {
			q := scim.ListQuery{Filter: bind(t, userType, `userName eq "u7"`), Start: 1, Count: 10, With: everything}
			_, err := f.s.List(f.ctx, f.dir, userType, q)
			return err
		}},
		{"first page", 1, func(*testing.T) error {
			_, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{Start: 1, Count: 10, With: everything})
			return err
		}},
		{"later page", 1, func(*testing.T) error {
			_, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{Start: 21, Count: 10, With: everything})
			return err
		}},
		{"page of groups", 1, func(*testing.T) error {
			_, err := f.s.List(f.ctx, f.dir, groupType, scim.ListQuery{Start: 1, Count: 10, With: everything})
			return err
		}},
		{"find a token", 1, func(*testing.T) error {
			_, err := tokens.Credential(f.ctx, tenants.NewConnectionID(), tenants.SecretHash{})
			return ignore(err, tenants.ErrNotFound)
		}},
		{"create a user", 1, func(*testing.T) error {
			n++
			d := draft(doc{"userName": fmt.Sprint("new", n), "externalId": fmt.Sprint("x", n), "active": true})
			d.With = everything
			_, err := f.s.Create(f.ctx, f.dir, userType, d, origin)
			return err
		}},
		{"create a group with members", 2, func(*testing.T) error {
			n++
			_, err := f.s.Create(f.ctx, f.dir, groupType, draft(doc{"displayName": fmt.Sprint("G", n)}, add(ids[1:4]...)), origin)
			return err
		}},
		{"change a user", 2, func(*testing.T) error {
			n++
			d := draft(doc{"userName": "u0", "title": fmt.Sprint("title ", n), "externalId": fmt.Sprint("y", n)})
			d.With = everything
			_, err := f.put(userType, ids[0], d)
			return err
		}},
		{"change nothing", 2, func(*testing.T) error {
			_, err := f.edit(outer)
			return err
		}},
		{"add and remove members", 3, func(*testing.T) error {
			n++
			i := 10 + n%20
			_, err := f.edit(group, add(ids[i], ids[i+1]), remove(ids[i-1]))
			return err
		}},
		{"nest groups", 3, func(*testing.T) error {
			edits := add(group)
			if n++; n%2 == 0 {
				edits = remove(group)
			}
			_, err := f.edit(outer, edits)
			return err
		}},
		{"delete a user", 3, func(*testing.T) error {
			n++
			return f.delete(userType, ids[31+n%9])
		}},
	} {
		t.Run(op.name, func(t *testing.T) {
			var trips int64
			for range 9 { // each connection of the pool prepares the statements once
				before := f.db.RoundTrips()
				if err := ignore(op.do(t), scim.ErrNotFound); err != nil {
					t.Fatal(err)
				}
				trips = f.db.RoundTrips() - before
			}
			if trips > op.most {
				t.Errorf("%d round trips, want %d at most", trips, op.most)
			}
			t.Logf("%d round trips", trips)
		})
	}
}

// ignore is err unless it is the one that is expected.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
