package filter

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim/schema"
)

// What a filter or path may cost at most.
const (
	MaxLength = 8 << 10 // bytes of text
	MaxTerms  = 200     // comparisons and presence tests
	MaxDepth  = 32      // open brackets, round and square
)

// limits bound what a parser takes.
type limits struct{ length, terms, depth int }

var defaultLimits = limits{length: MaxLength, terms: MaxTerms, depth: MaxDepth}

// Parse reads a filter (RFC 7644 section 3.4.2.2). Besides the RFC's grammar it
// takes `emails[type eq "work"].value eq "x"`, which some clients send. An error
// is a *schema.Error of type invalidFilter.
func Parse(s string) (*Filter, error) { return parse(s, defaultLimits) }

func parse(s string, bounds limits) (*Filter, error) {
	p, err := newParser(s, schema.InvalidFilter, bounds)
	if err != nil {
		return nil, err
	}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenEnd {
		return nil, p.expected("`and`, `or` or the end")
	}
	return &Filter{root: root}, nil
}

// parser is a recursive-descent parser with one token of look-ahead. Its depth
// is bounded by the brackets that are open.
type parser struct {
	lex    lexer
	tok    token
	kind   schema.ErrorType // of the errors it returns
	bounds limits
	terms  int
	depth  int
	inside bool // between [ and ]
}

func newParser(s string, kind schema.ErrorType, bounds limits) (*parser, error) {
	if len(s) > bounds.length {
		return nil, schema.Errorf(kind, "too long: at most %d bytes are read", bounds.length)
	}
	if !utf8.ValidString(s) {
		return nil, schema.Errorf(kind, "not valid UTF-8")
	}
	if strings.IndexByte(s, 0) >= 0 {
		return nil, schema.Errorf(kind, "must not contain the character U+0000")
	}
	p := &parser{lex: lexer{text: s}, kind: kind, bounds: bounds}
	return p, p.next()
}

func (p *parser) next() error {
	tok, err := p.lex.next()
	if err != nil {
		return p.errorAt(err.at, "%s", err.detail)
	}
	p.tok = tok
	return nil
}

func (p *parser) errorAt(at int, format string, args ...any) error {
	return schema.Errorf(p.kind, "position %d: %s", position(p.lex.text, at), fmt.Sprintf(format, args...))
}

// expected says what should have stood where the current token is.
func (p *parser) expected(what string) error {
	return p.errorAt(p.tok.at, "expected %s, found %s", what, p.tok)
}

func (p *parser) or() (node, error) { return p.chain("or", p.and) }

func (p *parser) and() (node, error) { return p.chain("and", p.primary) }

// chain reads terms that word joins.
func (p *parser) chain(word string, term func() (node, error)) (node, error) {
	first, err := term()
	if err != nil || !p.tok.keyword(word) {
		return first, err
	}
	terms := []node{first}
	for p.tok.keyword(word) {
		if err := p.next(); err != nil {
			return nil, err
		}
		n, err := term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, n)
	}
	return &logical{or: word == "or", terms: terms}, nil
}

func (p *parser) primary() (node, error) {
	switch {
	case p.tok.is("("):
		return p.group()
	case p.tok.keyword("not"):
		if err := p.next(); err != nil {
			return nil, err
		}
		if !p.tok.is("(") {
			return nil, p.expected("`(` after `not`")
		}
		term, err := p.group()
		if err != nil {
			return nil, err
		}
		return &negation{term: term}, nil
	default:
		return p.attribute()
	}
}

// group reads an expression in round brackets.
func (p *parser) group() (node, error) {
	if err := p.open(); err != nil {
		return nil, err
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	return n, p.close(")")
}

func (p *parser) open() error {
	p.depth++
	if p.depth > p.bounds.depth {
		return p.errorAt(p.tok.at, "brackets are nested more than %d deep", p.bounds.depth)
	}
	return p.next()
}

func (p *parser) close(mark string) error {
	if !p.tok.is(mark) {
		return p.expected("`and`, `or` or `" + mark + "`")
	}
	p.depth--
	return p.next()
}

// attribute reads a test of one attribute, or a value path.
func (p *parser) attribute() (node, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	if p.tok.is("[") {
		return p.valuePath(name)
	}
	return p.test(name)
}

func (p *parser) name() (schema.Name, error) {
	const what = "an attribute name"
	if p.tok.kind != tokenWord || p.tok.keyword("and") || p.tok.keyword("or") {
		return schema.Name{}, p.expected(what)
	}
	name, err := schema.ParseName(p.tok.text)
	if err != nil {
		return schema.Name{}, p.expected(what)
	}
	if p.inside && !isPlain(name) {
		return schema.Name{}, p.expected("the plain name of a sub-attribute between `[` and `]`")
	}
	return name, p.next()
}

// isPlain tells whether the name is nothing but an attribute's own.
func isPlain(name schema.Name) bool { return name.Attr == name.Raw }

// test reads the operator and the literal behind an attribute's name.
func (p *parser) test(name schema.Name) (node, error) {
	p.terms++
	if p.terms > p.bounds.terms {
		return nil, p.errorAt(p.tok.at, "more than %d comparisons", p.bounds.terms)
	}
	if p.tok.keyword("pr") {
		return &presence{name: name}, p.next()
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	value, err := p.literal()
	if err != nil {
		return nil, err
	}
	return &comparison{name: name, op: op, value: value}, nil
}

func (p *parser) operator() (Op, error) {
	op := Op(strings.ToLower(p.tok.text))
	switch op {
	case Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le:
		return op, p.next()
	default:
		return "", p.expected("one of the operators eq, ne, co, sw, ew, gt, ge, lt, le, pr")
	}
}

// literal reads a JSON value that is neither an object nor an array; true, false
// and null in any case.
func (p *parser) literal() (any, error) {
	tok := p.tok
	switch {
	case tok.kind == tokenString:
		return tok.str, p.next()
	case tok.kind != tokenWord:
		return nil, p.expected("a value")
	case tok.keyword("true"):
		return true, p.next()
	case tok.keyword("false"):
		return false, p.next()
	case tok.keyword("null"):
		return nil, p.next()
	case isNumber(tok.text):
		return p.number()
	}
	return nil, p.errorAt(tok.at, "expected a value, found %s: a string must stand in double quotes", tok)
}

func (p *parser) number() (any, error) {
	n := json.Number(p.tok.text)
	if _, err := strconv.ParseFloat(p.tok.text, 64); err != nil {
		return nil, p.errorAt(p.tok.at, "the number %s is out of range", p.tok)
	}
	return n, p.next()
}

// valuePath reads `[filter]` and, if one follows, the test of a sub-attribute.
func (p *parser) valuePath(name schema.Name) (node, error) {
	f, err := p.valueFilter()
	if err != nil {
		return nil, err
	}
	sub, ok, err := p.subAttribute()
	if err != nil || !ok {
		return &valuePath{name: name, filter: f}, err
	}
	test, err := p.test(sub)
	if err != nil {
		return nil, err
	}
	return &valuePath{name: name, filter: &logical{terms: []node{f, test}}}, nil
}

// valueFilter reads a filter in square brackets.
func (p *parser) valueFilter() (node, error) {
	if p.inside {
		return nil, p.errorAt(p.tok.at, "a value path inside another is not supported")
	}
	p.inside = true
	if err := p.open(); err != nil {
		return nil, err
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	p.inside = false
	return n, p.close("]")
}

// subAttribute reads the ".name" directly behind a value filter, if there is one.
func (p *parser) subAttribute() (schema.Name, bool, error) {
	if p.tok.kind != tokenWord || !p.tok.glue {
		return schema.Name{}, false, nil
	}
	text, dotted := strings.CutPrefix(p.tok.text, ".")
	name, err := schema.ParseName(text)
	if !dotted || err != nil || !isPlain(name) {
		return schema.Name{}, false, p.expected("`.` and the name of a sub-attribute")
	}
	return name, true, p.next()
}
