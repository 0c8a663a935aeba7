package conformance

import (
	"fmt"
	"strings"
)

// Details says what went wrong, for the developer of the server.
func (r Result) Details() string {
	if len(r.Failures) == 0 {
		return r.Reason
	}
	parts := make([]string, len(r.Failures))
	for i, f := range r.Failures {
		parts[i] = f.String()
	}
	return strings.Join(parts, "\n")
}

func (f Failure) String() string {
	var b strings.Builder
	if f.Check != "" {
		fmt.Fprintf(&b, "%s\n", f.Check)
	}
	fmt.Fprintf(&b, "expected: %s\ngot:      %s", f.Expected, f.Got)
	if f.Exchange != nil {
		b.WriteString("\n" + f.Exchange.String())
	}
	return b.String()
}

func (x Exchange) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "request:  %s %s", x.Method, x.URL)
	for _, text := range []string{x.Headers, x.Body} {
		if text != "" {
			b.WriteString("\n          " + text)
		}
	}
	if x.Status == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, "\nanswer:   %d %s", x.Status, x.ContentType)
	if x.Answer != "" {
		b.WriteString("\n          " + x.Answer)
	}
	return b.String()
}

// clipped bounds how much of a text a report repeats.
func clipped(text string) string {
	const most = 1500
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + fmt.Sprintf("… (%d bytes in all)", len(text))
}
