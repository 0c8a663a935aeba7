package tenants

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"strings"
)

const (
	maxLogo     = 64 << 10 // bytes
	maxLogoSide = 2048     // pixels
	maxLogoDeep = 100      // elements inside one another

	svgSpace = "http://www.w3.org/2000/svg"
)

// checkLogo refuses what is no picture that may stand on every page.
func checkLogo(uri string) error {
	wrong := func(reason string) error { return &InvalidError{"branding.logo", reason} }
	media, encoded, ok := strings.Cut(strings.TrimPrefix(uri, "data:"), ";base64,")
	if !ok || !strings.HasPrefix(uri, "data:") || (media != "image/png" && media != "image/svg+xml") {
		return wrong("give a PNG or SVG picture as data:image/png;base64,… or data:image/svg+xml;base64,…")
	}
	if base64.StdEncoding.DecodedLen(len(encoded)) > maxLogo+2 { // of padding
		return wrong(fmt.Sprintf("give a picture of at most %d bytes", maxLogo))
	}
	picture, err := base64.StdEncoding.Strict().DecodeString(encoded)
	switch {
	case err != nil || strings.ContainsAny(encoded, "\r\n"): // which the decoder passes over
		return wrong("what follows ;base64, is not base64")
	case len(picture) > maxLogo:
		return wrong(fmt.Sprintf("give a picture of at most %d bytes; this one has %d", maxLogo, len(picture)))
	case media == "image/png":
		err = checkPNG(picture)
	default:
		err = checkSVG(picture)
	}
	if err != nil {
		return wrong(err.Error())
	}
	return nil
}

func checkPNG(picture []byte) error {
	size, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return errors.New("this is not a PNG picture")
	}
	if size.Width > maxLogoSide || size.Height > maxLogoSide {
		return fmt.Errorf("give a picture of at most %d pixels on each side; this one has %d × %d", maxLogoSide, size.Width, size.Height)
	}
	return nil
}

// checkSVG refuses what is not one whole SVG document, and what could do more
// than be looked at: pages show it as an image, in which nothing runs, but it may
// also be opened by itself.
func checkSVG(picture []byte) error {
	d := xml.NewDecoder(bytes.NewReader(picture))
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && roots == 1 {
			return nil
		}
		if err != nil {
			return errors.New("this is not an SVG picture in UTF-8")
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if depth++; depth > maxLogoDeep {
				return errors.New("the elements of the picture are too deep in one another")
			}
			if roots > 1 || (depth == 1 && (token.Name.Local != "svg" || token.Name.Space != svgSpace)) {
				return errors.New(`an SVG picture is one element svg of the namespace ` + svgSpace)
			}
			if err := checkElement(token); err != nil {
				return err
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			if bytes.ContainsRune(token, '[') {
				return errors.New("the picture declares entities; remove them from its DOCTYPE")
			}
		}
	}
}

// checkElement refuses what runs.
func checkElement(e xml.StartElement) error {
	switch name := strings.ToLower(e.Name.Local); name {
	case "script", "foreignobject", "iframe", "object", "embed", "handler", "listener":
		return fmt.Errorf("the picture has an element %s; a logo must have no scripts and no pages in it", name)
	}
	for _, a := range e.Attr {
		name, value := strings.ToLower(a.Name.Local), strings.ToLower(strings.TrimSpace(a.Value))
		if strings.HasPrefix(name, "on") || strings.HasPrefix(value, "javascript:") {
			return fmt.Errorf("the picture has a script in the attribute %s; a logo must have none", name)
		}
	}
	return nil
}
