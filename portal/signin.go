package portal

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/oauth2"

	"github.com/roster-scim/roster/tenants/login"
)

const (
	signInPath   = "/console/sign-in"
	callbackPath = "/console/callback"

	// signInTime is how long somebody may take at the provider.
	signInTime = 10 * time.Minute
	signInKind = "sign-in"
)

// signInTry is a sign-in that has begun. The browser keeps it, encrypted: whoever
// comes back without it did not begin here.
type signInTry struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"` // RFC 7636
	Until    time.Time `json:"u"`
}

// signIn sends staff to their provider.
func (p *Portal) signIn(c *gin.Context) {
	if p.oidc == nil {
		p.show(c, p.noSignInPage())
		return
	}
	try := &signInTry{State: randomText(), Nonce: randomText(), Verifier: oauth2.GenerateVerifier(), Until: time.Now().Add(signInTime)}
	to, err := p.oidc.begin(c.Request.Context(), try)
	if err != nil {
		p.signInFailed(c, err)
		return
	}
	plain, err := json.Marshal(try)
	if err != nil {
		p.pageFailed(c, err)
		return
	}
	http.SetCookie(c.Writer, p.tryCookie(base64.RawURLEncoding.EncodeToString(p.tries.seal(plain, signInKind)), int(signInTime/time.Second)))
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, to)
}

// signedIn is where the provider sends them back to. Whatever comes of it, the
// attempt is over.
func (p *Portal) signedIn(c *gin.Context) {
	if p.oidc == nil {
		p.show(c, p.noSignInPage())
		return
	}
	http.SetCookie(c.Writer, p.tryCookie("", -1))
	try, err := p.takeTry(c.Request)
	if err != nil {
		p.signInFailed(c, err)
		return
	}
	who, err := p.oidc.finish(c.Request.Context(), try, c.Query("code"))
	if err != nil {
		p.signInFailed(c, err)
		return
	}
	started, err := p.login.SignInStaff(p.visitor(c), who)
	if errors.Is(err, login.ErrNoRole) {
		p.logger.InfoContext(c.Request.Context(), "staff without a role here wanted to sign in", "request_id", c.Writer.Header().Get(HeaderRequestID))
		p.show(c, p.noRolePage(who))
		return
	}
	if err != nil {
		p.pageFailed(c, err)
		return
	}
	p.enter(c, started)
}

// errTryOver refuses what comes back without, or not with, what was begun here.
var errTryOver = errors.New("this is not the answer to a sign-in that this browser began")

// takeTry reads the attempt that the answer of the provider belongs to.
func (p *Portal) takeTry(r *http.Request) (*signInTry, error) {
	cookie, err := r.Cookie(p.tryCookieName())
	if err != nil {
		return nil, errTryOver
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil, errTryOver
	}
	plain, err := p.tries.open(sealed, signInKind)
	if err != nil {
		return nil, errTryOver
	}
	try := &signInTry{}
	query := r.URL.Query()
	switch {
	case json.Unmarshal(plain, try) != nil, time.Now().After(try.Until),
		subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(try.State)) != 1:
		return nil, errTryOver
	case query.Has("iss") && query.Get("iss") != p.oidc.Issuer: // RFC 9207
		return nil, errTryOver
	case query.Get("code") == "":
		return nil, errSignIn // such as error=access_denied
	}
	return try, nil
}

// tryCookieName: see cookieName.
func (p *Portal) tryCookieName() string {
	if p.secure() {
		return "__Host-roster_sign_in"
	}
	return "roster_sign_in"
}

func (p *Portal) tryCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // G124: without TLS on this machine alone
		Name: p.tryCookieName(), Value: value, Path: "/", MaxAge: maxAge,
		Secure: p.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode, // it comes back from another site
	}
}

// signInFailed says what to do next; why goes to the log.
func (p *Portal) signInFailed(c *gin.Context, err error) {
	p.logger.LogAttrs(c.Request.Context(), slog.LevelWarn, "a sign-in of staff failed",
		slog.String("error", err.Error()), slog.String("request_id", c.Writer.Header().Get(HeaderRequestID)))
	page := &entryPage{Link: &entryLink{signInPath, "Sign in again"}, RequestID: c.Writer.Header().Get(HeaderRequestID)}
	switch {
	case errors.Is(err, errTryOver):
		page.Status, page.Icon, page.Tone, page.Heading = http.StatusBadRequest, "clock", "warn", "Sign in once more"
		page.Text = []string{"This sign-in was begun in another browser, or more than 10 minutes ago."}
	case errors.Is(err, errProviderAway):
		page.Status, page.Tone, page.Heading = http.StatusServiceUnavailable, "bad", "Your identity provider does not answer"
		page.Text = []string{"It is what says who you are, so nobody can sign in until it is back.",
			"Whoever runs this server can see the cause in its log, and can let you in with roster login-link."}
	default:
		page.Status, page.Tone, page.Heading = http.StatusForbidden, "bad", "You were not signed in"
		page.Text = []string{"Your identity provider did not confirm who you are. If it goes on, whoever runs this server can see the cause in its log."}
	}
	p.show(c, page)
}

func (p *Portal) noRolePage(who login.Staff) *entryPage {
	name := who.Email
	if name == "" {
		name = who.Name
	}
	text := "Your identity provider knows you, but nothing that it says about you gives you a role in Roster."
	if name != "" {
		text = "Your identity provider knows you as " + name + ", but nothing that it says about you gives you a role in Roster."
	}
	return &entryPage{
		Status: http.StatusForbidden, Tone: "bad", Heading: "You have no role here",
		Text: []string{text, "Ask whoever runs " + p.host() + " to add you to a group that has a role (ROSTER_OIDC_ROLES), then sign in again."},
		Link: &entryLink{signInPath, "Sign in again"},
	}
}

func (p *Portal) noSignInPage() *entryPage {
	return &entryPage{
		Status: http.StatusNotFound, Icon: "key", Tone: "warn", Heading: "Sign-in is not set up",
		Text: []string{"Nobody has told this server which identity provider its staff have.",
			"On the server's machine, roster login-link makes a link that signs you in; ROSTER_OIDC_ISSUER and its companions set up sign-in for good."},
	}
}
