package idp

import "strings"

// target is an attribute as Entra's mapping names it: displayName,
// name.givenName, emails[type eq "work"].value or an enterprise attribute.
type target struct {
	extension bool
	attribute string
	kind      string // the type of a multi-valued attribute's entry, or ""
	sub       string
}

// path is the target in a PATCH request.
func (t target) path() string {
	path := t.attribute
	if t.extension {
		path = enterpriseSchema + ":" + path
	}
	if t.kind != "" {
		path += `[type eq "` + t.kind + `"]`
	}
	if t.sub != "" {
		path += "." + t.sub
	}
	return path
}

// read returns the target's text in a resource, "" if there is none.
func (t target) read(resource document) string {
	if t.extension {
		resource, _ = resource[enterpriseSchema].(document)
	}
	value := resource[t.attribute]
	if t.kind != "" {
		value = t.entry(resource)
	}
	if t.sub != "" {
		entry, _ := value.(document)
		value = entry[t.sub]
	}
	return text(value)
}

// entry returns the entry of the target's type, or nil.
func (t target) entry(resource document) any {
	list, _ := resource[t.attribute].([]any)
	for _, each := range list {
		if entry, _ := each.(document); strings.EqualFold(text(entry["type"]), t.kind) {
			return each
		}
	}
	return nil
}

// write puts a text into a resource.
func (t target) write(resource document, value string) {
	if t.extension {
		resource = object(resource, enterpriseSchema)
	}
	switch {
	case t.sub == "":
		resource[t.attribute] = value
	case t.kind == "":
		object(resource, t.attribute)[t.sub] = value
	default:
		entry, ok := t.entry(resource).(document)
		if !ok {
			entry = document{"type": t.kind}
			list, _ := resource[t.attribute].([]any)
			resource[t.attribute] = append(list, entry)
		}
		entry[t.sub] = value
	}
}

// object returns the entry attribute of a name, which it makes if need be.
func object(resource document, name string) document {
	inner, ok := resource[name].(document)
	if !ok {
		inner = document{}
		resource[name] = inner
	}
	return inner
}
