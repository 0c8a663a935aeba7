package portal

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
)

// The pages that people see before they are signed in: without scripts, and with
// nothing loaded from elsewhere.
var (
	//go:embed templates/entry.html
	entryHTML string
	//go:embed templates/entry.css
	entryCSS string

	entryTemplate = template.Must(template.New("entry").Parse(entryHTML))
	entryPolicy   = func() string {
		digest := sha256.Sum256([]byte(entryCSS))
		return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; " +
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	}()
)

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
func (p *entryPage) Style() template.CSS { return template.CSS(entryCSS) } //nolint:gosec // our own file, nothing of a request

// show answers with a page. A request for the head alone gets the same header.
func (p *entryPage) show(w http.ResponseWriter, r *http.Request) {
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
	h.Set("Content-Security-Policy", entryPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin") // the code is in the address
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes()) // the client is gone if this fails; there is nobody to tell
	}
}

func busyPage() *entryPage {
	return &entryPage{
		Status: http.StatusTooManyRequests, Icon: "clock", Tone: "warn", Heading: "One moment, please",
		Text: []string{"More requests came from your network than the server takes at a time. Nothing was used up: try again in a few seconds."},
	}
}

// brokenPage is for failures that nobody who reads it can do anything about.
func brokenPage(status int) *entryPage {
	return &entryPage{
		Status: status, Tone: "bad", Heading: "This did not work",
		Text: []string{"The server could not do this just now. Nothing was used up: try again in a minute.",
			"If it goes on, send the request number below to whoever sent you here."},
	}
}
