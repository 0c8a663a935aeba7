package portal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

const (
	uiIndex = "index.html"
	// uiAssets is where files are that have a hash of what they hold in their name.
	uiAssets = "/assets/"
	// uiNonce stands in the page where the nonce of an answer belongs.
	uiNonce = "__CSP_NONCE__"
)

// ui is the portal and the console: one page, whose script shows what belongs to
// an address, and the files that it loads.
type ui struct {
	index [][]byte // the page, cut where the nonce belongs; nil: it was not built
	files map[string]*uiFile
}

// newUI finds what was built. None is fine: the API does without.
func newUI(built fs.FS) (*ui, error) {
	u := &ui{files: map[string]*uiFile{}}
	if built == nil {
		return u, nil
	}
	page, err := fs.ReadFile(built, uiIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return u, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the built pages: %w", err)
	}
	u.index = bytes.Split(page, []byte(uiNonce))
	err = fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == uiIndex || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		u.files["/"+name] = &uiFile{from: built, name: name}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the built files: %w", err)
	}
	return u, nil
}

// registerUI puts the routes of the pages' files into an engine, and those of the
// pages that a router can tell from the rest; see ServePage.
func (p *Portal) registerUI(engine gin.IRoutes) {
	answer := func(path string, handler gin.HandlerFunc) {
		engine.GET(path, handler)
		engine.HEAD(path, handler)
	}
	answer("/", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, portalHome) })
	answer(portalHome, p.servePage)
	answer(consoleHome, p.servePage)
	answer(uiAssets+"*file", p.serveFile)
	for path := range p.ui.files {
		if !strings.HasPrefix(path, uiAssets) {
			answer(path, p.serveFile)
		}
	}
}

// ServePage answers a request for a screen of the portal or the console, and
// reports whether it is one. It is for what no route takes: some addresses below
// those of the screens are not screens.
func (p *Portal) ServePage(c *gin.Context) bool {
	path := c.Request.URL.Path
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		return false
	}
	if !strings.HasPrefix(path, portalHome+"/") && !strings.HasPrefix(path, consoleHome+"/") {
		return false
	}
	p.servePage(c)
	return true
}

// serveFile answers with a file that was built. What is not one by its exact path
// is nothing.
func (p *Portal) serveFile(c *gin.Context) {
	file := p.ui.files[c.Request.URL.Path]
	if file == nil {
		h := c.Writer.Header()
		h.Set("Cache-Control", "no-store") // it may be there after an update
		h.Set("X-Content-Type-Options", "nosniff")
		c.String(http.StatusNotFound, "There is no such file.\n")
		return
	}
	file.send(c)
}
