package storage

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

func isRefused(err error, target **tenants.RefusedError) bool { return errors.As(err, target) }

// wantSeats asserts that a write was refused for want of a seat.
func wantSeats(t *testing.T, what string, err error, used, seats int) {
	t.Helper()
	e, ok := errors.AsType[*scim.SeatsError](err)
	if !ok || e.Used != used || e.Seats != seats {
		t.Errorf("%s: %v, want %d of %d seats", what, err, used, seats)
	}
	if ok && scim.AsError(err).Status != 403 {
		t.Errorf("%s: answered with %d", what, scim.AsError(err).Status)
	}
}

func (p *peopleFixture) setActive(dir scim.Directory, limits scim.Limits, id string, active bool) error {
	_, err := p.engine.Patch(p.ctx, p.caller(dir, limits), userType, id,
		fmt.Appendf(nil, `{"Operations":[{"op":"replace","path":"active","value":%t}]}`, active), scim.Projection{}, scim.Preconditions{})
	return err
}

// TestSeats: nobody becomes active beyond the tenant's seats, on whichever way.
func TestSeats(t *testing.T) { onEachPeople(t, testSeats) }

func testSeats(t *testing.T, p *peopleFixture) {
	two, other := scim.Limits{Seats: 2}, p.connection("Other")
	ada := p.mustProvision(p.dir, two, doc{"userName": "ada"})
	p.mustProvision(other, two, doc{"userName": "bob"})
	before := p.dump()
	_, err := p.provision(p.dir, two, doc{"userName": "eve"})
	wantSeats(t, "create", err, 2, 2)
	_, err = p.provision(p.dir, scim.Limits{Seats: 1}, doc{"userName": "eve"})
	wantSeats(t, "create with fewer seats than people", err, 2, 1)
	p.setSeats(2)
	_, err = p.s.CreateUser(p.ctx, p.tenant, people.NewUser{UserName: "manual"})
	if e, ok := errors.AsType[*tenants.RefusedError](err); !ok || e.Code != "seat_limit" {
		t.Errorf("register: %v", err)
	}
	if diff := cmp.Diff(before, p.dump()); diff != "" {
		t.Errorf("something was stored:\n%s", diff)
	}

	// Whoever is not active takes no seat, and may be changed at any time.
	eve := p.mustProvision(p.dir, two, doc{"userName": "eve", "active": false})
	wantSeats(t, "reactivate", p.setActive(p.dir, two, eve, true), 2, 2)
	if err := p.setActive(p.dir, two, ada, false); err != nil {
		t.Fatal(err)
	}
	if err := p.setActive(p.dir, two, eve, true); err != nil {
		t.Errorf("reactivate, with a seat: %v", err)
	}
	if err := p.setActive(p.dir, scim.Limits{Seats: 1}, eve, true); err != nil {
		t.Errorf("nothing to change, with too many people: %v", err)
	}
	p.mustDelete(userType, eve)
	p.register(people.NewUser{UserName: "manual"})
	if p.active() != "2" {
		t.Errorf("%s seats are taken", p.active())
	}
	// Those whose connection is deleted without keeping them leave theirs.
	p.deleteConnection(other, "deactivate")
	p.mustProvision(p.dir, two, doc{"userName": "zoe"})
	p.checkInvariants()
}

// TestSeatsOfOthers: a group, and another tenant's people, take no seats.
func TestSeatsOfOthers(t *testing.T) { onEachPeople(t, testSeatsOfOthers) }

func testSeatsOfOthers(t *testing.T, p *peopleFixture) {
	stranger := newPeople(t, p.in(newDirectory()))
	stranger.mustProvision(stranger.dir, scim.Limits{}, doc{"userName": "ada"})
	one := scim.Limits{Seats: 1}
	p.group("Sales")
	p.mustProvision(p.dir, one, doc{"userName": "ada"})
	if _, err := p.engine.Create(p.ctx, p.caller(p.dir, one), groupType, []byte(`{"displayName":"More"}`), scim.Projection{}); err != nil {
		t.Errorf("a group: %v", err)
	}
	p.checkInvariants()
}

// TestSeatsInBulk: operations of one request take seats one after the other, and
// those that there is none for are refused alone.
func TestSeatsInBulk(t *testing.T) { onEachPeople(t, testSeatsInBulk) }

func testSeatsInBulk(t *testing.T, p *peopleFixture) {
	three := scim.Limits{Seats: 3}
	ada := p.mustProvision(p.dir, three, doc{"userName": "ada"})
	var operations []string
	for i := range 4 {
		operations = append(operations, post(fmt.Sprint("n", i), doc{"userName": fmt.Sprint("new", i)}))
	}
	operations = append(operations, `{"method":"DELETE","path":"/Users/`+ada+`"}`, post("last", doc{"userName": "last"}))
	statuses := []int{}
	for _, r := range p.bulk(p.dir, three, operations...) {
		statuses = append(statuses, r.Status)
	}
	if diff := cmp.Diff([]int{201, 201, 403, 403, 204, 201}, statuses); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p.active() != "3" {
		t.Errorf("%s seats are taken", p.active())
	}
	p.checkInvariants()
}

// TestLastSeats: of many writers at once, as many get a seat as there are, on
// every way there is to one.
func TestLastSeats(t *testing.T) { onEachPeople(t, testLastSeats) }

func testLastSeats(t *testing.T, p *peopleFixture) {
	const writers, seats = 8, 3
	limits, other := scim.Limits{Seats: seats}, p.connection("Other")
	p.setSeats(seats)
	p.mustProvision(p.dir, limits, doc{"userName": "first"})
	sleeping := p.mustProvision(p.dir, limits, doc{"userName": "sleeping", "active": false})
	failures := p.together(writers, func(ctx context.Context, i int) error {
		name := fmt.Sprint("user", i)
		switch i % 4 {
		case 0:
			_, err := p.provision(other, limits, doc{"userName": name})
			return err
		case 1:
			return p.bulk(p.dir, limits, post("x", doc{"userName": name}))[0].Err
		case 2:
			_, err := p.s.CreateUser(ctx, p.tenant, people.NewUser{UserName: name})
			return err
		case 3:
			if i == 3 {
				return p.setActive(p.dir, limits, sleeping, true)
			}
		}
		_, err := p.provision(p.dir, limits, doc{"userName": name})
		return err
	})
	if p.active() != fmt.Sprint(seats) || len(failures) != writers-(seats-1) {
		t.Errorf("%s of %d seats are taken, %d were refused", p.active(), seats, len(failures))
	}
	for _, err := range failures {
		var refused *tenants.RefusedError
		if _, ok := errors.AsType[*scim.SeatsError](err); !ok && !isRefused(err, &refused) {
			t.Errorf("refused with %v", err)
		}
	}
	p.checkInvariants()
}
