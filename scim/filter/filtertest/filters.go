package filtertest

import (
	"encoding/json"
	"strings"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/schema"
)

// Pool adds an attribute to generated filters that documents do not hold, such
// as "id", "meta.lastModified" or "members.value", with the values to compare it
// with (for a boolean "true" and "false").
type Pool struct {
	Attribute string
	Values    []string
}

// Filters generates filter texts that parse and bind to the resource type. They
// name the attributes that Documents generates, and those of the pools.
func Filters(t *schema.ResourceType, pools ...Pool) *rapid.Generator[string] {
	g := newGrammar(t, pools)
	return rapid.Custom(func(r *rapid.T) string { return g.expression(r, nil, maxNesting) })
}

// maxNesting bounds how deep generated filters nest.
const maxNesting = 3

// field is a simple attribute to compare.
type field struct {
	name   string // as a filter writes it
	leaf   *schema.Attribute
	values []string
}

// parent is a complex attribute to put a filter in square brackets behind.
type parent struct {
	name   string
	fields []field
}

type grammar struct {
	fields   []field
	complex  []parent
	presence []string // complex attributes and whole extensions
}

func newGrammar(t *schema.ResourceType, pools []Pool) *grammar {
	g := &grammar{}
	for _, a := range stored(t, t.Attributes()) {
		g.add("", a)
		if a == t.Core().Attribute(a.Name) {
			g.add(t.Schema+":", a)
		}
	}
	for _, ext := range t.Extensions() {
		g.presence = append(g.presence, ext.ID)
		for _, a := range stored(t, ext.Attributes) {
			g.add(ext.ID+":", a)
		}
	}
	for _, p := range pools {
		g.addPool(t, p)
	}
	return g
}

// add makes filters name an attribute behind a prefix.
func (g *grammar) add(prefix string, a *schema.Attribute) {
	name := prefix + a.Name
	if a.Type != schema.Complex {
		g.fields = append(g.fields, field{name, a, texts(nil, a)})
		return
	}
	g.presence = append(g.presence, name)
	p := parent{name: name}
	for _, sub := range writable(a.SubAttributes) {
		if sub.Type == schema.Complex {
			continue
		}
		values := texts(a, sub)
		p.fields = append(p.fields, field{sub.Name, sub, values})
		g.fields = append(g.fields, field{name + "." + sub.Name, sub, values})
		if sub.Name == "value" {
			g.fields = append(g.fields, field{name, sub, values})
		}
	}
	g.complex = append(g.complex, p)
}

func (g *grammar) addPool(t *schema.ResourceType, pool Pool) {
	name, err := schema.ParseName(pool.Attribute)
	if err != nil {
		return
	}
	ref, ok := t.Resolve(name)
	if !ok || ref.Attr == nil || ref.Leaf().Type == schema.Complex {
		return
	}
	g.fields = append(g.fields, field{pool.Attribute, ref.Leaf(), pool.Values})
	if ref.Sub == nil {
		return
	}
	whole := schema.Ref{URN: ref.URN, Attr: ref.Attr}.String()
	sub := field{ref.Sub.Name, ref.Sub, pool.Values}
	for i := range g.complex {
		if g.complex[i].name == whole {
			g.complex[i].fields = append(g.complex[i].fields, sub)
			return
		}
	}
	g.presence = append(g.presence, whole)
	g.complex = append(g.complex, parent{whole, []field{sub}})
}

// expression generates an expression about a whole resource, or with within
// about one element of that attribute.
func (g *grammar) expression(r *rapid.T, within *parent, nesting int) string {
	fields := g.fields
	kinds := []string{"test", "test", "test"}
	if within != nil {
		fields = within.fields
	} else if len(g.complex) > 0 {
		kinds = append(kinds, "element", "element", "element.sub", "presence")
	}
	if nesting > 0 {
		kinds = append(kinds, "and", "or", "not", "chain")
	}
	inner := func() string { return g.expression(r, within, nesting-1) }
	switch kind := rapid.SampledFrom(kinds).Draw(r, "kind"); kind {
	case "and", "or":
		return "(" + inner() + ") " + kind + " (" + inner() + ")"
	case "chain":
		return test(r, fields) + " and " + test(r, fields) + " or " + test(r, fields)
	case "not":
		return "not (" + inner() + ")"
	case "element", "element.sub":
		return g.element(r, kind == "element.sub", nesting-1)
	case "presence":
		return rapid.SampledFrom(g.presence).Draw(r, "presence") + " pr"
	}
	return test(r, fields)
}

func (g *grammar) element(r *rapid.T, sub bool, nesting int) string {
	p := rapid.SampledFrom(g.complex).Draw(r, "element")
	s := p.name + "[" + g.expression(r, &p, nesting) + "]"
	if sub {
		s += "." + test(r, p.fields)
	}
	return s
}

// test generates a comparison or presence test of one field.
func test(r *rapid.T, fields []field) string {
	f := rapid.SampledFrom(fields).Draw(r, "field")
	name := f.name
	if rapid.IntRange(0, 7).Draw(r, "case") == 0 {
		name = strings.ToUpper(name)
	}
	op := rapid.SampledFrom(operators(f.leaf.Type)).Draw(r, "operator")
	if op == "pr" {
		return name + " pr"
	}
	if (op == "eq" || op == "ne") && rapid.IntRange(0, 9).Draw(r, "null") == 0 {
		return name + " " + op + " null"
	}
	return name + " " + op + " " + f.literal(r)
}

func operators(t schema.DataType) []string {
	base := []string{"eq", "eq", "ne", "pr"}
	switch t {
	case schema.Boolean:
		return base
	case schema.Integer, schema.Decimal, schema.DateTime:
		return append(base, "gt", "ge", "lt", "le")
	case schema.Binary:
		return append(base, "co", "sw", "ew")
	default:
		return append(base, "gt", "ge", "lt", "le", "co", "sw", "ew")
	}
}

// literal generates a value to compare the field with: one that documents have,
// spelled in another case, a part of one, or nothing.
func (f field) literal(r *rapid.T) string {
	s := rapid.SampledFrom(f.values).Draw(r, "value")
	switch f.leaf.Type {
	case schema.Boolean:
		return rapid.SampledFrom([]string{s, quote(s), quote(strings.ToUpper(s))}).Draw(r, "boolean")
	case schema.Integer, schema.Decimal:
		return s
	case schema.DateTime:
		return quote(s)
	default:
		return quote(respelled(r, s))
	}
}

// respelled generates what to compare a string with.
func respelled(r *rapid.T, s string) string {
	switch rapid.IntRange(0, 5).Draw(r, "spelling") {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	case 2:
		return part(r, s)
	case 3:
		return rapid.SampledFrom([]string{"", s + s}).Draw(r, "other")
	default:
		return s
	}
}

// part generates a substring.
func part(r *rapid.T, s string) string {
	letters := []rune(s)
	from := rapid.IntRange(0, len(letters)).Draw(r, "from")
	to := rapid.IntRange(from, len(letters)).Draw(r, "to")
	return string(letters[from:to])
}

// quote writes a JSON string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // a string always encodes
	}
	return string(b)
}
