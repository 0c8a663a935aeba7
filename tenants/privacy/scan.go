package privacy

import (
	"strings"
	"unicode/utf8"
)

// stringAt finds the end of the JSON string that begins at start, behind its
// quotation mark.
func stringAt(s string, start int) (end int, escaped, ok bool) {
	if start >= len(s) || s[start] != '"' {
		return 0, false, false
	}
	for i := start + 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1, escaped, true
		case '\\':
			escaped = true
			i++
		}
	}
	return 0, false, false
}

// next finds the next character that is no blank.
func next(s string, pos int) (int, bool) {
	for ; pos < len(s); pos++ {
		switch s[pos] {
		case ' ', '\t', '\r', '\n':
		default:
			return pos, true
		}
	}
	return pos, false
}

// skip finds the end of the value that begins at pos.
func skip(s string, pos int) (end int, ok bool) {
	depth := 0
	for pos < len(s) {
		switch c := s[pos]; c {
		case '"':
			if pos, _, ok = stringAt(s, pos); !ok {
				return 0, false
			}
			if depth == 0 {
				return pos, true
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return pos, true // of what is around it
			}
			if depth--; depth == 0 {
				return pos + 1, true
			}
		case ',':
			if depth == 0 {
				return pos, true
			}
		}
		pos++
	}
	return 0, false
}

// Clip shortens a text to at most n bytes, between characters.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Clean makes a text one that every database takes.
func Clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	if utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune { return r }, s) // byte by byte, as decoders of JSON do
}
