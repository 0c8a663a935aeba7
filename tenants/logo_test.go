package tenants_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants"
)

func dataURI(media string, content []byte) string {
	return "data:" + media + ";base64," + base64.StdEncoding.EncodeToString(content)
}

func svgURI(text string) string { return dataURI("image/svg+xml", []byte(text)) }

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var to bytes.Buffer
	if err := png.Encode(&to, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}

const svgOpen = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">`

// keepBranding stores a branding and returns what is kept of it.
func (b *bundle) keepBranding(t *testing.T, brand tenants.Branding) (tenants.Branding, error) {
	t.Helper()
	made, err := b.service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme", Branding: &brand})
	if err != nil {
		return tenants.Branding{}, err
	}
	return made.Branding, nil
}

func TestLogosThatAreTaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	padding := strings.Repeat("x", 64<<10)
	fits := svgOpen + "<!--" + padding[:64<<10-len(svgOpen)-len("<!---->")-len("</svg>")] + "--></svg>"
	for name, logo := range map[string]string{
		"PNG":             dataURI("image/png", pngOf(t, 64, 32)),
		"the largest PNG": dataURI("image/png", pngOf(t, 2048, 2048)),
		"SVG":             svgURI(svgOpen + `<circle cx="4" cy="4" r="4" style="fill:red"/></svg>`),
		"with a prologue": svgURI("\ufeff" + `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">` + svgOpen + "</svg>\n"),
		"with a prefix":   svgURI(`<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:title>only on</s:title></s:svg>`),
		"of 64 KiB":       svgURI(fits),
	} {
		if kept, err := b.keepBranding(t, tenants.Branding{Logo: logo}); err != nil || kept.Logo != logo {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLogosThatAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := pngOf(t, 8, 8)
	for name, logo := range map[string]string{
		"an address":            "https://example.com/logo.png",
		"another kind":          dataURI("image/jpeg", good),
		"no kind":               dataURI("", good),
		"a kind with more":      dataURI("image/svg+xml;charset=utf-8", []byte(svgOpen+"</svg>")),
		"not base64":            "data:image/png;base64,%%%",
		"base64 with lines":     "data:image/png;base64,\n" + base64.StdEncoding.EncodeToString(good),
		"no base64":             "data:image/svg+xml," + svgOpen + "</svg>",
		"too large":             svgURI(svgOpen + "<!--" + strings.Repeat("x", 64<<10) + "--></svg>"),
		"one byte too large":    svgURI(svgOpen + strings.Repeat(" ", 64<<10-len(svgOpen)-len("</svg>")+1) + "</svg>"),
		"much too large":        "data:image/png;base64," + strings.Repeat("A", 10<<20),
		"not a PNG":             dataURI("image/png", []byte(svgOpen+"</svg>")),
		"half a PNG header":     dataURI("image/png", good[:20]),
		"a PNG that unpacks":    dataURI("image/png", pngOf(t, 2049, 1)),
		"empty":                 dataURI("image/png", nil),
		"a PNG as SVG":          dataURI("image/svg+xml", good),
		"an empty SVG":          svgURI(""),
		"HTML":                  svgURI(`<html><body>hello</body></html>`),
		"no namespace":          svgURI(`<svg viewBox="0 0 8 8"></svg>`),
		"not closed":            svgURI(svgOpen),
		"two roots":             svgURI(svgOpen + "</svg>" + svgOpen + "</svg>"),
		"text":                  svgURI("logo"),
		"a script":              svgURI(svgOpen + `<script>alert(1)</script></svg>`),
		"a script in capitals":  svgURI(svgOpen + `<SCRIPT href="x"/></svg>`),
		"a script of HTML":      svgURI(svgOpen + `<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script></svg>`),
		"a handler":             svgURI(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"a link that runs":      svgURI(svgOpen + `<a href=" JavaScript:alert(1)"><circle/></a></svg>`),
		"a page in it":          svgURI(svgOpen + `<foreignObject><p/></foreignObject></svg>`),
		"entities":              svgURI(`<!DOCTYPE svg [<!ENTITY a "aaaa">]>` + svgOpen + `<text>&a;</text></svg>`),
		"deep":                  svgURI(svgOpen + strings.Repeat("<g>", 200) + strings.Repeat("</g>", 200) + "</svg>"),
		"another character set": svgURI(`<?xml version="1.0" encoding="UTF-7"?>` + svgOpen + "</svg>"),
		"bytes that are none":   svgURI(svgOpen + "<title>\xff</title></svg>"),
	} {
		_, err := b.keepBranding(t, tenants.Branding{Logo: logo})
		if invalid, ok := errors.AsType[*tenants.InvalidError](err); !ok || invalid.Field != "branding.logo" || invalid.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesAndColours(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		name, accent     string
		keeps, keepsAlso string
		wrong            string
	}{
		{"  Example  ", "#A1B2C3", "Example", "#a1b2c3", ""},
		{"", "", "", "", ""},
		{strings.Repeat("ü", 64), "", strings.Repeat("ü", 64), "", ""},
		{strings.Repeat("ü", 65), "", "", "", "branding.product_name"},
		{"   ", "", "", "", "branding.product_name"},
		{"two\nlines", "", "", "", "branding.product_name"},
		{"ok", "#fff", "", "", "branding.accent"},
		{"ok", "2f55d4", "", "", "branding.accent"},
		{"ok", "#2f55d4;}", "", "", "branding.accent"},
		{"ok", "#2f55dg", "", "", "branding.accent"},
		{"ok", "#2f55d4\n", "", "", "branding.accent"},
	} {
		kept, err := b.keepBranding(t, tenants.Branding{ProductName: c.name, Accent: c.accent})
		if c.wrong == "" {
			if err != nil || kept.ProductName != c.keeps || kept.Accent != c.keepsAlso {
				t.Errorf("%q, %q: %+v, %v", c.name, c.accent, kept, err)
			}
			continue
		}
		if invalid, ok := errors.AsType[*tenants.InvalidError](err); !ok || invalid.Field != c.wrong {
			t.Errorf("%q, %q: %v, want %s", c.name, c.accent, err, c.wrong)
		}
	}
}
