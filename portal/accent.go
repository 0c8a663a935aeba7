package portal

import (
	"fmt"
	"math"
	"strconv"
)

// colour is red, green and blue from 0 to 1, as sRGB has them.
type colour [3]float64

var (
	white     = colour{1, 1, 1}
	black     = colour{}
	lightCard = white // as entry.css has them
	darkCard  = colour{24. / 255, 29. / 255, 39. / 255}
)

// readable is the contrast that text needs (WCAG 2.2, 1.4.3).
const readable = 4.5

// parseColour reads #rrggbb.
func parseColour(text string) (c colour, ok bool) {
	if len(text) != len("#rrggbb") || text[0] != '#' {
		return c, false
	}
	for i := range c {
		n, err := strconv.ParseUint(text[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return c, false
		}
		c[i] = float64(n) / math.MaxUint8
	}
	return c, true
}

func (c colour) String() string {
	part := func(i int) int { return int(math.Round(c[i] * math.MaxUint8)) }
	return fmt.Sprintf("#%02x%02x%02x", part(0), part(1), part(2))
}

// luminance is the relative luminance of WCAG.
func (c colour) luminance() float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// contrast is that of WCAG, from 1 to 21.
func (c colour) contrast(with colour) float64 {
	high, low := c.luminance(), with.luminance()
	return (max(high, low) + 0.05) / (min(high, low) + 0.05)
}

// mix is the colour with a share of another.
func (c colour) mix(other colour, share float64) colour {
	for i := range c {
		c[i] += (other[i] - c[i]) * share
	}
	return c
}

// on is the text that can be read on the colour. One of the two always can.
func (c colour) textOn() colour {
	if c.contrast(white) >= c.contrast(black) {
		return white
	}
	return black
}

// readableOn is the colour, as far towards black or white as it takes to be read
// on a background.
func (c colour) readableOn(background colour) colour {
	towards := background.textOn()
	for step := range 20 {
		shade := c.mix(towards, float64(step)/20)
		if shade, _ = parseColour(shade.String()); shade.contrast(background) >= readable {
			return shade
		}
	}
	return towards
}

// accentStyle are the rules that put an accent into entry.css; "" for none.
func accentStyle(accent string) string {
	c, ok := parseColour(accent)
	if !ok {
		return ""
	}
	rules := func(card colour, soft float64) string {
		tint := c.mix(card, soft)
		return fmt.Sprintf(":root { --accent: %s; --accent-text: %s; --accent-ink: %s; --accent-soft: %s }",
			c, c.textOn(), c.readableOn(tint), tint)
	}
	return rules(lightCard, 0.9) + "\n@media (prefers-color-scheme: dark) { " + rules(darkCard, 0.8) + " }\n"
}
