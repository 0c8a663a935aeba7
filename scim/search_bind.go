package scim

import (
	"strings"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// bind resolves the names in a search against one or several resource types.
func (s Search) bind(types []*schema.ResourceType) ([]Selection, error) {
	selections := make([]Selection, len(types))
	for i, t := range types {
		selections[i].Type = t
	}
	if strings.TrimSpace(s.Filter) != "" {
		parsed, err := filter.Parse(s.Filter)
		if err != nil {
			return nil, err
		}
		bound, err := parsed.BindAll(types)
		if err != nil {
			return nil, err
		}
		for i := range selections {
			selections[i].Filter = bound[i]
		}
	}
	if s.SortBy == "" {
		return selections, nil
	}
	return selections, bindSort(selections, s.SortBy)
}

// bindSort resolves sortBy. Of several types only some need to have the
// attribute; resources of the others have no value to sort by.
func bindSort(selections []Selection, text string) error {
	var refusal error
	var first *schema.Attribute
	for i := range selections {
		ref, err := sortKey(selections[i].Type, text)
		if err != nil {
			if refusal == nil {
				refusal = err
			}
			continue
		}
		if first == nil {
			first = ref.Leaf()
		}
		if order(first) != order(ref.Leaf()) {
			return schema.Errorf(schema.InvalidPath, "sortBy: %s is of another type in %s than in other resource types. "+
				"Sort each resource type at its own endpoint.", ref, selections[i].Type.Name)
		}
		selections[i].SortBy = &ref
	}
	if first == nil {
		return refusal
	}
	return nil
}

// order names how values of an attribute are ordered: those of different orders
// cannot be sorted together.
func order(a *schema.Attribute) schema.DataType {
	switch a.Type {
	case schema.Integer, schema.Decimal:
		return schema.Decimal
	case schema.Boolean, schema.DateTime:
		return a.Type
	}
	return schema.String
}

// sortKey resolves sortBy; a complex attribute sorts by its value (RFC 7644
// section 3.4.2.3).
func sortKey(t *schema.ResourceType, text string) (schema.Ref, error) {
	name, err := schema.ParseName(text)
	if err != nil {
		return schema.Ref{}, err
	}
	ref, ok := t.Resolve(name)
	if ok && ref.Attr != nil && ref.Leaf().Type == schema.Complex {
		name.Sub = "value"
		ref, ok = t.Resolve(name)
	}
	switch {
	case !ok || ref.Attr == nil:
		return ref, schema.Errorf(schema.InvalidPath, "sortBy: %s has no attribute %q to sort by.", t.Name, clip(text))
	case ref.Attr.Returned == schema.ReturnedNever || ref.Leaf().Returned == schema.ReturnedNever:
		return ref, schema.Errorf(schema.InvalidPath, "sortBy: %s cannot be sorted by.", ref)
	}
	return ref, nil
}

// matchable leaves out the types of which no resource can match, whatever there
// is, and the filters that every resource passes.
func matchable(selections []Selection) []Selection {
	var rest []Selection
	for _, s := range selections {
		matches, decided := filter.Decide(s.Filter, s.Type)
		if decided && !matches {
			continue
		}
		if decided {
			s.Filter = nil
		}
		rest = append(rest, s)
	}
	return rest
}
