package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// maxBody bounds what a request of the API may send, in bytes. Schemas are the
// largest.
const maxBody = 1 << 20

type principalKey struct{}

// principalOf is who makes a request that the gate has let in.
func principalOf(ctx context.Context) authz.Principal {
	p, _ := ctx.Value(principalKey{}).(authz.Principal)
	return p
}

// gate stands before every operation of the API.
func (p *Portal) gate(c *gin.Context) {
	c.Header("Cache-Control", "no-store") // of one principal, and secrets among it
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cross-Origin-Resource-Policy", "same-origin")
	r, err := p.admit(c)
	if err != nil {
		c.Abort()
		p.fail(c.Writer, c.Request, err)
		return
	}
	c.Request = r
	if masks(r.Context()) {
		p.sendMasked(c, p.operations[r.Method+" "+c.FullPath()].personal)
	}
}

// admit returns the request as its handler sees it, or why it does not get
// there. The order of the questions matters: whoever may not know about a tenant
// learns nothing from the answers to later ones.
func (p *Portal) admit(c *gin.Context) (*http.Request, error) {
	op := p.operations[c.Request.Method+" "+c.FullPath()]
	if op == nil { // a test holds that every route has one
		return nil, errNotFound
	}
	r := c.Request
	r.Body = http.MaxBytesReader(c.Writer, r.Body, maxBody)
	if op.id == exchangeOperation {
		return p.admitExchange(c)
	}
	if op.access == forAnybody {
		return p.valid(r, op, c.Params)
	}
	principal, err := p.authenticate(r)
	if err != nil {
		return nil, err
	}
	if retryAfter, ok := p.limiter.Allow(principal.ID); !ok {
		return nil, &Problem{Status: http.StatusTooManyRequests, Code: "rate_limited", RetryAfter: retryAfter,
			Detail: "These are more requests than this credential may send at a time. Slow down; nothing was changed."}
	}
	if err := p.authorize(r.Context(), principal, op, c); err != nil {
		return nil, err
	}
	masked, err := p.mustMask(r.Context(), principal, op, c)
	if err != nil {
		return nil, err
	}
	ctx := context.WithValue(r.Context(), principalKey{}, principal)
	if masked {
		ctx = context.WithValue(ctx, maskedKey{}, true)
	}
	ctx = tenants.As(ctx, tenants.Origin{
		Actor: principal.ID, ActorName: principal.Name, Address: address(r), UserAgent: clip(r.UserAgent()),
		RequestID: c.Writer.Header().Get(HeaderRequestID),
	})
	if r, err = p.valid(r.WithContext(ctx), op, c.Params); err != nil {
		return nil, err
	}
	return r, p.noteLook(ctx, principal, op, c.Param("tenant"))
}

// authenticate finds out who calls. A session in a cookie comes from a browser,
// which sends it whoever made the page; so pages of others must not change
// anything with it.
func (p *Portal) authenticate(r *http.Request) (authz.Principal, error) {
	credential, ok := bearer(r)
	if !ok {
		cookie, err := r.Cookie(p.cookieName())
		if err != nil {
			return authz.Principal{}, errUnauthenticated
		}
		if err := p.checkOrigin(r); err != nil {
			return authz.Principal{}, &Problem{Status: http.StatusForbidden, Code: "cross_origin", cause: err,
				Detail: "A page of another site sent this request. Use the portal itself, or a bearer token."}
		}
		credential = cookie.Value
	}
	principal, err := p.login.Authenticate(r.Context(), credential)
	if errors.Is(err, login.ErrUnauthenticated) {
		p.noteRejection(r.Context(), err)
		return authz.Principal{}, errUnauthenticated
	}
	return principal, err
}

// errForeignPage refuses what a page of another site made a browser ask for.
var errForeignPage = errors.New("a page of another site sent this request")

// checkOrigin refuses requests that a page of another site may have made with the
// cookie of somebody who looks at it. Of those that change nothing it lets pass
// what a browser would send a SameSite=Lax cookie with: links that are followed.
func (p *Portal) checkOrigin(r *http.Request) error {
	if err := p.crossOrigin.Check(r); err != nil {
		return err
	}
	followed := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" && !followed {
		return errForeignPage
	}
	return nil
}

// bearer is the credential of the Authorization header (RFC 6750).
func bearer(r *http.Request) (string, bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", false
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", true // a credential of another kind, which nobody has
	}
	return strings.TrimSpace(token), true
}

// authorize asks whether the principal may carry the operation out where the
// path says.
func (p *Portal) authorize(ctx context.Context, principal authz.Principal, op *operation, c *gin.Context) error {
	tenant := ""
	if op.tenant {
		id, err := tenants.ParseTenantID(c.Param("tenant"))
		if err != nil {
			return errNotFound
		}
		if tenant = id.String(); principal.TenantID != "" && principal.TenantID != tenant {
			return errNotFound // whether or not there is such a tenant
		}
	}
	if op.access != forPrincipal {
		decision, err := p.decider.Decide(ctx, principal, op.permission, tenant)
		if err != nil {
			return err
		}
		if !decision.Allowed {
			return &Problem{Status: http.StatusForbidden, Code: "forbidden", Detail: decision.Reason + " " + decision.WhoCanGrant}
		}
	}
	if err := confined(principal, op, c.Param("connection")); err != nil {
		return err
	}
	return p.tenantExists(ctx, op, c.Param("tenant"))
}

// confined keeps a principal that is bound to one connection to it. Another
// connection is answered as if it did not exist.
func confined(principal authz.Principal, op *operation, connection string) error {
	switch {
	case principal.ConnectionID == "" || op.filtered || op.access == forPrincipal:
		return nil
	case op.connection && connection == principal.ConnectionID:
		return nil
	case op.connection:
		return errNotFound
	}
	return &Problem{Status: http.StatusForbidden, Code: "forbidden",
		Detail: "Your portal link is for one connection alone. Whoever invited you can make a link for the whole organisation."}
}

// readsDeleted are the operations that know what to do with a deleted tenant.
var readsDeleted = map[string]bool{"getTenant": true, "restoreTenant": true}

// tenantExists refuses a tenant that does not exist, so that no handler need
// ask.
func (p *Portal) tenantExists(ctx context.Context, op *operation, text string) error {
	if !op.tenant || readsDeleted[op.id] {
		return nil
	}
	id, err := tenants.ParseTenantID(text)
	if err != nil {
		return errNotFound
	}
	_, err = p.tenants.Tenant(ctx, id)
	return err
}

// maxUserAgent is what is kept of a client's name, in bytes.
const maxUserAgent = 256

func clip(text string) string {
	if len(text) > maxUserAgent {
		text = text[:maxUserAgent]
	}
	return strings.ToValidUTF8(text, "�")
}
