package portal

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// maxForm bounds the forms of pages, in bytes.
const maxForm = 16 << 10

// visitor is the context of somebody who is not signed in.
func (p *Portal) visitor(c *gin.Context) context.Context {
	r := c.Request
	return tenants.As(r.Context(), tenants.Origin{
		Actor: "visitor", ActorName: "Visitor", Address: address(r), UserAgent: clip(r.UserAgent()),
		RequestID: c.Writer.Header().Get(HeaderRequestID),
	})
}

// showLink shows what a portal link is for. Mail scanners, previews and browsers
// that fetch ahead do this too, so it changes nothing about the link.
func (p *Portal) showLink(c *gin.Context) {
	i, err := p.login.Invitation(p.visitor(c), c.Param("code"))
	switch {
	case err != nil:
		p.linkFailed(c, err)
	case i.State != login.LinkActive:
		p.show(c, deadLinkPage(i))
	default:
		p.show(c, p.invitationPage(i, time.Now()))
	}
}

// openLink is what the buttons of that page do.
func (p *Portal) openLink(c *gin.Context) {
	if err := p.checkOrigin(c.Request); err != nil {
		p.show(c, foreignFormPage())
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
	ctx, code := p.visitor(c), c.Param("code")
	switch c.PostForm("action") {
	case "continue":
		started, err := p.login.OpenLink(ctx, code, c.PostForm("email"))
		if err != nil {
			p.linkFailed(c, err)
			return
		}
		p.enter(c, started)
	case "decline":
		if err := p.login.DeclineLink(ctx, code); err != nil {
			p.linkFailed(c, err)
			return
		}
		p.show(c, declinedPage())
	default: // not sent by the page; show it
		c.Redirect(http.StatusSeeOther, c.Request.URL.Path)
	}
}

func (p *Portal) linkFailed(c *gin.Context, err error) {
	if dead, ok := errors.AsType[*login.DeadLinkError](err); ok {
		p.show(c, deadLinkPage(&dead.Invitation))
		return
	}
	if wrong, ok := errors.AsType[*login.WrongEmailError](err); ok {
		p.show(c, p.wrongEmailPage(wrong, time.Now()))
		return
	}
	if errors.Is(err, tenants.ErrNotFound) {
		p.show(c, noLinkPage())
		return
	}
	p.pageFailed(c, err)
}

// pageFailed is fail for pages.
func (p *Portal) pageFailed(c *gin.Context, err error) {
	status := problemOf(err).Status
	if status < http.StatusInternalServerError {
		status = http.StatusInternalServerError
	}
	p.logger.LogAttrs(c.Request.Context(), slog.LevelError, "a page failed",
		slog.String("error", err.Error()), slog.String("request_id", c.Writer.Header().Get(HeaderRequestID)))
	p.show(c, brokenPage(status))
}
