// Package filter reads SCIM filters and attribute paths (RFC 7644 sections
// 3.4.2.2 and 3.5.2), binds their names to a resource type's schema, and
// evaluates a bound filter in memory. Storage compiles the same bound filter to
// SQL; evaluation here is what that compiler is tested against.
package filter

import "github.com/roster-scim/roster/scim/schema"

// Op is a comparison operator.
type Op string

// The comparison operators of RFC 7644 table 3 ("pr" is Present).
const (
	Eq Op = "eq"
	Ne Op = "ne"
	Co Op = "co"
	Sw Op = "sw"
	Ew Op = "ew"
	Gt Op = "gt"
	Ge Op = "ge"
	Lt Op = "lt"
	Le Op = "le"
)

// Expr is a bound filter: every name resolved, every literal converted to its
// attribute's type. It is one of And, Or, Not, Compare, Present, Has and Never.
//
// Evaluation is two-valued: a comparison with an attribute that has no value is
// false, but for `ne` with a literal and `eq null`, which are true.
type Expr interface {
	// String returns the filter's canonical text.
	String() string

	expr()
}

// And holds when every term holds. It has at least two terms, none of them an And.
type And struct{ Terms []Expr }

// Or holds when some term holds. It has at least two terms, none of them an Or.
type Or struct{ Terms []Expr }

// Not holds when its term does not.
type Not struct{ Term Expr }

// Compare holds when the attribute, or any value of a multi-valued one, stands
// in the relation Op to Value.
//
// Ref always ends at a simple attribute: a complex one was replaced by its
// "value" sub-attribute. Value is nil (only with eq and ne), or by the leaf's
// type: bool; json.Number for integer and decimal; time.Time (UTC, whole
// microseconds) for dateTime; string for the others, folded by schema.Fold
// unless the leaf is caseExact.
type Compare struct {
	Ref   schema.Ref
	Op    Op
	Value any
}

// Present holds when the attribute has a value that is not empty. Ref may end
// at a complex attribute or be a whole extension.
type Present struct{ Ref schema.Ref }

// Has holds when one element of the complex attribute satisfies Filter as a
// whole. References inside Filter have Ref.Attr as Attr and name a Sub.
type Has struct {
	Ref    schema.Ref // Sub is nil
	Filter Expr
}

// Never holds for nothing: it stands for an attribute that the resource type
// does not have, in a query over several types.
type Never struct{}

func (*And) expr()     {}
func (*Or) expr()      {}
func (*Not) expr()     {}
func (*Compare) expr() {}
func (*Present) expr() {}
func (*Has) expr()     {}
func (*Never) expr()   {}
