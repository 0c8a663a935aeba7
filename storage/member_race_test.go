package storage

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/roster-scim/roster/scim"
)

// Whoever comes last of those who name somebody and the one who is named brings
// them together, also when they come at the same time.
func TestRacesOfWaiting(t *testing.T) { onEach(t, testRacesOfWaiting) }

func testRacesOfWaiting(t *testing.T, f *fixture) {
	groups := []string{f.group("1"), f.group("2"), f.group("3")}
	for round := range 40 {
		external := fmt.Sprint("x-", round)
		var wg sync.WaitGroup
		for _, g := range groups {
			wg.Go(func() {
				if _, err := f.push(g, add(external)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			_, err := f.s.Create(f.ctx, f.dir, userType, draft(doc{"userName": external, "externalId": external}), origin)
			if err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
	}
	if left := f.rows(`select value from pending_members`); len(left) > 0 {
		t.Errorf("%v wait for people who are there", left)
	}
	for _, g := range groups {
		if n := len(f.memberIDs(g)); n != 40 {
			t.Errorf("a group has %d members, want 40", n)
		}
	}
	f.checkInvariants()
}

// Groups that are nested into each other at the same time do not end in a cycle.
func TestRacesOfNesting(t *testing.T) { onEach(t, testRacesOfNesting) }

func testRacesOfNesting(t *testing.T, f *fixture) {
	for round := range 40 {
		a, b := f.group(fmt.Sprint("a", round)), f.group(fmt.Sprint("b", round))
		errs := make([]error, 2)
		var wg sync.WaitGroup
		wg.Go(func() { _, errs[0] = f.edit(a, add(b)) })
		wg.Go(func() { _, errs[1] = f.edit(b, add(a)) })
		wg.Wait()
		refused := 0
		for _, err := range errs {
			cycle := (*scim.CycleError)(nil)
			switch {
			case errors.As(err, &cycle):
				refused++
			case err != nil:
				t.Error(err)
			}
		}
		if refused != 1 {
			t.Errorf("%d of two nestings were refused, want one", refused)
		}
	}
	f.checkInvariants()
}

// Long transactions and short ones that want the same rows all come to an end,
// and each does what it says.
func TestRacesOfBulks(t *testing.T) { onEach(t, testRacesOfBulks) }

func testRacesOfBulks(t *testing.T, f *fixture) {
	groups := []string{f.group("1"), f.group("2")}
	users := f.seed(userType, 12, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for round := range 2 {
				err := f.s.Together(f.ctx, f.dir, func(s scim.Store) error {
					in := f.onStore(s)
					for i := range 8 {
						if _, err := in.s.Create(f.ctx, f.dir, userType, userDraft(fmt.Sprint("bulk-", w, "-", round, "-", i)), origin); err != nil {
							return err
						}
						if _, err := in.edit(groups[(w+i)%2], add(users[i])); err != nil {
							return err
						}
						if _, err := in.put(userType, users[11-i], userDraft(fmt.Sprint("renamed-", w, round, i))); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for w := range 6 {
		wg.Go(func() {
			for i := range 15 {
				var err error
				if w%2 == 0 {
					_, err = f.edit(groups[i%2], remove(users[(w+i)%12]), add(users[(w+2*i)%12]))
				} else {
					_, err = f.put(userType, users[(w+i)%12], userDraft(fmt.Sprint("single-", w, "-", i)))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if page, err := f.s.List(f.ctx, f.dir, userType, scim.ListQuery{Start: 1}); err != nil || page.Total != 12+2*2*8 {
		t.Errorf("%d users, %v; want %d", page.Total, err, 12+2*2*8)
	}
	f.checkInvariants()
}
