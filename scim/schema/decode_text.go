package schema

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string, the decoder standing at its opening quote.
func (d *decoder) text() (string, *fault) {
	start := d.pos + 1
	for i := start; i < len(d.data); i++ {
		switch c := d.data[i]; {
		case c == '"':
			d.pos = i + 1
			return string(d.data[start:i]), nil
		case c == '\\':
			return d.escaped(start, i)
		case c < ' ':
			return "", control(i)
		}
	}
	return "", unterminated(start - 1)
}

// escaped reads the string that begins at start from its first backslash on.
func (d *decoder) escaped(start, backslash int) (string, *fault) {
	buf := append(make([]byte, 0, 2*(backslash-start)+16), d.data[start:backslash]...)
	for i := backslash; i < len(d.data); {
		switch c := d.data[i]; {
		case c == '"':
			d.pos = i + 1
			return string(buf), nil
		case c == '\\':
			r, size, f := d.escape(i)
			if f != nil {
				return "", f
			}
			buf = utf8.AppendRune(buf, r)
			i += size
		case c < ' ':
			return "", control(i)
		default:
			buf = append(buf, c)
			i++
		}
	}
	return "", unterminated(start - 1)
}

// escape reads the escape sequence at i and returns how many bytes it has.
func (d *decoder) escape(i int) (rune, int, *fault) {
	if i+1 >= len(d.data) {
		return 0, 0, unterminated(i)
	}
	switch c := d.data[i+1]; c {
	case '"', '\\', '/':
		return rune(c), 2, nil
	case 'b':
		return '\b', 2, nil
	case 'f':
		return '\f', 2, nil
	case 'n':
		return '\n', 2, nil
	case 'r':
		return '\r', 2, nil
	case 't':
		return '\t', 2, nil
	case 'u':
		return d.codePoint(i)
	}
	return 0, 0, syntax(fmt.Sprintf("malformed JSON: unknown escape sequence at byte %d", i))
}

// codePoint reads \uXXXX at i, or the two of them that make a surrogate pair.
func (d *decoder) codePoint(i int) (rune, int, *fault) {
	r, ok := d.unit(i)
	switch {
	case !ok:
		return 0, 0, syntax(fmt.Sprintf("malformed JSON: expected four hexadecimal digits behind \\u at byte %d", i))
	case r == 0:
		return 0, 0, invalid(fmt.Sprintf("a NUL character (\\u0000) at byte %d cannot be stored", i))
	case !utf16.IsSurrogate(r):
		return r, 6, nil
	}
	if low, ok := d.unit(i + 6); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12, nil
		}
	}
	return 0, 0, syntax(fmt.Sprintf("malformed JSON: unpaired surrogate at byte %d", i))
}

// unit reads the UTF-16 code unit written as \uXXXX at i.
func (d *decoder) unit(i int) (rune, bool) {
	if i+6 > len(d.data) || d.data[i] != '\\' || d.data[i+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(d.data[i+2:i+6]), 16, 16)
	return rune(n), err == nil
}

func control(i int) *fault {
	return syntax(fmt.Sprintf("malformed JSON: unescaped control character at byte %d", i))
}

func unterminated(start int) *fault {
	return syntax(fmt.Sprintf("malformed JSON: the string that begins at byte %d has no end", start))
}
