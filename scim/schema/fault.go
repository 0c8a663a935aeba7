package schema

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// fault is a refusal on its way up from the value that caused it. Every level
// adds its name in front of the path, so that the good case builds no paths.
type fault struct {
	kind ErrorType
	path string // "" while at the value itself
	msg  string
	lack bool // of a value that is required
}

func invalid(msg string) *fault { return &fault{kind: InvalidValue, msg: msg} }
func lacking(msg string) *fault {
	return &fault{kind: InvalidValue, msg: msg, lack: true}
}
func syntax(msg string) *fault { return &fault{kind: InvalidSyntax, msg: msg} }

// expected says what was wanted instead of v.
func expected(what string, v any) *fault {
	return invalid("expected " + what + ", got " + describe(v))
}

// in puts the name of an attribute in front of the path.
func (f *fault) in(name string) *fault {
	switch {
	case f.path == "":
		f.path = name
	case f.path[0] == '[':
		f.path = name + f.path
	default:
		f.path = name + "." + f.path
	}
	return f
}

// inURN puts an extension's URN, if any, in front of the path.
func (f *fault) inURN(urn string) *fault {
	switch {
	case f == nil || urn == "":
	case f.path == "":
		f.path = urn
	default:
		f.path = urn + ":" + f.path
	}
	return f
}

// at puts an element's index in front of the path.
func (f *fault) at(i int) *fault {
	index := "[" + strconv.Itoa(i) + "]"
	switch {
	case f.path == "" || f.path[0] == '[':
		f.path = index + f.path
	default:
		f.path = index + "." + f.path
	}
	return f
}

// err returns the fault as what the client is told.
func (f *fault) err() error {
	path := clip(f.path, maxURNLength+2*maxAttrName)
	e := &Error{Status: 400, Type: f.kind, Detail: f.msg}
	if path != "" {
		e.Detail = path + ": " + f.msg
	}
	if f.lack {
		e.Cause = &MissingError{Attribute: path}
	}
	return e
}

// MissingError is the cause of a refusal for want of a required value.
type MissingError struct{ Attribute string }

func (e *MissingError) Error() string { return e.Attribute + " has no value" }

// maxEcho bounds how much of a client's text a message repeats, in bytes.
const maxEcho = 100

// quote returns the client's text for a message, quoted and not too long.
func quote(s string) string { return strconv.Quote(clip(strings.ToValidUTF8(s, "\uFFFD"), maxEcho)) }

// clip shortens s to at most n bytes without cutting a character in two.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
