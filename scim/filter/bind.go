package filter

import "github.com/roster-scim/roster/scim/schema"

// BindOptions say how a filter's names are resolved.
type BindOptions struct {
	// UnknownMatchesNothing reads an attribute that the resource type does not
	// have as one without a value, for queries over several types (RFC 7644
	// section 3.4.2.1). Otherwise such an attribute is an error.
	UnknownMatchesNothing bool
}

// Bind resolves the filter's names against a resource type and converts its
// literals to the types of their attributes. An error is a *schema.Error of type
// invalidFilter, its cause an *UnknownAttributeError where that is the reason.
func (f *Filter) Bind(t *schema.ResourceType, o BindOptions) (Expr, error) {
	b := binder{resourceType: t, options: o}
	return b.bind(f.root)
}

// binder turns syntax into bound expressions.
type binder struct {
	resourceType *schema.ResourceType
	options      BindOptions
	within       *schema.Ref // the attribute whose elements a value filter is about
	tally        *tally      // of BindAll, else nil
}

func (b *binder) bind(n node) (Expr, error) {
	switch n := n.(type) {
	case *logical:
		return b.logical(n)
	case *negation:
		term, err := b.bind(n.term)
		if err != nil {
			return nil, err
		}
		return &Not{Term: term}, nil
	}
	e, err := b.test(n)
	if b.tally != nil {
		return b.tally.settle(n, e, err), nil
	}
	return e, err
}

// test binds a test of one attribute.
func (b *binder) test(n node) (Expr, error) {
	switch n := n.(type) {
	case *comparison:
		return b.comparison(n)
	case *presence:
		return b.presence(n)
	case *valuePath:
		return b.valuePath(n)
	}
	return &Never{}, nil
}

// logical binds a chain; chains of the same kind inside it become part of it.
func (b *binder) logical(l *logical) (Expr, error) {
	var terms []Expr
	for _, n := range l.terms {
		e, err := b.bind(n)
		if err != nil {
			return nil, err
		}
		terms = append(terms, flat(e, l.or)...)
	}
	if l.or {
		return &Or{Terms: terms}, nil
	}
	return &And{Terms: terms}, nil
}

func flat(e Expr, or bool) []Expr {
	switch e := e.(type) {
	case *And:
		if !or {
			return e.Terms
		}
	case *Or:
		if or {
			return e.Terms
		}
	}
	return []Expr{e}
}

func (b *binder) comparison(c *comparison) (Expr, error) {
	ref, ok := b.resolve(c.name)
	if !ok {
		return b.unknown(c.name, c)
	}
	ref, err := comparand(ref)
	if err != nil {
		return nil, err
	}
	value, err := convert(ref, c.op, c.value)
	if err != nil {
		return nil, err
	}
	return &Compare{Ref: ref, Op: c.op, Value: value}, nil
}

func (b *binder) presence(p *presence) (Expr, error) {
	ref, ok := b.resolve(p.name)
	if !ok {
		return b.unknown(p.name, p)
	}
	if err := readable(ref); err != nil {
		return nil, err
	}
	return &Present{Ref: ref}, nil
}

func (b *binder) valuePath(v *valuePath) (Expr, error) {
	ref, ok := b.resolve(v.name)
	if !ok {
		return b.unknown(v.name, v)
	}
	if ref.Sub != nil || ref.Attr == nil || ref.Attr.Type != schema.Complex {
		return nil, schema.Errorf(schema.InvalidFilter,
			"%s has no sub-attributes that a filter in square brackets could name", ref)
	}
	if err := readable(ref); err != nil {
		return nil, err
	}
	f, err := b.element(ref, v.filter)
	if err != nil {
		return nil, err
	}
	return &Has{Ref: ref, Filter: f}, nil
}

// element binds a filter about one element of the attribute.
func (b *binder) element(ref schema.Ref, n node) (Expr, error) {
	inner := binder{resourceType: b.resourceType, options: b.options, within: &ref, tally: b.tally}
	return inner.bind(n)
}

func (b *binder) resolve(name schema.Name) (schema.Ref, bool) {
	if b.within == nil {
		return b.resourceType.Resolve(name)
	}
	ref := *b.within
	ref.Sub = ref.Attr.Sub(name.Attr)
	return ref, ref.Sub != nil
}

// unknown binds a test of an attribute that does not exist.
func (b *binder) unknown(name schema.Name, test node) (Expr, error) {
	if !b.options.UnknownMatchesNothing {
		return nil, b.unknownError(name)
	}
	return withoutValue(test), nil
}

// withoutValue is what a test says of an attribute that has no value.
func withoutValue(test node) Expr {
	if c, ok := test.(*comparison); ok && holdsWithoutValue(c.op, c.value) {
		return &Not{Term: &Never{}}
	}
	return &Never{}
}

func (b *binder) unknownError(name schema.Name) error {
	text := name.Raw
	if b.within != nil {
		text = b.within.String() + "." + text
	}
	return unknownAttribute(schema.InvalidFilter, b.resourceType, text)
}

// comparand returns the simple attribute that a comparison with ref is about.
func comparand(ref schema.Ref) (schema.Ref, error) {
	if err := readable(ref); err != nil {
		return ref, err
	}
	if ref.Attr == nil {
		return ref, schema.Errorf(schema.InvalidFilter, "%s is a whole schema extension: compare one of its attributes", ref)
	}
	if ref.Leaf().Type != schema.Complex {
		return ref, nil
	}
	value := ref.Attr.Sub("value")
	if ref.Sub != nil || value == nil || value.Type == schema.Complex {
		return ref, schema.Errorf(schema.InvalidFilter, "%s is complex: compare one of its sub-attributes", ref)
	}
	ref.Sub = value
	return ref, readable(ref)
}

// readable refuses attributes that are never returned: a filter would tell what
// a response must not (RFC 7644 section 7.5.2).
func readable(ref schema.Ref) error {
	for _, a := range []*schema.Attribute{ref.Attr, ref.Sub} {
		if a != nil && a.Returned == schema.ReturnedNever {
			return schema.Errorf(schema.InvalidFilter, "%s is never returned and cannot be filtered on", ref)
		}
	}
	return nil
}
