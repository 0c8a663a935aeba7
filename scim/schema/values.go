package schema

// Values returns all values at a reference, flattened over multi-valued
// attributes: for emails.value one value per element that has it. Values come as
// the document holds them; an attribute without a value has none. For a whole
// extension it is the extension's object.
func Values(doc map[string]any, ref Ref) []any {
	if ref.URN != "" {
		ext, ok := doc[ref.URN].(map[string]any)
		if !ok || len(ext) == 0 {
			return nil
		}
		if ref.Attr == nil {
			return []any{ext}
		}
		doc = ext
	}
	if ref.Attr == nil {
		return nil
	}
	values := flatten(nil, doc[ref.Attr.Name])
	if ref.Sub == nil {
		return values
	}
	var subs []any
	for _, v := range values {
		if element, ok := v.(map[string]any); ok {
			subs = flatten(subs, element[ref.Sub.Name])
		}
	}
	return subs
}

// flatten appends v's elements to list, or v itself if it is a single value.
func flatten(list []any, v any) []any {
	switch v := v.(type) {
	case nil:
		return list
	case []any:
		return append(list, v...)
	default:
		return append(list, v)
	}
}

// SchemasOf returns the URNs of the schemas that the document has data of: the
// core schema, the extensions that it has attributes of, and the required ones.
func (t *ResourceType) SchemasOf(doc map[string]any) []string {
	urns := append(make([]string, 0, 1+len(t.extensions)), t.core.ID)
	for i, ext := range t.extensions {
		if data, ok := doc[ext.ID].(map[string]any); t.SchemaExtensions[i].Required || (ok && len(data) > 0) {
			urns = append(urns, ext.ID)
		}
	}
	return urns
}

// Display returns what a person calls the resource: its displayName, else its
// name, else its userName, else "".
func Display(_ *ResourceType, doc map[string]any) string {
	if s := text(doc, "displayName"); s != "" {
		return s
	}
	if s := text(doc, "name"); s != "" {
		return s
	}
	if name, ok := doc["name"].(map[string]any); ok {
		given, family := text(name, "givenName"), text(name, "familyName")
		switch formatted := text(name, "formatted"); {
		case formatted != "":
			return formatted
		case given != "" && family != "":
			return given + " " + family
		case given+family != "":
			return given + family
		}
	}
	return text(doc, "userName")
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}
