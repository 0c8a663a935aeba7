package filter

import "github.com/roster-scim/roster/scim/schema"

// Filter is a filter's syntax tree, names and literals as the client wrote
// them. Bind gives it meaning for one resource type.
type Filter struct{ root node }

// node is one of logical, negation, comparison, presence and valuePath.
type node interface{ node() }

// logical is a chain of "and" or of "or".
type logical struct {
	or    bool
	terms []node
}

type negation struct{ term node }

type comparison struct {
	name  schema.Name
	op    Op
	value any // nil, bool, json.Number or string
}

type presence struct{ name schema.Name }

// valuePath is `name[filter]`. The form `name[filter].sub eq "x"`, which is
// outside the RFC's grammar, is read as `name[(filter) and sub eq "x"]`.
type valuePath struct {
	name   schema.Name
	filter node
}

func (*logical) node()    {}
func (*negation) node()   {}
func (*comparison) node() {}
func (*presence) node()   {}
func (*valuePath) node()  {}
