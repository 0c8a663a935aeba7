package portal

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/routers"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
)

// lookLog is a store of audit logs that keeps looks alone.
type lookLog struct {
	audit.Store // what is not asked for
	mu          sync.Mutex
	looks       []audit.Look
	fails       error
}

func (l *lookLog) NoteLook(_ context.Context, _ tenants.TenantID, look audit.Look) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails == nil {
		l.looks = append(l.looks, look)
	}
	return l.fails
}

// noPolicies are none but the built-in ones.
type noPolicies struct{}

func (noPolicies) Lines(context.Context, string) (int64, []authz.Line, error) { return 1, nil, nil }

func looking(t *testing.T) (*Portal, *lookLog) {
	t.Helper()
	decider, err := authz.NewDecider(noPolicies{})
	if err != nil {
		t.Fatal(err)
	}
	log := &lookLog{}
	return &Portal{handlers: handlers{audit: audit.NewLog(log), decider: decider}}, log
}

func readsUsers(method string) *operation {
	return &operation{id: "listUsers", tenant: true, route: &routers.Route{Method: method, Path: "/api/v1/tenants/{tenant}/users"}}
}

// TestWhatCannotBeNotedIsNotShown: a look that is not in the log is refused, and
// tried again with the next request.
func TestWhatCannotBeNotedIsNotShown(t *testing.T) {
	t.Parallel()
	p, log := looking(t)
	support := authz.Principal{Kind: authz.KindStaff, ID: "ses1", Roles: []string{authz.RoleSupport}, PolicyRevision: 1}
	tenant := tenants.NewTenantID().String()
	for _, c := range []struct {
		fails  error
		status int
		code   string
	}{
		{errors.New("the database is away"), http.StatusServiceUnavailable, "unavailable"},
		{tenants.ErrNotFound, http.StatusNotFound, "not_found"},
	} {
		log.fails = c.fails
		problem, ok := errors.AsType[*Problem](p.noteLook(t.Context(), support, readsUsers(http.MethodGet), tenant))
		if !ok || problem.Status != c.status || problem.Code != c.code {
			t.Errorf("%v is answered %+v", c.fails, problem)
		}
	}
	log.fails = nil
	if err := p.noteLook(t.Context(), support, readsUsers(http.MethodGet), tenant); err != nil || len(log.looks) != 1 {
		t.Fatalf("%v, %d looks", err, len(log.looks))
	}
	if look := log.looks[0]; !look.Masked || len(look.Roles) != 1 || look.Roles[0] != authz.RoleSupport {
		t.Errorf("the look is %+v", look)
	}
}

// TestLooksAreNotedOnce: however many requests come at once, and for those alone
// who are the vendor's own and read.
func TestLooksAreNotedOnce(t *testing.T) {
	t.Parallel()
	p, log := looking(t)
	tenant, other := tenants.NewTenantID().String(), tenants.NewTenantID().String()
	staff := authz.Principal{Kind: authz.KindStaff, ID: "ses1", Roles: []string{authz.RoleOwner}, PolicyRevision: 1}
	second := staff
	second.ID = "ses2"
	look := func(principal authz.Principal, method, tenant string) {
		if err := p.noteLook(t.Context(), principal, readsUsers(method), tenant); err != nil {
			t.Error(err)
		}
	}
	p.looks.of(lookKey{"a", "b"}, time.Now()) // the hour begins
	hour := p.looks.begun
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { look(staff, http.MethodGet, tenant) })
	}
	all.Wait()
	look(staff, http.MethodGet, other)
	look(second, http.MethodGet, tenant)
	look(staff, http.MethodPost, tenants.NewTenantID().String())
	for _, kind := range []authz.Kind{authz.KindAPIKey, authz.KindPortal} {
		look(authz.Principal{Kind: kind, ID: "x"}, http.MethodGet, tenants.NewTenantID().String())
	}
	if p.looks.begun.Equal(hour) && len(log.looks) != 3 || len(log.looks) < 3 {
		t.Errorf("%d looks are noted", len(log.looks))
	}
	if log.looks[0].Masked {
		t.Error("an owner's look is said to be masked")
	}
}

// TestLooksAreBounded: they are forgotten with the hour, and when there are too
// many.
func TestLooksAreBounded(t *testing.T) {
	t.Parallel()
	l, at, key := &looks{}, time.Date(2026, 11, 22, 10, 59, 0, 0, time.UTC), lookKey{"ses1", "ten1"}
	first := l.of(key, at)
	if l.of(key, at.Add(59*time.Second)) != first {
		t.Error("it is forgotten within the hour")
	}
	if l.of(key, at.Add(time.Minute)) == first {
		t.Error("it is remembered in the next hour")
	}
	for i := range 2 * maxLooks {
		l.of(lookKey{"ses1", time.Duration(i).String()}, at)
	}
	if len(l.each) > maxLooks {
		t.Errorf("%d are remembered", len(l.each))
	}
}
