package portal

import "strings"

// docBlock is a piece of a description: a heading, code, or a paragraph.
type docBlock struct {
	Heading string
	Anchor  string // of a heading
	Code    string
	Spans   []docSpan // of a paragraph
}

// docSpan is text that is code or is not.
type docSpan struct {
	Text string
	Code bool
}

// docBlocks reads what the document uses of Markdown: headings with ##, code
// that is indented by four spaces, paragraphs, and `code` in them.
func docBlocks(text string) []docBlock {
	var blocks []docBlock
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		part = strings.Trim(part, "\n")
		heading, isHeading := strings.CutPrefix(part, "## ")
		switch {
		case part == "":
		case isHeading:
			blocks = append(blocks, docBlock{Heading: heading, Anchor: anchor("about", heading)})
		case strings.HasPrefix(part, "    "):
			blocks = append(blocks, docBlock{Code: unindent(part)})
		default:
			blocks = append(blocks, docBlock{Spans: docSpans(part)})
		}
	}
	return blocks
}

func unindent(code string) string {
	lines := strings.Split(code, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "    ")
	}
	return strings.Join(lines, "\n")
}

// docSpans takes a line of text apart at its backquotes.
func docSpans(text string) []docSpan {
	var spans []docSpan
	code := false
	for part := range strings.SplitSeq(strings.Join(strings.Fields(text), " "), "`") {
		if part != "" {
			spans = append(spans, docSpan{part, code})
		}
		code = !code
	}
	return spans
}

// anchor makes the name of a place in the page.
func anchor(kind, name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ', r == '-', r == '_':
			return '-'
		}
		return -1
	}, strings.ToLower(name))
	return kind + "-" + clean
}
