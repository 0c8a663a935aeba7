package storage

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// params collects the values of a statement's placeholders.
type params struct{ values []any }

// add returns the placeholder of one more value.
func (p *params) add(v any) string {
	p.values = append(p.values, v)
	return "$" + strconv.Itoa(len(p.values))
}

// number is add for a number whose place does not say its type, or where a bare
// parameter will not do: SQLite takes the value of one behind "limit" for part of
// the plan and prepares the statement anew each time it is carried out.
func (p *params) number(n int) string { return "cast(" + p.add(n) + " as bigint)" }

// compiler turns a bound filter into one SQL condition. The condition is never
// null: whatever compares a value that may be missing ends in "is true" or "is
// not true". Names in it are the schema's, values are parameters, so nothing that
// a client wrote is part of the text. The parser bounds how large a filter is.
type compiler struct {
	*params
	dialect    queryDialect
	kind       *schema.ResourceType // of the resources
	tenant     string               // placeholders: the tenant's id,
	connection string               // the connection's,
	typeName   string               // and the name of kind
	aliases    int
}

// alias returns a name for a table that the statement does not use yet.
func (c *compiler) alias(prefix string) string {
	c.aliases++
	return prefix + strconv.Itoa(c.aliases)
}

// condition compiles an expression whose references s resolves.
func (c *compiler) condition(s scope, e filter.Expr) (string, error) {
	switch e := e.(type) {
	case *filter.And:
		return c.chain(s, e.Terms, " and ")
	case *filter.Or:
		return c.chain(s, e.Terms, " or ")
	case *filter.Not:
		term, err := c.condition(s, e.Term)
		return "not " + term, err
	case *filter.Compare:
		return c.compare(s, e)
	case *filter.Present:
		p, err := s.find(c, e.Ref)
		if err != nil {
			return "", err
		}
		return p.any(p.value.present()), nil
	case *filter.Has:
		return c.has(s, e)
	case *filter.Never:
		return "false", nil
	}
	return "", fmt.Errorf("compile filter: unexpected %T", e)
}

func (c *compiler) chain(s scope, terms []filter.Expr, operator string) (string, error) {
	parts := make([]string, len(terms))
	for i, t := range terms {
		var err error
		if parts[i], err = c.condition(s, t); err != nil {
			return "", err
		}
	}
	return "(" + strings.Join(parts, operator) + ")", nil
}

// has compiles a test of one element as a whole.
func (c *compiler) has(s scope, e *filter.Has) (string, error) {
	p, err := s.find(c, e.Ref)
	if err != nil {
		return "", err
	}
	if p.element == nil {
		return "", schema.Errorf(schema.InvalidFilter, "%s cannot be followed by a filter in brackets.", e.Ref)
	}
	inner, err := c.condition(p.element, e.Filter)
	if err != nil {
		return "", err
	}
	if p.from == "" {
		return "(" + p.value.exists() + " and " + inner + ")", nil
	}
	return p.any(inner), nil
}

func (c *compiler) compare(s scope, e *filter.Compare) (string, error) {
	p, err := s.find(c, e.Ref)
	if err != nil {
		return "", err
	}
	if e.Value == nil {
		exists := p.any(p.value.exists())
		if e.Op == filter.Eq {
			exists = "not " + exists
		}
		return exists, nil
	}
	if e.Op != filter.Ne {
		test, err := c.test(p.value, e)
		return p.any("(" + test + ") is true"), err
	}
	equal := *e
	equal.Op = filter.Eq
	test, err := c.test(p.value, &equal)
	if err != nil {
		return "", err
	}
	if p.from == "" {
		return "((" + test + ") is not true)", nil
	}
	return "(" + p.any(p.value.exists()+" and ("+test+") is not true") + " or not " + p.any(p.value.exists()) + ")", nil
}
