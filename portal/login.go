package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// Where people are led once they are signed in.
const (
	portalHome  = "/portal"
	consoleHome = "/console"
)

// registerLogin puts the pages of links and sign-in into an engine.
func (p *Portal) registerLogin(engine *gin.Engine) error {
	if err := p.crossOrigin.AddTrustedOrigin(p.publicURL); err != nil {
		return fmt.Errorf("trust the public URL: %w", err)
	}
	pages := engine.Group("", p.paced)
	pages.GET(login.LinkPath+":code", p.showLink)
	pages.HEAD(login.LinkPath+":code", p.showLink)
	pages.POST(login.LinkPath+":code", p.openLink)
	pages.POST("/portal/sign-out", p.signOut)
	pages.GET("/portal/signed-out", func(c *gin.Context) { p.show(c, p.signedOutPage()) })
	pages.GET(signInPath, p.signIn)
	pages.GET(callbackPath, p.signedIn)
	return nil
}

// pace is the limiter's word on somebody who is known by nothing but an address.
func (p *Portal) pace(r *http.Request) (retryAfter time.Duration, ok bool) {
	return p.limiter.Allow("address " + address(r))
}

// paced keeps one address from keeping the server busy with pages.
func (p *Portal) paced(c *gin.Context) {
	if retryAfter, ok := p.pace(c.Request); !ok {
		c.Abort()
		c.Header("Retry-After", strconv.Itoa(int((retryAfter+time.Second-1)/time.Second)))
		p.show(c, busyPage())
	}
}

func (p *Portal) secure() bool { return strings.HasPrefix(p.publicURL, "https://") }

// host is what people see in their address bar.
func (p *Portal) host() string {
	if u, err := url.Parse(p.publicURL); err == nil && u.Host != "" {
		return u.Host
	}
	return p.publicURL
}

// cookieName is that of the session's cookie. With the prefix, browsers take it
// over TLS from this very host alone; without TLS, on this machine, they would
// not take it at all.
func (p *Portal) cookieName() string {
	if p.secure() {
		return "__Host-roster_session"
	}
	return "roster_session"
}

func (p *Portal) cookie(value string, expires time.Time) *http.Cookie {
	cookie := &http.Cookie{ //nolint:gosec // G124: without TLS on this machine alone
		Name: p.cookieName(), Value: value, Path: "/", Expires: expires,
		Secure: p.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if p.foreignFrames() {
		cookie.SameSite, cookie.Partitioned = http.SameSiteNoneMode, true
	}
	return cookie
}

// foreignFrames says that sites of others may have the portal in a frame, where
// browsers send it only cookies that say so, and keep those apart for each site
// that has it in one (CHIPS). Requests of others with the cookie are refused by
// checkOrigin. Without TLS there are no such cookies; on one machine the sites
// are the same.
func (p *Portal) foreignFrames() bool { return len(p.frameAncestors) > 0 && p.secure() }

// setCookie gives a browser the cookie. One from before it was kept apart would
// come along with it, and first.
func (p *Portal) setCookie(w http.ResponseWriter, cookie *http.Cookie) {
	if cookie.Partitioned {
		old := *cookie //nolint:gosec // G124: as cookie made it, and it goes
		old.Value, old.Partitioned, old.Expires, old.MaxAge, old.SameSite = "", false, time.Time{}, -1, http.SameSiteLaxMode
		http.SetCookie(w, &old)
	}
	http.SetCookie(w, cookie)
}

// enter gives a browser its session and leads it on.
func (p *Portal) enter(c *gin.Context, started *login.Started) {
	p.setCookie(c.Writer, p.cookie(started.Token, started.Session.ExpiresAt))
	c.Header("Cache-Control", "no-store")
	home := portalHome
	if started.Session.TenantID.IsZero() {
		home = consoleHome
	}
	c.Redirect(http.StatusSeeOther, home)
}

// signOut ends the session of a browser. One that has ended already is fine.
func (p *Portal) signOut(c *gin.Context) {
	if err := p.checkOrigin(c.Request); err != nil {
		p.show(c, foreignFormPage())
		return
	}
	if err := p.endCookie(c); err != nil {
		p.pageFailed(c, err)
		return
	}
	p.forgetCookie(c.Writer)
	c.Redirect(http.StatusSeeOther, "/portal/signed-out")
}

func (p *Portal) endCookie(c *gin.Context) error {
	cookie, err := c.Request.Cookie(p.cookieName())
	if err != nil {
		return nil //nolint:nilerr // there is no session to end
	}
	ctx := p.visitor(c)
	principal, err := p.login.Authenticate(ctx, cookie.Value)
	if errors.Is(err, login.ErrUnauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	o := tenants.OriginOf(ctx)
	o.Actor, o.ActorName = principal.ID, principal.Name
	return p.login.SignOut(tenants.As(ctx, o), principal)
}

func (p *Portal) forgetCookie(w http.ResponseWriter) {
	gone := p.cookie("", time.Time{}) //nolint:gosec // G124: see cookie
	gone.MaxAge = -1
	p.setCookie(w, gone)
	w.Header().Set("Cache-Control", "no-store")
}

func (p *Portal) signedOutPage() *entryPage {
	page := &entryPage{
		Status: http.StatusOK, Icon: "done", Heading: "You are signed out",
		Text: []string{"To come back, go through the application, or open a new link."},
	}
	if p.oidc != nil {
		page.Link = &entryLink{signInPath, "Staff: sign in again"}
	}
	return page
}

// noteRejection tells the log why a key or session that there is opens nothing
// any more. Whoever uses it is not told.
func (p *Portal) noteRejection(ctx context.Context, err error) {
	if rejection, ok := errors.AsType[*login.Rejection](err); ok && rejection.ID != "" {
		p.logger.LogAttrs(ctx, slog.LevelInfo, "a credential was refused",
			slog.String("reason", rejection.Reason), slog.String("id", rejection.ID))
	}
}
