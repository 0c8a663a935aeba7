package privacy

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// ellipsis stands for what is masked.
const ellipsis = Ellipsis

// mask says what must not be seen of a value.
type mask byte

const (
	open     mask = iota // nothing is masked but addresses and tokens in the text
	label                // of something personal: "work", "home"
	personal             // an e-mail address, a phone number, a postal address
	secret               // a password

	// What follows is for readers who may see nothing personal: strict.go.
	kept    // as it is, tokens apart
	whole   // a resource, or what contains resources
	private // an attribute's value
	called  // a name
	sort    // "work", "home", "User"
)

// redactor masks a JSON text in one pass, without taking it apart: what need not
// change is copied as it is, so that shape, keys and order stay.
type redactor struct {
	in      string
	pos     int
	copied  int // in[:copied] is in out, masked
	out     []byte
	limit   int
	secrets bool // mask secrets alone
	strict  bool // mask everything that may be personal
	about   Subject
	broken  mask // of the value that is no JSON
}

// redact masks a body and cuts it to limit bytes. What is not JSON is masked as
// text, more than needed rather than less.
func redact(body []byte, limit int, secrets bool) (text string, cut bool) {
	r := &redactor{in: string(body), limit: limit, secrets: secrets}
	return r.run(open)
}

func (r *redactor) run(m mask) (text string, cut bool) {
	limit := r.limit
	r.out = make([]byte, 0, min(len(r.in)+64, limit+64))
	ok := r.value(m, false, 0)
	r.space()
	if !r.full() && (!ok || r.pos < len(r.in)) {
		r.keep()
		rest := r.in[r.copied:]
		if len(rest) > 2*limit {
			rest, cut = rest[:2*limit], true
		}
		if r.strict || r.broken == secret || !r.secrets && (r.broken == personal || mentions.MatchString(rest)) {
			rest = ellipsis
		}
		r.out = append(r.out, maskLoose(rest, r.secrets)...)
		r.copied, r.pos = len(r.in), len(r.in)
	}
	r.keep()
	cut = cut || r.pos < len(r.in) && ok || len(r.out) > limit
	return Clean(Clip(string(r.out), limit)), cut
}

// keep copies what was read since the last copy. After a syntax error that is
// everything up to it.
func (r *redactor) keep() {
	if r.copied < r.pos {
		r.out = append(r.out, r.in[r.copied:r.pos]...)
		r.copied = r.pos
	}
}

// full reports that there is enough.
func (r *redactor) full() bool { return len(r.out)+r.pos-r.copied > r.limit }

func (r *redactor) space() {
	for r.pos < len(r.in) {
		switch r.in[r.pos] {
		case ' ', '\t', '\r', '\n':
			r.pos++
		default:
			return
		}
	}
}

// maxDepth bounds how deep objects may nest; the engine refuses less.
const maxDepth = 200

// value reads one value. operation says that objects in it, or it itself, are
// PATCH or bulk operations. It returns false at what is not JSON.
func (r *redactor) value(m mask, operation bool, depth int) bool {
	ok := r.read(m, operation, depth)
	if !ok {
		r.broken = max(r.broken, m)
	}
	return ok
}

func (r *redactor) read(m mask, operation bool, depth int) bool {
	r.space()
	if r.pos >= len(r.in) || depth > maxDepth {
		return false
	}
	switch c := r.in[r.pos]; {
	case c == '{':
		return r.object(m, operation, depth)
	case c == '[':
		return r.array(m, operation, depth)
	case c == '"' && m >= kept:
		return r.text(func(s string, _ bool) string { return m.strictly(s) })
	case c == '"':
		return r.text(func(s string, secretsOnly bool) string { return maskText(s, m, secretsOnly) })
	case c == '-' || c >= '0' && c <= '9':
		r.number(m)
		return true
	}
	for _, literal := range []string{"true", "false", "null"} {
		if strings.HasPrefix(r.in[r.pos:], literal) {
			r.pos += len(literal)
			return true
		}
	}
	return false
}

func (r *redactor) array(m mask, operation bool, depth int) bool {
	r.pos++
	for first := true; ; first = false {
		r.space()
		switch {
		case r.pos >= len(r.in):
			return false
		case r.in[r.pos] == ']':
			r.pos++
			return true
		case !first && r.in[r.pos] != ',':
			return false
		case !first:
			r.pos++
		}
		if r.full() {
			return true
		}
		if !r.value(m, operation, depth+1) {
			return false
		}
	}
}

// deepestOperation is how deep the operations of a request are at most, those in
// the data of a bulk request. Deeper ones mean nothing, and looking into each for
// its path would cost the square of the depth.
const deepestOperation = 8

func (r *redactor) object(m mask, operation bool, depth int) bool {
	target := open // what the value of an operation is
	if operation && depth <= deepestOperation {
		target = r.target()
	} else if r.strict {
		target = private
	}
	r.pos++
	for first := true; ; first = false {
		r.space()
		switch {
		case r.pos >= len(r.in):
			return false
		case r.in[r.pos] == '}':
			r.pos++
			return true
		case !first && r.in[r.pos] != ',':
			return false
		case !first:
			r.pos++
			r.space()
		}
		if r.full() {
			return true
		}
		if !r.field(m, target, operation, depth) {
			return false
		}
	}
}

// field reads one key and its value.
func (r *redactor) field(m, target mask, operation bool, depth int) bool {
	key, ok := r.key()
	if !ok {
		return false
	}
	r.space()
	if r.pos >= len(r.in) || r.in[r.pos] != ':' {
		return false
	}
	r.pos++
	r.space()
	if r.strict {
		return r.strictField(strings.ToLower(key), m, target, operation, depth)
	}
	if m == open && strings.EqualFold(key, "detail") && r.pos < len(r.in) && r.in[r.pos] == '"' {
		return r.text(maskDetail)
	}
	isFilter := strings.EqualFold(key, "filter") || operation && strings.EqualFold(key, "path")
	if isFilter && r.pos < len(r.in) && r.in[r.pos] == '"' {
		return r.text(maskFilter)
	}
	inner := max(m, maskOf(key))
	if operation && strings.EqualFold(key, "value") {
		inner = max(inner, target)
	}
	if inner == personal && (strings.EqualFold(key, "type") || strings.EqualFold(key, "primary")) {
		inner = label
	}
	return r.value(inner, strings.EqualFold(key, "Operations"), depth+1)
}

// key reads a key, which stays as it is; for strict readers, if it is the name of
// an attribute.
func (r *redactor) key() (string, bool) {
	start := r.pos
	end, escaped, ok := stringAt(r.in, start)
	if !ok {
		return "", false
	}
	r.pos = end
	key := r.in[start+1 : end-1]
	if escaped {
		if key, ok = decode(r.in[start:end]); !ok {
			return "", false
		}
	}
	if r.strict && !attributeName.MatchString(key) {
		r.pos = start
		r.keep()
		r.out = appendQuoted(r.out, StrictAttribute(key))
		r.pos, r.copied = end, end
	}
	return key, true
}

// text reads a string and masks it.
func (r *redactor) text(masking func(s string, secretsOnly bool) string) bool {
	start := r.pos
	end, escaped, ok := stringAt(r.in, start)
	if !ok {
		return false
	}
	value := r.in[start+1 : end-1]
	if escaped {
		if value, ok = decode(r.in[start:end]); !ok {
			return false
		}
	}
	masked := masking(value, r.secrets)
	if masked != value {
		r.keep()
		r.out = appendQuoted(r.out, masked)
		r.copied = end
	}
	r.pos = end
	return true
}

// number reads a number: a phone number may be one.
func (r *redactor) number(m mask) {
	start := r.pos
	for r.pos < len(r.in) && strings.IndexByte("+-.eE0123456789", r.in[r.pos]) >= 0 {
		r.pos++
	}
	if m < label || m == kept || r.secrets && m < secret {
		return
	}
	end := r.pos
	r.pos = start
	r.keep()
	r.out = append(r.out, '0')
	r.pos, r.copied = end, end
}

// target is what the value of the operation at the current place is, by the path
// that may stand in front of it or behind.
func (r *redactor) target() mask {
	path, ok := r.path()
	if r.strict {
		if !ok {
			return whole
		}
		return r.strictOf(attributeOf(path))
	}
	return maskOf(path)
}

// path is the path of the operation at the current place.
func (r *redactor) path() (path string, ok bool) {
	s, pos := r.in, r.pos+1
	for {
		start, ok := next(s, pos)
		if !ok || s[start] != '"' {
			return "", false
		}
		end, escaped, ok := stringAt(s, start)
		if !ok {
			return "", false
		}
		key := s[start+1 : end-1]
		if escaped {
			key, _ = decode(s[start:end])
		}
		if pos, ok = next(s, end); !ok || s[pos] != ':' {
			return "", false
		}
		if pos, ok = next(s, pos+1); !ok {
			return "", false
		}
		if strings.EqualFold(key, "path") && s[pos] == '"' {
			end, _, ok := stringAt(s, pos)
			if !ok {
				return "", false
			}
			path, _ := decode(s[pos:end])
			return path, path != ""
		}
		if pos, ok = skip(s, pos); !ok {
			return "", false
		}
		if pos, ok = next(s, pos); !ok || s[pos] != ',' {
			return "", false
		}
		pos++
	}
}

// decode reads a JSON string.
func decode(quoted string) (string, bool) {
	var s string
	err := json.Unmarshal([]byte(quoted), &s)
	return s, err == nil
}

// appendQuoted writes a JSON string.
func appendQuoted(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return append(out, '"')
}
