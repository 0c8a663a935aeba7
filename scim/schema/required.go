package schema

// CheckRequired reports whether a canonical document has a value for everything
// required: attributes, sub-attributes of what is there, and extensions. Normalize
// does the same; a PATCH needs it once all its operations are applied. What the
// server computes is not asked for.
//
// The error is an *Error that names the first attribute without a value.
func (t *ResourceType) CheckRequired(doc map[string]any) error {
	if f := t.required(doc); f != nil {
		return f.err()
	}
	return nil
}

func (t *ResourceType) required(doc map[string]any) *fault {
	if f := required(t.attributes, doc, t.members); f != nil {
		return f
	}
	for i, ext := range t.extensions {
		data, _ := doc[ext.ID].(map[string]any)
		switch {
		case len(data) > 0:
			if f := required(ext.Attributes, data, nil); f != nil {
				return f.inURN(ext.ID)
			}
		case t.SchemaExtensions[i].Required:
			return lacking("required, but the resource has no attribute of it").inURN(ext.ID)
		}
	}
	return nil
}

// required checks the attributes of one object and of the objects in it.
func required(attrs []*Attribute, object map[string]any, except *Attribute) *fault {
	if f := missing(attrs, object, except); f != nil {
		return f
	}
	for _, a := range attrs {
		if len(a.SubAttributes) == 0 {
			continue
		}
		list, multi := object[a.Name].([]any)
		if !multi {
			list = []any{object[a.Name]}
		}
		for i, v := range list {
			element, ok := v.(map[string]any)
			if !ok {
				continue
			}
			if f := required(a.SubAttributes, element, nil); f != nil {
				if multi {
					f = f.at(i)
				}
				return f.in(a.Name)
			}
		}
	}
	return nil
}

// missing refuses the first required attribute that has no value.
func missing(attrs []*Attribute, object map[string]any, except *Attribute) *fault {
	for _, a := range attrs {
		if !a.Required || a.Mutability == ReadOnly || a == except {
			continue
		}
		if v, ok := object[a.Name]; !ok || v == "" {
			return lacking("required, but has no value").in(a.Name)
		}
	}
	return nil
}
