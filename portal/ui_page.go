package portal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// servePage answers with the page, whatever the screen: its script reads the
// address. The nonce is new in every answer, so nothing may keep one.
func (p *Portal) servePage(c *gin.Context) {
	if p.ui.index == nil {
		p.show(c, notBuiltPage())
		return
	}
	nonce := newNonce()
	page := bytes.Join(p.ui.index, []byte(nonce))
	framed := p.framed(c.Request)
	h := c.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	h.Set("Content-Security-Policy", pagePolicy(nonce)+"; "+framed.policy())
	pageHeader(h, framed)
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(page) // the client is gone if this fails; there is nobody to tell
	}
}

// newNonce is 128 random bits, as text that HTML leaves alone.
func newNonce() string {
	var bits [16]byte
	_, _ = rand.Read(bits[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// pagePolicy lets the page run and load what was built, and talk to this server.
func pagePolicy(nonce string) string {
	own := "'self' 'nonce-" + nonce + "'"
	return "default-src 'none'; script-src " + own + "; style-src " + own + "; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
}

// pageHeader writes what every page for eyes has in its header.
func pageHeader(h http.Header, a ancestors) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()")
	if len(a) == 0 {
		h.Set("X-Frame-Options", "DENY") // which has no way to name several origins
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
}

// framed is who may have the page of a request in a frame. Staff have no need for
// that, and can do too much to be led to click on what they do not see.
func (p *Portal) framed(r *http.Request) ancestors {
	if path := r.URL.Path; path == consoleHome || strings.HasPrefix(path, consoleHome+"/") {
		return nil
	}
	return p.frameAncestors
}

// notBuiltPage is for programs without the portal.
func notBuiltPage() *entryPage {
	return &entryPage{
		Status: http.StatusServiceUnavailable, Icon: "clock", Tone: "warn", Heading: "The portal is not in this program",
		Text: []string{
			"This server was built without its pages. Its API and the connections of identity providers work.",
			"Whoever builds it needs Node 20: “make ui” builds the pages, and “make build” a program with them.",
		},
		Link: &entryLink{"/api/docs", "Read about the API"},
	}
}
