package portal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// docRow is a member of an object, or a parameter, in a table.
type docRow struct {
	Name     string
	Required bool
	Type     docType
	About    []docSpan
	Limits   []string // what a value must keep to, a few words each
	Pattern  string
	Values   []string // if there are only some
	Default  string
	Example  string
}

// docType is a type as people read it: "array of Token", where Token is a link.
type docType struct {
	Before string
	Link   string // anchor of a schema
	Name   string
	After  string
}

// docObject is a schema in the list of all of them.
type docObject struct {
	Name, Anchor string
	About        []docBlock
	Type         docType
	Values       []string
	Rows         []docRow
	Example      string
}

// rows are the members of an object.
func (s *docSource) rows(schema *docSchema) []docRow {
	var rows []docRow
	for _, property := range schema.Properties {
		row := s.row(property.Key, property.Value)
		row.Required = slices.Contains(schema.Required, property.Key)
		rows = append(rows, row)
	}
	return rows
}

func (s *docSource) row(name string, schema *docSchema) docRow {
	_, at := s.schema(schema)
	row := docRow{Name: name, Type: s.docType(schema), About: docSpans(at.Description)}
	of := at
	if at.Type == "array" {
		_, of = s.schema(at.Items)
	}
	row.Values = docValues(of)
	if len(of.Properties) == 0 {
		row.Pattern = of.Pattern
	}
	row.Limits = limits(at)
	if of != at {
		row.Limits = append(row.Limits, each(limits(of))...)
	}
	if row.Pattern == inOneLine {
		row.Pattern, row.Limits = "", append(row.Limits, "no control characters")
	}
	if at.Default != nil {
		row.Default = fmt.Sprint(at.Default)
	}
	if text, ok := at.Example.(string); ok {
		row.Example = text
	}
	return row
}

// inOneLine is the pattern of texts that have no control characters.
const inOneLine = `^[^\x00-\x1f\x7f]+$`

func each(limits []string) []string {
	for i := range limits {
		limits[i] = "each " + limits[i]
	}
	return limits
}

func docValues(schema *docSchema) []string {
	var values []string
	for _, value := range schema.Enum {
		if value != nil {
			values = append(values, fmt.Sprint(value))
		}
	}
	return values
}

// docType names a schema's type.
func (s *docSource) docType(schema *docSchema) docType {
	name, at := s.schema(schema)
	var t docType
	switch {
	case name != "":
		t = docType{Link: anchor("schema", name), Name: name}
	case at.Type == "array":
		t = s.docType(at.Items)
		t.Before = "array of " + t.Before
	case at.Format != "" && at.Type == "string":
		t = docType{Name: at.Format}
	case at.Type == "":
		t = docType{Name: "any"}
	default:
		t = docType{Name: at.Type}
	}
	if at.Nullable {
		t.After += " or null"
	}
	return t
}

// limits say what a value must keep to.
func limits(schema *docSchema) []string {
	var list []string
	add := func(unit, units string, least, most *int) {
		if text := span(unit, units, least, most); text != "" {
			list = append(list, text)
		}
	}
	add("character", "characters", schema.MinLength, schema.MaxLength)
	add("item", "items", schema.MinItems, schema.MaxItems)
	add("", "", schema.Minimum, schema.Maximum)
	return list
}

// span writes "1 to 64 characters".
func span(unit, units string, least, most *int) string {
	if most != nil && *most != 1 || most == nil && least != nil && *least != 1 {
		unit = units
	}
	var text string
	switch {
	case least != nil && most != nil:
		text = number(*least) + " to " + number(*most)
	case most != nil:
		text = "at most " + number(*most)
	case least != nil && *least > 0:
		text = "at least " + number(*least)
	default:
		return ""
	}
	return strings.TrimSpace(text + " " + unit)
}

// number groups the digits of what is hard to read otherwise.
func number(n int) string {
	text := strconv.Itoa(n)
	if n < 10_000 {
		return text
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// objects are all schemas, by name.
func (s *docSource) objects() []docObject {
	var list []docObject
	for _, e := range s.Components.Schemas {
		list = append(list, docObject{
			Name: e.Key, Anchor: anchor("schema", e.Key), About: docBlocks(e.Value.Description),
			Type: s.docType(e.Value), Values: docValues(e.Value), Rows: s.rows(e.Value), Example: s.exampleText(e.Value),
		})
	}
	slices.SortFunc(list, func(a, b docObject) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return list
}
