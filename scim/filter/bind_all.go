package filter

import "github.com/roster-scim/roster/scim/schema"

// BindAll binds the filter to each of several resource types, for one query over
// all of them. What a type cannot make sense of is a test of an attribute without
// a value (RFC 7644 section 3.4.2.1): one that it does not have, or that has
// another form there, like a complex name compared as the text it is elsewhere.
// What none of the types can make sense of is an error, as with Bind.
func (f *Filter) BindAll(types []*schema.ResourceType) ([]Expr, error) {
	if len(types) == 1 {
		e, err := f.Bind(types[0], BindOptions{})
		return []Expr{e}, err
	}
	all := &tally{faults: map[node]error{}}
	bound := make([]Expr, len(types))
	for i, t := range types {
		b := binder{resourceType: t, tally: all}
		var err error
		if bound[i], err = b.bind(f.root); err != nil {
			return nil, err
		}
	}
	return bound, all.fault()
}

// tally notes for each test of a filter whether some type can make sense of it.
type tally struct {
	tests  []node         // in the order in which they were seen first
	faults map[node]error // what the first type said; nil once some type could
}

// settle notes what came of binding a test to one type and returns the
// expression to go on with.
func (t *tally) settle(test node, bound Expr, err error) Expr {
	fault, seen := t.faults[test]
	if !seen {
		t.tests = append(t.tests, test)
	}
	if !seen || (fault != nil && err == nil) {
		t.faults[test] = err
	}
	if err != nil {
		return withoutValue(test)
	}
	return bound
}

// fault is the error of the first test that no type could make sense of.
func (t *tally) fault() error {
	for _, test := range t.tests {
		if err := t.faults[test]; err != nil {
			return err
		}
	}
	return nil
}
