package schema

import (
	"maps"
	"slices"
)

// expand returns the body with its top-level keys as the schema writes them:
// extensions under their URNs, and keys such as "name.givenName", "manager" or
// "urn:…:User:department" at the place they mean. It returns in itself if there
// is nothing to do.
func (n *normalizer) expand(in map[string]any) (map[string]any, *fault) {
	if n.plain(in) {
		return in, nil
	}
	out := make(map[string]any, len(in))
	var rest []string
	for _, key := range slices.Sorted(maps.Keys(in)) {
		var name string
		if a := find(n.t.attributes, key); a != nil {
			name = a.Name
		} else if ext := n.t.extension(key); ext != nil {
			name = ext.ID
		} else {
			rest = append(rest, key)
			continue
		}
		if _, twice := out[name]; twice {
			return nil, twiceNamed(name)
		}
		out[name] = in[key]
	}
	for _, key := range rest {
		if f := n.place(out, key, in[key]); f != nil {
			return nil, f
		}
	}
	return out, nil
}

// plain reports whether all keys are canonical already.
func (n *normalizer) plain(in map[string]any) bool {
	count := known(n.t.attributes, in)
	for _, ext := range n.t.extensions {
		if _, ok := in[ext.ID]; ok {
			count++
		}
	}
	return count == len(in)
}

// place puts v into out where the key, which is not a plain name, says.
func (n *normalizer) place(out map[string]any, key string, v any) *fault {
	name, err := ParseName(key)
	ref, ok := n.t.Resolve(name)
	if err != nil || !ok {
		return n.unknown(key)
	}
	if ref.Attr == n.t.members && ref.Sub != nil {
		return syntax("expected members as an array of objects, got a part of one").in(ref.Attr.Name)
	}
	target := out
	if ref.URN != "" {
		data, f := n.copyExtension(n.t.extension(ref.URN), out[ref.URN])
		if f != nil {
			return f.inURN(ref.URN)
		}
		out[ref.URN], target = data, data
	}
	return assign(target, ref, v).inURN(ref.URN)
}

// unknown refuses a key that no schema defines if the options say so.
func (n *normalizer) unknown(key string) *fault {
	if !n.o.RefuseUnknown {
		return nil
	}
	return syntax("no schema defines this attribute").in(clip(key, maxEcho))
}

// copyExtension returns a copy of an extension's data to write into.
func (n *normalizer) copyExtension(ext *Schema, v any) (map[string]any, *fault) {
	data, ok := v.(map[string]any)
	if !ok {
		if !n.empty(v, Complex) {
			return nil, expected("an object with the extension's attributes", v)
		}
		return map[string]any{}, nil
	}
	renamed, f := n.rename(ext.Attributes, data)
	return maps.Clone(renamed), f
}

// assign sets the attribute or sub-attribute, which must not have a value yet. A
// null beside a value is no contradiction: clients null what they do not map.
func assign(target map[string]any, ref Ref, v any) *fault {
	name := ref.Attr.Name
	current := target[name]
	if ref.Sub == nil {
		switch {
		case current == nil:
			target[name] = v
		case v != nil:
			return twiceNamed(name)
		}
		return nil
	}
	object, ok := current.(map[string]any)
	if current != nil && !ok {
		return twiceNamed(name)
	}
	for key, value := range object {
		if sameName(key, ref.Sub.Name) && value != nil && v != nil {
			return twiceNamed(ref.Sub.Name).in(name)
		}
	}
	object = maps.Clone(object)
	if object == nil {
		object = map[string]any{}
	}
	if object[ref.Sub.Name] == nil {
		object[ref.Sub.Name] = v
	}
	target[name] = object
	return nil
}

func twiceNamed(name string) *fault {
	return syntax("the attribute is named twice, in different spellings").in(name)
}
