package health

import (
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// tokenExpired: no token works and the last one expired, or an expired one is all
// that comes.
func (g *glance) tokenExpired() *Problem {
	if len(g.Tokens) == 0 {
		return nil
	}
	v, none := expired(g)
	last := g.bestToken()
	if none && !ended(last).Equal(last.ExpiresAt) {
		return nil // somebody revoked it, and knows
	}
	if !none {
		if r := g.Rejected; r.Code != requestlog.CodeTokenExpired || r.Token == "" || r.Token != g.Token {
			return nil
		}
		if last = g.tokenOf(g.Rejected.Token); last == nil {
			return nil
		}
		v.since = last.ExpiresAt
	}
	p := &Problem{Code: TokenHasExpired, Severity: Error, Since: v.since, Affected: 1, Examples: []Example{{Name: last.Name, ID: last.ID.String()}}}
	sayTokenExpired(g, p, last)
	return p
}

// tokenExpiring: every token that works stops within 30 days.
func (g *glance) tokenExpiring() *Problem {
	var last *tenants.Token
	for _, t := range g.Tokens {
		switch {
		case !t.Live(g.now):
		case t.ExpiresAt.IsZero() || t.ExpiresAt.After(g.now.Add(expiresSoon)):
			return nil
		case last == nil || outlives(t, last):
			last = t
		}
	}
	if last == nil {
		return nil
	}
	since := last.ExpiresAt.Add(-expiresSoon)
	if since.Before(last.CreatedAt) {
		since = last.CreatedAt
	}
	p := &Problem{Code: TokenExpiresSoon, Severity: Warning, Since: since, Affected: 1, Examples: []Example{{Name: last.Name, ID: last.ID.String()}}}
	sayTokenExpiring(g, p, last)
	return p
}

// entraQuarantine: Entra slows down at once if the credentials are refused or a
// look-up is answered 404, and otherwise when much fails. After four weeks it
// disables the job.
func (g *glance) entraQuarantine() *Problem {
	if g.provider != quirk.Entra || g.Connection.State() != tenants.ConnectionActive {
		return nil
	}
	since, why := g.quarantineSince()
	if since.IsZero() {
		return nil
	}
	p := &Problem{Code: EntraQuarantine, Severity: Error, Since: since, Affected: 1}
	sayQuarantine(g, p, why, since.Add(quarantineDays*24*time.Hour))
	return p
}

// quarantineSince is when Entra's clock began to run, and why.
func (g *glance) quarantineSince() (since time.Time, why ProblemCode) {
	if v, ok := rejectedOnly(g); ok && g.Token != "" {
		return v.since, TokenHasExpired
	}
	if g.NotFound != 0 {
		return g.NotFound.time(), WrongUniqueIdentifier
	}
	return g.Quarantine.time(), EntraQuarantine
}
