package portal

import (
	"context"
	"strings"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
	"github.com/roster-scim/roster/tenants/privacy"
)

// maxKnownActors bounds what is remembered of actors while a log is read.
const maxKnownActors = 10_000

// auditReader returns what makes the rows of a log ones that whoever asks may
// see. That of the installation tells of nobody's people.
func (h *handlers) auditReader(ctx context.Context, log string) func(*audit.Entry) *audit.Entry {
	if !masks(ctx) || log == audit.Installation {
		return func(e *audit.Entry) *audit.Entry { return e }
	}
	staff := h.staffSessions(ctx)
	return func(e *audit.Entry) *audit.Entry {
		masked := *e
		subject := privacy.SubjectOf(e.TargetType)
		if subject == privacy.Person {
			masked.TargetName = privacy.Name(e.TargetName)
		}
		if len(e.Changes) > 0 {
			changes, _ := privacy.Body(e.Changes, 2*len(e.Changes)+64, privacy.Strict, subject)
			masked.Changes = []byte(changes)
		}
		if strings.HasPrefix(e.Actor, sessionPrefix) && !staff(e.Actor) {
			masked.ActorName = privacy.Name(e.ActorName)
		}
		return &masked
	}
}

// sessionPrefix begins the ids of sessions.
const sessionPrefix = "ses"

// staffSessions returns what tells sessions of the vendor's own people, whose
// names are no secret, from those of customers' administrators. One that is long
// over may be either's.
func (h *handlers) staffSessions(ctx context.Context) func(actor string) bool {
	known := map[string]bool{}
	return func(actor string) bool {
		staff, ok := known[actor]
		if ok {
			return staff
		}
		if id, err := tenants.ParseSessionID(actor); err == nil {
			_, err = h.login.Session(ctx, tenants.TenantID{}, id)
			staff = err == nil
		}
		if len(known) >= maxKnownActors {
			clear(known)
		}
		known[actor] = staff
		return staff
	}
}
