package portal

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// uiTypes are the kinds of files that are built, and whether they get smaller.
var uiTypes = map[string]struct {
	media string
	packs bool
}{
	".js": {"text/javascript; charset=utf-8", true}, ".css": {"text/css; charset=utf-8", true},
	".svg": {"image/svg+xml", true}, ".json": {"application/json", true}, ".map": {"application/json", true},
	".webmanifest": {"application/manifest+json", true}, ".txt": {"text/plain; charset=utf-8", true},
	".png": {"image/png", false}, ".ico": {"image/x-icon", false}, ".webp": {"image/webp", false},
	".woff2": {"font/woff2", false},
}

// uiFile is a file that was built. It is prepared when somebody first asks for it.
type uiFile struct {
	from fs.FS
	name string

	once   sync.Once
	failed error
	plain  []byte
	packed []byte // nil: it would not be smaller
	tag    string // of plain, without quotes
}

func (f *uiFile) prepare() error {
	f.once.Do(func() {
		if f.plain, f.failed = fs.ReadFile(f.from, f.name); f.failed != nil {
			return
		}
		sum := sha256.Sum256(f.plain)
		f.tag = hex.EncodeToString(sum[:12])
		if uiTypes[path.Ext(f.name)].packs {
			f.packed, f.failed = packed(f.plain)
		}
	})
	return f.failed
}

// packed is the text in gzip, or nil if that is not shorter.
func packed(text []byte) ([]byte, error) {
	var to bytes.Buffer
	w, err := gzip.NewWriterLevel(&to, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if to.Len() >= len(text) {
		return nil, nil
	}
	return to.Bytes(), nil
}

// send answers with the file: in gzip to whoever takes that, and for good where
// its name tells what is in it.
func (f *uiFile) send(c *gin.Context) {
	if err := f.prepare(); err != nil {
		WriteProblem(c.Writer, errInternal)
		return
	}
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix("/"+f.name, uiAssets) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", "application/octet-stream")
	if known, ok := uiTypes[path.Ext(f.name)]; ok {
		h.Set("Content-Type", known.media)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox") // opened by itself
	body, tag := f.plain, f.tag
	if f.packed != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(c.GetHeader("Accept-Encoding")) {
			body, tag = f.packed, f.tag+"-gzip"
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(body))) // which ServeContent leaves out then
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}

// takesGzip reads an Accept-Encoding header (RFC 9110 section 12.5.3).
func takesGzip(header string) bool {
	takes := map[string]bool{}
	for entry := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(entry, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameters)), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				weight = 0
			}
		}
		takes[strings.ToLower(strings.TrimSpace(name))] = weight > 0
	}
	if gzip, said := takes["gzip"]; said {
		return gzip
	}
	return takes["*"]
}
