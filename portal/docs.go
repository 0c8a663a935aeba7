package portal

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle []byte

// docsPolicy lets the page have its own style and nothing else: no script, no
// picture, nothing from elsewhere.
const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docFile is one thing to send.
type docFile struct {
	media string
	body  []byte
	tag   string // entity tag
}

// theDocs renders the documentation from openapi.yaml, once in a process: what
// to send by path.
var theDocs = sync.OnceValues(func() (map[string]docFile, error) {
	page, err := renderDocs(documentYAML)
	if err != nil {
		return nil, err
	}
	doc, err := Document()
	if err != nil {
		return nil, err
	}
	asJSON, err := doc.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write openapi.json: %w", err)
	}
	return map[string]docFile{
		"/api/docs":         newDocFile("text/html; charset=utf-8", page),
		"/api/docs.css":     newDocFile("text/css; charset=utf-8", docsStyle),
		"/api/openapi.yaml": newDocFile("application/yaml; charset=utf-8", documentYAML),
		"/api/openapi.json": newDocFile("application/json", asJSON),
	}, nil
})

func newDocFile(media string, body []byte) docFile {
	sum := sha256.Sum256(body)
	return docFile{media, body, `"` + hex.EncodeToString(sum[:8]) + `"`}
}

func renderDocs(document []byte) ([]byte, error) {
	source, err := readDocSource(document)
	if err != nil {
		return nil, err
	}
	layout, err := template.New("docs").Parse(docsTemplate)
	if err != nil {
		return nil, fmt.Errorf("read docs.html: %w", err)
	}
	var page bytes.Buffer
	if err := layout.Execute(&page, source.page()); err != nil {
		return nil, fmt.Errorf("render the documentation: %w", err)
	}
	return page.Bytes(), nil
}

// registerDocs puts the documentation's routes into an engine. Nothing in it is
// secret. It is rendered when somebody first reads it, which most processes never
// see: a test holds that it can be.
func (p *Portal) registerDocs(engine gin.IRoutes) {
	for _, path := range []string{"/api/docs", "/api/docs.css", "/api/openapi.yaml", "/api/openapi.json"} {
		engine.GET(path, p.docs)
		engine.HEAD(path, p.docs)
	}
}

func (p *Portal) docs(c *gin.Context) {
	all, err := theDocs()
	if err != nil {
		p.failed(c, err)
		return
	}
	all[c.FullPath()].send(c)
}

// send answers with the file. The tag lets a browser keep it without showing an
// old one after an update.
func (f docFile) send(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.tag)
	h.Set("Content-Security-Policy", docsPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if c.GetHeader("If-None-Match") == f.tag {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, f.media, f.body)
}
