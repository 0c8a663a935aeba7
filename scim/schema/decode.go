package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Bounds of a JSON document. How long it may be as a whole is for the caller to say.
const (
	maxDepth        = 32
	maxNumberLength = 100
)

// DecodeObject reads one JSON object, strictly: valid UTF-8, no unpaired
// surrogates, no NUL characters, no key twice in an object, at most 32 levels,
// and nothing behind the object. Numbers come as json.Number, so that they keep
// the digits they were sent with.
//
// An error is an *Error that says where: the path of keys and the byte offset.
func DecodeObject(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, Errorf(InvalidSyntax, "the JSON text is not valid UTF-8 at byte %d", invalidUTF8(data))
	}
	d := decoder{data: data}
	d.space()
	if d.peek() != '{' {
		return nil, d.unexpected("a JSON object").err()
	}
	object, f := d.object()
	if f != nil {
		return nil, f.err()
	}
	if d.space(); d.pos < len(data) {
		return nil, d.unexpected("nothing behind the JSON object").err()
	}
	return object, nil
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// decoder reads JSON (RFC 8259) from data, which is valid UTF-8.
type decoder struct {
	data  []byte
	pos   int // of the next byte
	depth int // open objects and arrays
}

// peek returns the next byte, 0 at the end. A literal 0 is valid nowhere either.
func (d *decoder) peek() byte {
	if d.pos < len(d.data) {
		return d.data[d.pos]
	}
	return 0
}

func (d *decoder) space() {
	for d.pos < len(d.data) {
		switch d.data[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

// unexpected says what should stand where the next byte is.
func (d *decoder) unexpected(want string) *fault {
	if d.pos >= len(d.data) {
		return syntax(fmt.Sprintf("the JSON text ends at byte %d, expected %s", d.pos, want))
	}
	r, _ := utf8.DecodeRune(d.data[d.pos:])
	return syntax(fmt.Sprintf("malformed JSON: expected %s at byte %d, got %q", want, d.pos, r))
}

func (d *decoder) value() (any, *fault) {
	switch c := d.peek(); {
	case c == '"':
		return d.text()
	case c == '{':
		return d.object()
	case c == '[':
		return d.array()
	case c == '-' || isDigit(c):
		return d.number()
	case d.literal("true"):
		return true, nil
	case d.literal("false"):
		return false, nil
	case d.literal("null"):
		return nil, nil
	}
	return nil, d.unexpected("a value")
}

func (d *decoder) literal(word string) bool {
	if !bytes.HasPrefix(d.data[d.pos:], []byte(word)) {
		return false
	}
	d.pos += len(word)
	return true
}

// open enters an object or array and reports whether it is empty.
func (d *decoder) open(end byte) (bool, *fault) {
	if d.depth++; d.depth > maxDepth {
		return false, syntax(fmt.Sprintf("the JSON text is nested deeper than %d levels at byte %d", maxDepth, d.pos))
	}
	d.pos++
	d.space()
	return d.closed(end), nil
}

// closed leaves the object or array if it ends here.
func (d *decoder) closed(end byte) bool {
	if d.peek() != end {
		return false
	}
	d.pos++
	d.depth--
	return true
}

func (d *decoder) object() (map[string]any, *fault) {
	object := make(map[string]any)
	empty, f := d.open('}')
	if empty || f != nil {
		return object, f
	}
	for {
		if f := d.member(object); f != nil {
			return nil, f
		}
		if d.space(); d.closed('}') {
			return object, nil
		}
		if d.peek() != ',' {
			return nil, d.unexpected("',' or '}'")
		}
		d.pos++
		d.space()
	}
}

// member reads one "key": value into the object.
func (d *decoder) member(object map[string]any) *fault {
	start := d.pos
	if d.peek() != '"' {
		return d.unexpected("a key in quotes")
	}
	key, f := d.text()
	if f != nil {
		return f
	}
	if _, twice := object[key]; twice {
		return syntax(fmt.Sprintf("the key %s occurs twice in one object, again at byte %d", quote(key), start))
	}
	if d.space(); d.peek() != ':' {
		return d.unexpected("':'").in(clip(key, maxEcho))
	}
	d.pos++
	d.space()
	v, f := d.value()
	if f != nil {
		return f.in(clip(key, maxEcho))
	}
	object[key] = v
	return nil
}

func (d *decoder) array() ([]any, *fault) {
	array := []any{}
	empty, f := d.open(']')
	if empty || f != nil {
		return array, f
	}
	for {
		v, f := d.value()
		if f != nil {
			return nil, f.at(len(array))
		}
		array = append(array, v)
		if d.space(); d.closed(']') {
			return array, nil
		}
		if d.peek() != ',' {
			return nil, d.unexpected("',' or ']'")
		}
		d.pos++
		d.space()
	}
}

func (d *decoder) number() (json.Number, *fault) {
	rest := d.data[d.pos:]
	n := numberLength(rest)
	switch {
	case n == 0:
		return "", d.unexpected("a number")
	case n > maxNumberLength:
		return "", syntax(fmt.Sprintf("the number at byte %d is longer than %d characters", d.pos, maxNumberLength))
	}
	d.pos += n
	return json.Number(rest[:n]), nil
}

// numberLength returns how long the JSON number is that s begins with, 0 if none.
func numberLength[T string | []byte](s T) int {
	i := 0
	digits := func() bool {
		start := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		return i > start
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return 0
	}
	if i < len(s) && s[i] == '.' {
		if i++; !digits() {
			return 0
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}
