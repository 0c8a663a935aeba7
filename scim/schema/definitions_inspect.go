package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// keyword is a key of a definition and what its value is in JSON.
type keyword struct {
	name string
	kind jsonKind
}

type jsonKind int

const (
	aString jsonKind = iota
	aBoolean
	stringList
	attributeList
	extensionList
	anything
)

// The keys that definitions have (RFC 7643 sections 6 and 7).
var (
	schemaKeys = []keyword{
		{"id", aString}, {"name", aString}, {"description", aString}, {"attributes", attributeList},
		{"schemas", anything}, {"meta", anything},
	}
	attributeKeys = []keyword{
		{"name", aString}, {"type", aString}, {"multiValued", aBoolean}, {"description", aString}, {"required", aBoolean},
		{"canonicalValues", stringList}, {"caseExact", aBoolean}, {"mutability", aString}, {"returned", aString},
		{"uniqueness", aString}, {"referenceTypes", stringList}, {"subAttributes", attributeList},
	}
	typeKeys = []keyword{
		{"id", aString}, {"name", aString}, {"description", aString}, {"endpoint", aString}, {"schema", aString},
		{"schemaExtensions", extensionList}, {"schemas", anything}, {"meta", anything},
	}
	extensionKeys = []keyword{{"schema", aString}, {"required", aBoolean}}
)

// inspect refuses what decoding would pass over: a misspelled key, which would
// leave its default in force, a key in two spellings, and a value of another kind.
func inspect(raw map[string]any, keys []keyword) error {
	seen := make(map[string]bool, len(raw))
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		i := slices.IndexFunc(keys, func(k keyword) bool { return sameName(k.name, key) })
		if i < 0 {
			return Errorf(InvalidValue, "%s: a definition has no such key", quote(key))
		}
		k := keys[i]
		if seen[k.name] {
			return Errorf(InvalidSyntax, "%s: the key occurs twice, in different spellings", k.name)
		}
		seen[k.name] = true
		if err := k.inspect(raw[key]); err != nil {
			return err
		}
	}
	return nil
}

// inspect passes null, which stands for a key that is left out.
func (k keyword) inspect(v any) error {
	ok := true
	switch k.kind {
	case aString:
		_, ok = v.(string)
	case aBoolean:
		_, ok = v.(bool)
	case stringList, attributeList, extensionList:
		if list, isList := v.([]any); isList {
			return k.inspectList(list)
		}
		ok = false
	case anything:
	}
	if !ok && v != nil {
		return Errorf(InvalidValue, "%s: %s does not fit there", k.name, jsonName(v))
	}
	return nil
}

func (k keyword) inspectList(list []any) error {
	for i, v := range list {
		var err error
		object, isObject := v.(map[string]any)
		switch {
		case k.kind == stringList:
			err = keyword{fmt.Sprintf("%s[%d]", k.name, i), aString}.inspect(v)
		case v == nil: // the checks of the definition say so
		case !isObject:
			err = Errorf(InvalidValue, "%s[%d]: %s does not fit there", k.name, i, jsonName(v))
		case k.kind == attributeList:
			err = inAttribute(object, i, inspect(object, attributeKeys))
		default:
			err = inspect(object, extensionKeys)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inAttribute says which attribute an error is about.
func inAttribute(raw map[string]any, i int, err error) error {
	if err == nil {
		return nil
	}
	if name, ok := field(raw, "name").(string); ok && isAttrName(name) {
		return fmt.Errorf("attribute %s: %w", name, err)
	}
	return fmt.Errorf("attributes[%d]: %w", i, err)
}

func jsonName(v any) string {
	switch v.(type) {
	case string:
		return "a JSON string"
	case bool:
		return "a JSON boolean"
	case json.Number:
		return "a JSON number"
	case []any:
		return "a JSON array"
	}
	return "a JSON object"
}

// setExact makes binary attributes, and references that do not say otherwise,
// caseExact (RFC 7643 sections 2.3.6 and 2.3.7): base64 in another case is
// another value, and the default of section 2.2 is about strings.
func setExact(list any, attrs []*Attribute) error {
	raw, _ := list.([]any)
	for i, a := range attrs {
		object, ok := raw[i].(map[string]any)
		if !ok || a == nil {
			continue
		}
		if a.Type == Binary || a.Type == Reference {
			said := field(object, "caseExact")
			if said == false && a.Type == Binary {
				return Errorf(InvalidValue, "attribute %s: caseExact: binary values differ by case", a.Name)
			}
			a.CaseExact = a.CaseExact || said == nil
		}
		if err := setExact(field(object, "subAttributes"), a.SubAttributes); err != nil {
			return fmt.Errorf("attribute %s: %w", a.Name, err)
		}
	}
	return nil
}
