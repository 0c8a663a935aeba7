package bench

import "bytes"

// The answers of a load test are looked through, not decoded: decoding costs more
// than sending and receiving. A member is found by its name in quotes, with or
// without white space around the colon, at any depth.

// Names of members, in quotes as they are looked for.
const (
	idKey    = `"id"`
	totalKey = `"totalResults"`
)

// member returns what follows the next occurrence of a member's name and its
// colon, nil if there is none. name is in quotes.
func member(json []byte, name string) []byte {
	for {
		at := bytes.Index(json, []byte(name))
		if at < 0 {
			return nil
		}
		json = json[at+len(name):]
		rest := skipSpace(json)
		if len(rest) > 0 && rest[0] == ':' {
			return skipSpace(rest[1:])
		}
	}
}

func skipSpace(json []byte) []byte {
	for len(json) > 0 && (json[0] == ' ' || json[0] == '\n' || json[0] == '\t' || json[0] == '\r') {
		json = json[1:]
	}
	return json
}

// hasText reports whether some member of the name has the text, which needs no
// escapes.
func hasText(json []byte, name string, text []byte) bool {
	for rest := member(json, name); rest != nil; rest = member(rest, name) {
		if len(rest) > len(text)+1 && rest[0] == '"' && bytes.Equal(rest[1:1+len(text)], text) && rest[1+len(text)] == '"' {
			return true
		}
	}
	return false
}

// textOf returns the text of the first member of the name that is one without escapes.
func textOf(json []byte, name string) []byte {
	for rest := member(json, name); rest != nil; rest = member(rest, name) {
		if len(rest) == 0 || rest[0] != '"' {
			continue
		}
		end := bytes.IndexByte(rest[1:], '"')
		if end > 0 && bytes.IndexByte(rest[1:1+end], '\\') < 0 {
			return rest[1 : 1+end]
		}
	}
	return nil
}

// hasLiteral reports whether some member of the name has the literal: true or false.
func hasLiteral(json []byte, name, literal string) bool {
	for rest := member(json, name); rest != nil; rest = member(rest, name) {
		if bytes.HasPrefix(rest, []byte(literal)) {
			return true
		}
	}
	return false
}

// totalOf returns how much a list tells of, -1 if it does not say.
func totalOf(json []byte) int {
	rest := member(json, totalKey)
	n, digits := 0, 0
	for ; digits < len(rest) && digits < 15 && '0' <= rest[digits] && rest[digits] <= '9'; digits++ {
		n = 10*n + int(rest[digits]-'0')
	}
	if digits == 0 {
		return -1
	}
	return n
}
