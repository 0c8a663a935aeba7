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
		deadLinkPage(i).show(c.Writer, c.Request)
	default:
		p.invitationPage(i, time.Now()).show(c.Writer, c.Request)
	}
}

// openLink is what the buttons of that page do.
func (p *Portal) openLink(c *gin.Context) {
	if err := p.crossOrigin.Check(c.Request); err != nil {
		foreignFormPage().show(c.Writer, c.Request)
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
		declinedPage().show(c.Writer, c.Request)
	default: // not sent by the page; show it
		c.Redirect(http.StatusSeeOther, c.Request.URL.Path)
	}
}

func (p *Portal) linkFailed(c *gin.Context, err error) {
	if dead, ok := errors.AsType[*login.DeadLinkError](err); ok {
		deadLinkPage(&dead.Invitation).show(c.Writer, c.Request)
		return
	}
	if wrong, ok := errors.AsType[*login.WrongEmailError](err); ok {
		p.wrongEmailPage(wrong, time.Now()).show(c.Writer, c.Request)
		return
	}
	if errors.Is(err, tenants.ErrNotFound) {
		noLinkPage().show(c.Writer, c.Request)
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
	brokenPage(status).show(c.Writer, c.Request)
}
