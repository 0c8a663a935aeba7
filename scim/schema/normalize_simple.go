package schema

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// simple returns the canonical form of a value that is not complex and not empty.
func (n *normalizer) simple(a *Attribute, v any) (any, *fault) {
	switch a.Type {
	case Boolean:
		return n.boolean(v)
	case Integer:
		return n.integer(v)
	case Decimal:
		return n.decimal(v)
	}
	s, ok := v.(string)
	switch {
	case !ok:
		return nil, expected(a.Type.phrase(), v)
	case len(s) > maxTextLength:
		return nil, invalid(fmt.Sprintf("expected at most %d bytes, got %d", maxTextLength, len(s)))
	case strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s):
		return nil, invalid("expected valid UTF-8 without NUL characters")
	case !n.wellFormed(a.Type, s):
		return nil, expected(a.Type.phrase(), s)
	}
	return s, nil
}

// phrase names a value of the type for a message.
func (t DataType) phrase() string {
	switch t {
	case Boolean, Decimal:
		return "a " + string(t)
	case Integer:
		return "an integer"
	case DateTime:
		return `a dateTime like "2026-01-31T09:30:00Z"`
	case Binary:
		return "base64 text"
	case Reference:
		return "a URI as a string"
	default:
		return "a string"
	}
}

// wellFormed checks the text of a string-like value. The text is stored as sent:
// a dateTime keeps its zone and precision, binary its padding.
func (n *normalizer) wellFormed(t DataType, s string) bool {
	switch t {
	case DateTime:
		_, err := ParseTime(s)
		return err == nil
	case Binary:
		return isBase64(s)
	case Reference:
		if !n.o.StrictTypes {
			return true // clients send any text in profileUrl
		}
		_, err := url.Parse(s)
		return err == nil
	default:
		return true
	}
}

// isBase64 accepts both alphabets of RFC 4648, with or without padding.
func isBase64(s string) bool {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	s = strings.TrimRight(s, "=\r\n")
	_, err := base64.RawStdEncoding.DecodeString(s)
	return err == nil
}

func (n *normalizer) boolean(v any) (any, *fault) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		if !n.o.StrictTypes && strings.EqualFold(v, "true") {
			return true, nil
		}
		if !n.o.StrictTypes && strings.EqualFold(v, "false") {
			return false, nil
		}
	}
	return nil, expected(Boolean.phrase(), v)
}

// integer has no fraction and no exponent (RFC 7643 section 2.3.4) and fits 64 bits.
func (n *normalizer) integer(v any) (any, *fault) {
	if number, ok := n.number(v); ok {
		if i, err := strconv.ParseInt(number, 10, 64); err == nil {
			return json.Number(strconv.FormatInt(i, 10)), nil
		}
	}
	return nil, expected(Integer.phrase(), v)
}

// decimal keeps the digits it was sent with, within the range of a float64.
func (n *normalizer) decimal(v any) (any, *fault) {
	if number, ok := n.number(v); ok {
		if f, err := strconv.ParseFloat(number, 64); err == nil && !math.IsInf(f, 0) {
			return json.Number(number), nil
		}
	}
	return nil, expected(Decimal.phrase(), v)
}

// number returns the text of a number, or of a string that is one.
func (n *normalizer) number(v any) (string, bool) {
	switch v := v.(type) {
	case json.Number:
		return string(v), isNumber(string(v))
	case string:
		return v, !n.o.StrictTypes && isNumber(v)
	}
	return "", false
}

func isNumber(s string) bool {
	return s != "" && len(s) <= maxNumberLength && numberLength(s) == len(s)
}

// describe returns the client's value for a message: its kind, and the value
// itself if that is short.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "the string " + quote(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return "the number " + clip(string(v), maxEcho)
	case []any:
		return fmt.Sprintf("an array of %d", len(v))
	case map[string]any:
		return "an object"
	default:
		return fmt.Sprintf("a value of the unexpected type %T", v)
	}
}
