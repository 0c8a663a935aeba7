package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/tenants/privacy"
)

// errNoJSON is an answer of which nobody knows what is in it.
var errNoJSON = errors.New("an answer that must be masked is not the JSON that it should be")

// json masks a part of an answer. What is not personal stays byte by byte.
func (m *masking) json(raw json.RawMessage, about string) (json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case m == nil || m.kind == personalTold || bytes.Equal(raw, []byte("null")):
		return raw, nil
	case len(raw) == 0:
		return nil, errNoJSON
	case m.kind == personalDocument:
		return m.document(raw, about)
	case raw[0] == '[':
		return m.list(raw, about)
	case m.kind != "" && raw[0] == '"':
		return m.text(raw, func(s string) string { return m.masked(s, about) })
	case m.kind == "" && raw[0] == '{':
		return m.object(raw)
	}
	return nil, errNoJSON
}

func (m *masking) text(raw json.RawMessage, mask func(string) string) (json.RawMessage, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return nil, err
	}
	return encoded(mask(text))
}

// encoded is JSON without the escapes that are for HTML.
func encoded(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// document masks a document, or a text that has one in it.
func (m *masking) document(raw json.RawMessage, about string) (json.RawMessage, error) {
	subject := privacy.Person
	if m.about != "" {
		subject = privacy.SubjectOf(about)
	}
	strict := func(text string) string {
		masked, _ := privacy.Body([]byte(text), 2*len(text)+64, privacy.Strict, subject)
		return masked
	}
	if raw[0] == '"' {
		return m.text(raw, strict)
	}
	masked := json.RawMessage(strict(string(raw)))
	if !json.Valid(masked) {
		return nil, errNoJSON
	}
	return masked, nil
}

func (m *masking) list(raw json.RawMessage, about string) (json.RawMessage, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	item := m.items
	if m.kind != "" {
		item = m
	}
	if item == nil {
		return nil, errNoJSON
	}
	out := []byte{'['}
	for i, element := range list {
		masked, err := item.json(element, about)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, masked...)
	}
	return append(out, ']'), nil
}

// object masks the members of an object.
func (m *masking) object(raw json.RawMessage) (json.RawMessage, error) {
	names, values, err := members(raw)
	if err != nil {
		return nil, err
	}
	of := make(map[string]json.RawMessage, len(names))
	for i, name := range names {
		of[name] = values[i]
	}
	out := []byte{'{'}
	for i, name := range names {
		value := values[i]
		if field := m.fields[name]; field != nil {
			var about string
			_ = json.Unmarshal(of[field.about], &about) // what is none is about a person
			if value, err = field.json(value, about); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		if i > 0 {
			out = append(out, ',')
		}
		key, err := encoded(name)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// members are those of an object, in their order.
func members(raw json.RawMessage) (names []string, values []json.RawMessage, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, nil, err
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, nil, errNoJSON
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		names, values = append(names, name), append(values, value)
	}
	_, err = d.Token()
	return names, values, err
}
