package events

import (
	"reflect"
	"strings"
)

// Change is one attribute's value before and after, nil for none.
type Change struct {
	From any `json:"from"`
	To   any `json:"to"`
}

// Changes are the top-level attributes that differ between two documents. An
// extension's attributes are top-level too, under "URN:attribute".
type Changes map[string]Change

// Diff compares two documents; nil is a document that does not exist.
func Diff(before, after map[string]any) Changes {
	old, now := attributes(before), attributes(after)
	changes := Changes{}
	for name, from := range old {
		if to := now[name]; !reflect.DeepEqual(from, to) {
			changes[name] = Change{from, to}
		}
	}
	for name, to := range now {
		if _, ok := old[name]; !ok && to != nil {
			changes[name] = Change{nil, to}
		}
	}
	return changes
}

// previous is the old side of the changes.
func (c Changes) previous() map[string]any {
	p := make(map[string]any, len(c))
	for name, change := range c {
		p[name] = change.From
	}
	return p
}

// attributes lifts the attributes of extensions to the top. Only a URN has a
// colon in it, no attribute name (RFC 7643 section 2.1).
func attributes(doc map[string]any) map[string]any {
	flat := make(map[string]any, len(doc))
	for name, value := range doc {
		extension, ok := value.(map[string]any)
		if !ok || !strings.Contains(name, ":") {
			flat[name] = value
			continue
		}
		for sub, v := range extension {
			flat[name+":"+sub] = v
		}
	}
	return flat
}
