package filter

import (
	"strings"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString
	tokenMark // one of ( ) [ ]
)

// token is one lexical element. A word is anything between spaces, brackets and
// quotes: a name, an operator, a keyword or a number, told apart by the parser.
type token struct {
	kind tokenKind
	text string // as written, quotes included
	str  string // a string's value
	at   int    // byte offset
	glue bool   // follows the token before it without a space
}

func (t token) is(mark string) bool { return t.kind == tokenMark && t.text == mark }

func (t token) keyword(word string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, word)
}

// String describes the token for a message.
func (t token) String() string {
	if t.kind == tokenEnd {
		return "the end"
	}
	return "`" + clip(t.text) + "`"
}

// lexError is what a lexer found wrong, at a byte offset.
type lexError struct {
	at     int
	detail string
}

// lexer cuts a text, valid UTF-8, into tokens.
type lexer struct {
	text string
	at   int
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isMark(c byte) bool { return c == '(' || c == ')' || c == '[' || c == ']' }

func (l *lexer) next() (token, *lexError) {
	start := l.at
	for l.at < len(l.text) && isSpace(l.text[l.at]) {
		l.at++
	}
	tok := token{at: l.at, glue: l.at == start}
	if l.at == len(l.text) {
		return tok, nil
	}
	var err *lexError
	switch c := l.text[l.at]; {
	case c == '"':
		tok.kind = tokenString
		tok.str, err = l.str()
	case isMark(c):
		tok.kind = tokenMark
		l.at++
	default:
		tok.kind = tokenWord
		l.word()
	}
	tok.text = l.text[tok.at:l.at]
	return tok, err
}

func (l *lexer) word() {
	for l.at < len(l.text) {
		c := l.text[l.at]
		if isSpace(c) || isMark(c) || c == '"' {
			return
		}
		l.at++
	}
}

// str reads a JSON string (RFC 8259 section 7), the lexer being at its opening quote.
func (l *lexer) str() (string, *lexError) {
	start := l.at
	rest := l.text[start+1:]
	if end := strings.IndexFunc(rest, endsPlain); end >= 0 && rest[end] == '"' {
		l.at = start + 1 + end + 1
		return rest[:end], nil
	}
	var b strings.Builder
	for l.at++; l.at < len(l.text); {
		c := l.text[l.at]
		switch {
		case c == '"':
			l.at++
			return b.String(), nil
		case c == '\\':
			r, err := l.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		case c < 0x20:
			return "", &lexError{l.at, "a control character in a string must be written as an escape"}
		default:
			b.WriteByte(c)
			l.at++
		}
	}
	return "", &lexError{start, "the string has no closing quote"}
}

// endsPlain says that a string's text up to a character is its value.
func endsPlain(r rune) bool { return r == '"' || r == '\\' || r < 0x20 }

var simpleEscapes = map[byte]rune{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escape reads one escape sequence, a pair of surrogates counting as one.
func (l *lexer) escape() (rune, *lexError) {
	start := l.at
	invalid := &lexError{start, `expected one of the escapes \" \\ \/ \b \f \n \r \t \uXXXX`}
	if start+1 >= len(l.text) {
		return 0, invalid
	}
	if r, ok := simpleEscapes[l.text[start+1]]; ok {
		l.at += 2
		return r, nil
	}
	r, ok := hexEscape(l.text[start:])
	if !ok {
		return 0, invalid
	}
	l.at += 6
	if r == 0 {
		return 0, &lexError{start, "a string must not contain the character U+0000"}
	}
	if r < 0xD800 || r > 0xDFFF {
		return r, nil
	}
	low, ok := hexEscape(l.text[l.at:])
	if !ok || r > 0xDBFF || low < 0xDC00 || low > 0xDFFF {
		return 0, &lexError{start, "half of a surrogate pair"}
	}
	l.at += 6
	return (r-0xD800)<<10 | (low - 0xDC00) + 0x10000, nil
}

// hexEscape reads the \uXXXX that s begins with.
func hexEscape(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for i := 2; i < 6; i++ {
		digit := strings.IndexByte("0123456789abcdef", lower(s[i]))
		if digit < 0 {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// position turns a byte offset into the 1-based character position that a
// message names.
func position(text string, at int) int { return utf8.RuneCountInString(text[:at]) + 1 }
