package storage

import (
	"maps"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

func (w *write) subject() events.Subject {
	return events.Subject{ResourceType: w.typ.Name, ID: w.id}
}

// compare returns the new document (the old one, when the resource is deleted)
// and the changes, as the journal may tell them: without the values of
// attributes that are never returned. That such a value changed is told, as a
// change from null to null.
func (w *write) compare(before, after map[string]any) (map[string]any, events.Changes) {
	old, now := visible(w.typ, before), visible(w.typ, after)
	changes := events.Diff(old, now)
	for name := range events.Diff(before, after) {
		if _, ok := changes[name]; !ok {
			changes[name] = events.Change{}
		}
	}
	if after == nil {
		return old, changes
	}
	return now, changes
}

// visible is a document without the values that are never returned.
func visible(t *schema.ResourceType, doc map[string]any) map[string]any {
	doc = visibleAttributes(t.Attributes(), doc)
	for _, extension := range t.Extensions() {
		values, ok := doc[extension.ID].(map[string]any)
		if !ok || !hides(extension.Attributes) {
			continue
		}
		doc = maps.Clone(doc)
		doc[extension.ID] = visibleAttributes(extension.Attributes, values)
	}
	return doc
}

// visibleAttributes copies the values only if one of them has to go.
func visibleAttributes(attributes []*schema.Attribute, values map[string]any) map[string]any {
	copied := false
	for _, a := range attributes {
		value, ok := values[a.Name]
		hidden := a.Returned == schema.ReturnedNever
		if !ok || (!hidden && !hides(a.SubAttributes)) {
			continue
		}
		if !copied {
			values, copied = maps.Clone(values), true
		}
		if hidden {
			delete(values, a.Name)
			continue
		}
		values[a.Name] = visibleElements(a, value)
	}
	return values
}

func visibleElements(a *schema.Attribute, value any) any {
	switch value := value.(type) {
	case map[string]any:
		return visibleAttributes(a.SubAttributes, value)
	case []any:
		elements := make([]any, len(value))
		for i, v := range value {
			elements[i] = visibleElements(a, v)
		}
		return elements
	}
	return value
}

func hides(attributes []*schema.Attribute) bool {
	for _, a := range attributes {
		if a.Returned == schema.ReturnedNever || hides(a.SubAttributes) {
			return true
		}
	}
	return false
}
