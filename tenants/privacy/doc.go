// Package privacy masks what may be personal: in the request log, before it is
// stored, and in what people are told who may not see personal data.
//
// There are three ways. Body, Path and the like with Redacted hide e-mail
// addresses, phone numbers, postal addresses and secrets, as the request log
// keeps them. With Secrets they hide secrets alone. With Strict they hide every
// value that may tell who somebody is, and leave ids, times, counts, booleans,
// types and the names of groups. What was masked once stays as it is if it is
// masked again.
package privacy

// Ellipsis stands for what is masked.
const Ellipsis = "…"

// Level is how much is masked.
type Level byte

// The levels.
const (
	Redacted Level = iota
	Secrets
	Strict
)

// Body masks a JSON text and cuts it to limit bytes; of what is not JSON, more
// than needed rather than less.
func Body(body []byte, limit int, level Level, about Subject) (text string, cut bool) {
	if level == Strict {
		r := &redactor{in: string(body), limit: limit, strict: true, about: about}
		if about == Control {
			return r.run(kept)
		}
		return r.run(whole)
	}
	return redact(body, limit, level == Secrets)
}

// Path masks a path and query.
func Path(path, query string) string { return maskPath(path, query) }

// Text masks addresses and tokens in a text.
func Text(s string) string { return maskText(s, open, false) }

// AttributeValue masks the value of an attribute, named by a path.
func AttributeValue(attribute, value string) string { return maskText(value, maskOf(attribute), false) }

// Filter masks what a filter or path compares with.
func Filter(s string) string { return maskFilter(s, false) }

// Detail masks an explanation, which may repeat the path that was sent.
func Detail(s string) string { return maskDetail(s, false) }

// IsAddress reports whether a text is an e-mail address and nothing else.
func IsAddress(s string) bool { return isAddress(s) }
