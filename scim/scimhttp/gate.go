package scimhttp

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
)

// Admission is who a request was let in as.
type Admission struct {
	Directory scim.Directory
	BaseURL   string // of the connection, without a trailing slash
	Settings  quirk.Settings
	Types     *schema.Registry
	Principal authz.Principal
	Limits    scim.Limits
	TokenID   string // public id, for the journal
}

// Gate decides whether a credential opens a connection.
type Gate interface {
	// Admit returns the admission or a *Refusal. A connection that does not
	// exist and a credential that does not belong to it are refused alike.
	Admit(ctx context.Context, connectionID, credential string) (Admission, error)
}

// Limiter bounds the request rate of one connection.
type Limiter interface {
	// Allow reports whether a request may go on now and, if not, after how long.
	Allow(connectionID string) (retryAfter time.Duration, ok bool)
	// Charge counts more requests for one that was let in and is worth several.
	Charge(connectionID string, requests int)
}

// Authorizer decides whether a principal's scopes cover an action.
type Authorizer interface {
	Check(p authz.Principal, s authz.Scope) authz.ScopeDecision
}

// Refusal is an answer that ends a request before it reaches the engine.
type Refusal struct {
	Status     int
	Detail     string        // shown to the client: who must do what
	RetryAfter time.Duration // 0: not said

	// What is not shown to the client. Directory and TokenID are of the token that
	// was refused, if there is one of the connection, and Since is when it stopped
	// working.
	Code      string
	Directory scim.Directory
	TokenID   string
	Since     time.Time
}

func (r *Refusal) Error() string { return r.Detail }

// guard asks the authorizer on behalf of one principal.
type guard struct {
	authorizer Authorizer
	principal  authz.Principal
}

var actions = map[scim.Action]authz.Action{
	scim.ActionCreate:     authz.Create,
	scim.ActionRead:       authz.Read,
	scim.ActionUpdate:     authz.Update,
	scim.ActionDeactivate: authz.Deactivate,
	scim.ActionDelete:     authz.Delete,
}

// Allow implements scim.Guard. Whatever is not a group counts as a user.
func (g guard) Allow(a scim.Action, t *schema.ResourceType) error {
	resource := authz.Users
	if t.Members() != nil {
		resource = authz.Groups
	}
	decision := g.authorizer.Check(g.principal, authz.Scope{Resource: resource, Action: actions[a]})
	if decision.Allowed {
		return nil
	}
	return scim.Forbidden(decision.Reason)
}

// credential reads the Authorization header: a bearer token with the scheme in
// any case, the bare token (Okta's header mode), or Basic with the token as the
// password. It returns "" if there is none.
func credential(r *http.Request) string {
	header := r.Header.Get("Authorization")
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	const scheme = "bearer "
	if len(header) > len(scheme) && strings.EqualFold(header[:len(scheme)], scheme) {
		return strings.TrimSpace(header[len(scheme):])
	}
	return strings.TrimSpace(header)
}
