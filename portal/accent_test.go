package portal

import (
	"regexp"
	"strings"
	"testing"
)

func TestContrast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#767676", "#ffffff", 4.54}, {"#0000ff", "#ffffff", 8.59}, {"#ff0000", "#000000", 5.25}} {
		a, okA := parseColour(c.a)
		b, okB := parseColour(c.b)
		if got := a.contrast(b); !okA || !okB || got < c.want-0.01 || got > c.want+0.01 || a.String() != c.a {
			t.Errorf("%s on %s: %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
	for _, text := range []string{"", "#fff", "123456", "#12345g", "#1234567", "#+12345", "# 12345", "#12345é"} {
		if c, ok := parseColour(text); ok {
			t.Errorf("%q is %s", text, c)
		}
	}
}

var variable = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`)

// Whatever the accent, text on it and in it can be read, on light and on dark.
func TestEveryAccentCanBeRead(t *testing.T) {
	t.Parallel()
	for _, accent := range []string{"#000000", "#ffffff", "#ffff00", "#808080", "#777777", "#0b7285", "#00ff00", "#0000ff", "#7f7f80", "#e64980", "#123456"} {
		for i, theme := range strings.SplitN(accentStyle(accent), "@media", 2) {
			v := map[string]colour{}
			for _, found := range variable.FindAllStringSubmatch(theme, -1) {
				v[found[1]], _ = parseColour(found[2])
			}
			card := []colour{lightCard, darkCard}[i]
			if len(v) != 4 || v["accent"].String() != accent {
				t.Fatalf("%s: %s", accent, theme)
			}
			if c := v["accent-text"].contrast(v["accent"]); c < readable {
				t.Errorf("%s: text on a button has a contrast of %.2f", accent, c)
			}
			if c := v["accent-ink"].contrast(v["accent-soft"]); c < readable {
				t.Errorf("%s: a mark on its tint has a contrast of %.2f", accent, c)
			}
			if c := v["accent-ink"].contrast(card); c < 3 { // not text: WCAG 1.4.11
				t.Errorf("%s: a mark on a card has a contrast of %.2f", accent, c)
			}
		}
	}
	if style := accentStyle(""); style != "" {
		t.Errorf("no accent: %s", style)
	}
}
