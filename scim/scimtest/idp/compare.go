package idp

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// assigned are the attributes that the server sets itself; a provider may send
// some of them and knows that they are not taken.
var assigned = []string{"id", "meta", "schemas", "groups", "password"}

// compare lists the attributes in which a resource is not what was sent. Absent,
// null, "" and empty lists are the same (RFC 7643 section 2.5), the order of values
// does not count, and neither does what servers add to references.
func compare(sent, found document) []Difference {
	want, got := normalObject(plain(sent), assigned), normalObject(found, assigned)
	names := keys(want, got)
	all := make([]Difference, 0, len(names))
	for _, name := range names {
		all = append(all, compareAttribute(name, want[name], got[name])...)
	}
	return all
}

// compareAttribute looks into complex attributes, so that a difference is as small
// as it is.
func compareAttribute(name string, want, got any) []Difference {
	if same(want, got) {
		return nil
	}
	inWant, ok := want.(document)
	inGot, alsoOK := got.(document)
	if !ok || !alsoOK {
		return []Difference{{Attribute: name, Sent: show(want), Found: show(got)}}
	}
	separator := "."
	if strings.HasPrefix(name, "urn:") {
		separator = ":"
	}
	var all []Difference
	for _, sub := range keys(inWant, inGot) {
		all = append(all, compareAttribute(name+separator+sub, inWant[sub], inGot[sub])...)
	}
	return all
}

func keys(a, b document) []string {
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// normal brings a value into the form in which values are compared; nil is none.
func normal(name string, value any) any {
	switch v := value.(type) {
	case string:
		if v == "" {
			return nil
		}
		return v
	case document:
		return normalComplex(name, v)
	case []any:
		return normalList(name, v)
	default:
		return v
	}
}

func normalComplex(name string, v document) any {
	drop := []string(nil)
	if name == "manager" {
		drop = []string{"$ref", "displayName"}
	}
	result := normalObject(v, drop)
	if len(result) == 0 {
		return nil
	}
	return result
}

func normalObject(v document, drop []string) document {
	result := document{}
	for name, value := range v {
		if slices.Contains(drop, name) {
			continue
		}
		if value = normal(name, value); value != nil {
			result[name] = value
		}
	}
	return result
}

// normalList sorts the values. One that says nothing but its type or that it is
// (not) primary is no value.
func normalList(name string, list []any) any {
	var result []any
	for _, each := range list {
		value := normal(name, each)
		if entry, ok := value.(document); ok {
			if entry["primary"] == false {
				delete(entry, "primary")
			}
			if !informative(entry) {
				continue
			}
		}
		if value != nil {
			result = append(result, value)
		}
	}
	if len(result) == 0 {
		return nil
	}
	slices.SortFunc(result, func(a, b any) int { return cmp.Compare(encode(a), encode(b)) })
	return result
}

func informative(value document) bool {
	for name := range value {
		if name != "type" && name != "primary" {
			return true
		}
	}
	return false
}

func same(a, b any) bool { return (a == nil) == (b == nil) && encode(a) == encode(b) }

// encode writes a value as JSON, whose objects have their keys in order.
func encode(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "a value that is no JSON"
	}
	return string(encoded)
}

// show is a value for people.
func show(value any) string {
	if value == nil {
		return "nothing"
	}
	return clip(encode(value))
}

// plain is what a document looks like to whoever reads it as JSON.
func plain(value document) document {
	decoder := json.NewDecoder(strings.NewReader(encode(value)))
	decoder.UseNumber()
	var result document
	if err := decoder.Decode(&result); err != nil {
		return document{}
	}
	return result
}
