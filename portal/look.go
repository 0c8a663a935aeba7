package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
)

const (
	// lookLasts is how long one row of a tenant's audit log stands for all that a
	// session reads there. Each replica writes its own.
	lookLasts = time.Hour
	// maxLooks bounds those that are remembered. Beyond it some are written again.
	maxLooks = 10_000
)

// looks remembers which sessions are in which tenants' logs.
type looks struct {
	mu    sync.Mutex
	begun time.Time // of the hour
	each  map[lookKey]*look
}

type lookKey struct{ session, tenant string }

// look is one that is written, or being written by who has the lock.
type look struct {
	mu      sync.Mutex
	written bool
}

func (l *looks) of(key lookKey, now time.Time) *look {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hour := now.Truncate(lookLasts); !hour.Equal(l.begun) || len(l.each) >= maxLooks {
		l.begun, l.each = hour, map[lookKey]*look{}
	}
	one := l.each[key]
	if one == nil {
		one = &look{}
		l.each[key] = one
	}
	return one
}

// reads reports whether an operation tells of a tenant without changing it.
// Changes are in the log by themselves.
func (o *operation) reads() bool {
	method := o.route.Method
	return o.tenant && (method == http.MethodGet || method == http.MethodHead || strings.HasSuffix(o.route.Path, "/preview"))
}

// noteLook leaves in a tenant's audit log that one of the vendor's own people
// reads there, before they are answered. What cannot be noted is not shown.
func (p *Portal) noteLook(ctx context.Context, principal authz.Principal, op *operation, tenant string) error {
	if principal.Kind != authz.KindStaff || !op.reads() {
		return nil
	}
	id, err := tenants.ParseTenantID(tenant)
	if err != nil {
		return errNotFound
	}
	one := p.looks.of(lookKey{principal.ID, tenant}, time.Now())
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.written {
		return nil
	}
	unmasked, err := p.decider.Decide(ctx, principal, authz.DirectoryUnmasked, tenant)
	if err != nil {
		return err
	}
	switch err := p.audit.Look(ctx, id, audit.Look{Roles: principal.Roles, Masked: !unmasked.Allowed}); {
	case errors.Is(err, tenants.ErrNotFound):
		return errNotFound
	case err != nil:
		return &Problem{Status: http.StatusServiceUnavailable, Code: "unavailable", RetryAfter: time.Second, cause: err,
			Detail: "That you look into this organisation could not be written to its audit log, so you are shown nothing. Send the request again."}
	}
	one.written = true
	return nil
}
