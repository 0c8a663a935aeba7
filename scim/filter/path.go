package filter

import "github.com/roster-scim/roster/scim/schema"

// Path is a bound PATCH path (RFC 7644 section 3.5.2): an attribute, or the
// elements of a complex attribute that match Filter, and optionally one
// sub-attribute of them.
type Path struct {
	Ref    schema.Ref        // without a Filter, Ref.Sub may be set: "name.givenName"
	Filter Expr              // nil without a value filter; otherwise Ref.Sub is nil and Ref.Attr multi-valued
	Sub    *schema.Attribute // the sub-attribute behind "[…].", or nil
	Raw    string            // as the client wrote it, for messages

	syntax node // of Filter
}

// ParsePath reads a PATCH path and binds it to a resource type. Names are taken
// in any case, alone or behind the URN of their schema; an extension's URN alone
// is the whole extension.
//
// An error is a *schema.Error of type invalidPath, or invalidFilter for what is
// wrong between the square brackets. Its cause is an *UnknownAttributeError when
// the resource type does not have an attribute that the path names.
func ParsePath(t *schema.ResourceType, s string) (*Path, error) {
	syntax, err := parsePath(s)
	if err != nil {
		return nil, err
	}
	ref, ok := t.Resolve(syntax.name)
	if !ok {
		return nil, unknownAttribute(schema.InvalidPath, t, syntax.name.Raw)
	}
	p := &Path{Ref: ref, Raw: s, syntax: syntax.filter}
	if syntax.filter == nil {
		return p, nil
	}
	return p, p.bind(t, syntax)
}

// bind resolves the value filter and the sub-attribute behind it.
func (p *Path) bind(t *schema.ResourceType, syntax *pathSyntax) (err error) {
	ref := p.Ref
	if ref.Sub != nil || ref.Attr == nil || ref.Attr.Type != schema.Complex || !ref.Attr.MultiValued {
		return schema.Errorf(schema.InvalidPath, "%s is not a multi-valued complex attribute: a filter cannot select among its values", ref)
	}
	b := binder{resourceType: t}
	if p.Filter, err = b.element(ref, syntax.filter); err != nil {
		return err
	}
	if syntax.sub.Attr == "" {
		return nil
	}
	if p.Sub = ref.Attr.Sub(syntax.sub.Attr); p.Sub == nil {
		return unknownAttribute(schema.InvalidPath, t, ref.String()+"."+syntax.sub.Raw)
	}
	return nil
}

// pathSyntax is a path as written.
type pathSyntax struct {
	name   schema.Name
	filter node        // nil without brackets
	sub    schema.Name // empty without one
}

func parsePath(s string) (*pathSyntax, error) {
	p, err := newParser(s, schema.InvalidPath, defaultLimits)
	if err != nil {
		return nil, err
	}
	var path pathSyntax
	if path.name, err = p.name(); err != nil {
		return nil, err
	}
	if p.tok.is("[") {
		p.kind = schema.InvalidFilter
		if path.filter, err = p.valueFilter(); err != nil {
			return nil, err
		}
		p.kind = schema.InvalidPath
		if path.sub, _, err = p.subAttribute(); err != nil {
			return nil, err
		}
	}
	if p.tok.kind != tokenEnd {
		return nil, p.expected("the end of the path")
	}
	return &path, nil
}
