package portal

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/tenants"
)

// The pages that people see before they are signed in: without scripts, and with
// nothing loaded from elsewhere.
var (
	//go:embed templates/entry.html
	entryHTML string
	//go:embed templates/entry.css
	entryCSS string

	entryTemplate = template.Must(template.New("entry").Parse(entryHTML))
)

// entryPolicy lets a page have its own style, and a logo that is in it.
func entryPolicy(style string) string {
	digest := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; " +
		"img-src data:; form-action 'self'; base-uri 'none'"
}

// entryPage is one of those pages.
type entryPage struct {
	Status  int
	Icon    string // invite, clock, done, key, or anything else for stop
	Tone    string // "", warn or bad
	Heading string
	Text    []string
	Invite  *invite    // of a link that works
	Link    *entryLink // where to go on
	Notes   []string
	// RequestID is there for whoever asks for help.
	RequestID string

	// Tenant is whose branding the page has; zero: the installation's.
	Tenant tenants.TenantID
	// Plain pages have no branding: it would have to be read, just when the server
	// has too much to do, or no database.
	Plain bool
	brand tenants.Branding
}

// entryLink is a button that leads somewhere.
type entryLink struct{ Href, Text string }

// invite is what a link offers.
type invite struct {
	Can, Cannot []string
	Facts       []fact
	AsksEmail   bool
	Wrong       string // what is wrong with the address that was entered
}

// fact is one line about a link. Time is set if it is a time.
type fact struct{ Name, Value, Time string }

// Style is the style sheet, which the page has in it.
func (p *entryPage) Style() template.CSS { return template.CSS(p.style()) } //nolint:gosec // our own file and colours

func (p *entryPage) style() string { return entryCSS + accentStyle(p.brand.Accent) }

// Product is what the product is called, "" on plain pages.
func (p *entryPage) Product() string { return p.brand.ProductName }

// Logo is the address of the logo, "" for that of Roster.
func (p *entryPage) Logo() template.URL {
	return template.URL(p.brand.Logo) //nolint:gosec // a picture that was looked at when it was set
}

// show answers with a page.
func (p *Portal) show(c *gin.Context, page *entryPage) {
	if !page.Plain {
		brand, err := p.tenants.Branding(c.Request.Context(), page.Tenant)
		if err != nil {
			p.logger.LogAttrs(c.Request.Context(), slog.LevelError, "a page is shown without its branding", slog.String("error", err.Error()))
		}
		page.brand = brand
	}
	page.write(c.Writer, c.Request, p.framed(c.Request))
}

// write answers with the page. A request for the head alone gets the same header.
func (p *entryPage) write(w http.ResponseWriter, r *http.Request, framed ancestors) {
	if p.Status >= http.StatusInternalServerError {
		p.RequestID = w.Header().Get(HeaderRequestID)
	}
	var body bytes.Buffer
	if err := entryTemplate.Execute(&body, p); err != nil { // a test shows every page
		WriteProblem(w, errInternal)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	h.Set("Content-Security-Policy", entryPolicy(p.style())+"; "+framed.policy())
	pageHeader(h, framed)
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes()) // the client is gone if this fails; there is nobody to tell
	}
}

func busyPage() *entryPage {
	return &entryPage{
		Plain: true, Status: http.StatusTooManyRequests, Icon: "clock", Tone: "warn", Heading: "One moment, please",
		Text: []string{"More requests came from your network than the server takes at a time. Nothing was used up: try again in a few seconds."},
	}
}

// brokenPage is for failures that nobody who reads it can do anything about.
func brokenPage(status int) *entryPage {
	return &entryPage{
		Plain: true, Status: status, Tone: "bad", Heading: "This did not work",
		Text: []string{"The server could not do this just now. Nothing was used up: try again in a minute.",
			"If it goes on, send the request number below to whoever sent you here."},
	}
}
