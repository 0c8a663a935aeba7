package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Encode writes a document as compact JSON: the common and core attributes in
// schema order, then the extensions, then meta if it is there. Keys that the
// schema does not have come last, sorted, so equal documents have equal texts.
// Characters that are special in HTML are not escaped.
func Encode(t *ResourceType, doc map[string]any) ([]byte, error) {
	e := encoder{buf: make([]byte, 0, 1024)}
	if err := e.object(t.order, doc); err != nil {
		return nil, fmt.Errorf("encode %s: %w", t.Name, err)
	}
	return e.buf, nil
}

// encodingOrder returns what a resource's keys are written in the order of:
// attributes, with every extension as if it were a complex one.
func encodingOrder(attributes []*Attribute, extensions []*Schema) []*Attribute {
	last := len(attributes) - 1 // meta
	order := slices.Clone(attributes[:last])
	for _, ext := range extensions {
		order = append(order, &Attribute{Name: ext.ID, Type: Complex, SubAttributes: ext.Attributes})
	}
	return append(order, attributes[last])
}

// encoder appends JSON to buf.
type encoder struct{ buf []byte }

func (e *encoder) object(order []*Attribute, m map[string]any) error {
	e.buf = append(e.buf, '{')
	written := 0
	for _, a := range order {
		if v, ok := m[a.Name]; ok {
			if err := e.member(a.Name, a.SubAttributes, v, written); err != nil {
				return err
			}
			written++
		}
	}
	if written < len(m) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if slices.ContainsFunc(order, func(a *Attribute) bool { return a.Name == key }) {
				continue
			}
			if err := e.member(key, nil, m[key], written); err != nil {
				return err
			}
			written++
		}
	}
	e.buf = append(e.buf, '}')
	return nil
}

// member writes one key and its value; written says how many stand before it.
func (e *encoder) member(key string, order []*Attribute, v any, written int) error {
	if written > 0 {
		e.buf = append(e.buf, ',')
	}
	e.buf = append(AppendText(e.buf, key), ':')
	if err := e.value(order, v); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

func (e *encoder) value(order []*Attribute, v any) error {
	switch v := v.(type) {
	case nil:
		e.buf = append(e.buf, "null"...)
	case string:
		e.buf = AppendText(e.buf, v)
	case bool:
		e.buf = strconv.AppendBool(e.buf, v)
	case json.Number:
		if !isNumber(string(v)) {
			return fmt.Errorf("%s is not a number", quote(string(v)))
		}
		e.buf = append(e.buf, v...)
	case int:
		e.buf = strconv.AppendInt(e.buf, int64(v), 10)
	case int64:
		e.buf = strconv.AppendInt(e.buf, v, 10)
	case map[string]any:
		return e.object(order, v)
	case []any:
		return e.array(order, v)
	case []string:
		return e.array(nil, anys(v))
	default:
		return fmt.Errorf("a document cannot hold a %T", v)
	}
	return nil
}

func (e *encoder) array(order []*Attribute, list []any) error {
	e.buf = append(e.buf, '[')
	for i, v := range list {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		if err := e.value(order, v); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	e.buf = append(e.buf, ']')
	return nil
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
