package filter

import "github.com/roster-scim/roster/scim/schema"

// Path is a bound PATCH path (RFC 7644 section 3.5.2): an attribute, or the
// elements of a complex attribute that match Filter, and optionally one
// sub-attribute of them.
type Path struct {
	Ref    schema.Ref        // without a Filter, Ref.Sub may be set: "name.givenName"
	Filter Expr              // nil without a value filter; otherwise Ref.Sub is nil
	Sub    *schema.Attribute // the sub-attribute behind "[…].", or nil
	Raw    string            // as the client wrote it, for messages
}
