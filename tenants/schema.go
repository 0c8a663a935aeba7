package tenants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// DefinitionKind says what a Definition is of.
type DefinitionKind string

// The kinds of definitions.
const (
	DefinesSchema    DefinitionKind = "schema"        // RFC 7643 section 7
	DefinesType      DefinitionKind = "resource_type" // RFC 7643 section 6
	DefinesExtension DefinitionKind = "extension"     // the schemas that extend a built-in type
)

// Definition is a schema or resource type of a tenant's own. What its JSON means
// is for SchemaRules to know.
type Definition struct {
	Kind      DefinitionKind
	Name      string // a schema's URN, otherwise a type's name
	Document  json.RawMessage
	CreatedAt time.Time
	UpdatedAt time.Time
}

// DefinitionKey is what a definition is known by in its tenant.
type DefinitionKey struct {
	Kind DefinitionKind
	Name string // in lower case: names differ by more than that
}

// Key returns the definition's key.
func (d *Definition) Key() DefinitionKey { return DefinitionKey{d.Kind, strings.ToLower(d.Name)} }

// Definitions are all that a tenant has defined.
type Definitions struct {
	Revision int64 // 0: nothing, ever; +1 with every change
	List     []Definition
}

// Demand is what must hold of a tenant's stored resources for a change of its
// definitions.
type Demand struct {
	ResourceType string // none of this type may be there,
	Extension    string // or, if set, none that has data under this URN,
	Lacking      bool   // or none that has no data under it
	Change       string // what is not possible otherwise, a clause
	Remedy       string // what to do then, a sentence
}

// DefinitionChange is a change of a tenant's definitions.
type DefinitionChange struct {
	Revision int64 // of the definitions that it was worked out on
	Put      []Definition
	Drop     []DefinitionKey
	Demands  []Demand
	At       time.Time
}

// Errors of SchemaStore and Schemas, besides those of every store.
var (
	// ErrOutdated: what a change was worked out on has changed since it was read.
	ErrOutdated = errors.New("somebody else has changed it meanwhile")
	// ErrNotDefined: the tenant has no definition of that name.
	ErrNotDefined = fmt.Errorf("definition %w", ErrNotFound)
)

// InUseError says that stored resources stand against a change of definitions.
type InUseError struct {
	Demand
	Count int
}

func (e *InUseError) Error() string {
	have := "is stored"
	what := e.ResourceType + " resource"
	if e.Count != 1 {
		what, have = what+"s", "are stored"
	}
	switch {
	case e.Lacking:
		have += " without it"
	case e.Extension != "":
		have += " with attributes of " + e.Extension
	}
	return fmt.Sprintf("%s: %d %s %s. %s", e.Change, e.Count, what, have, e.Remedy)
}

// SchemaStore keeps tenants' definitions.
type SchemaStore interface {
	// Tenant returns one tenant or ErrNotFound.
	Tenant(ctx context.Context, id TenantID) (*Tenant, error)
	// Definitions returns what a tenant has defined, in order of kind and name.
	// It also answers for a deleted tenant, whose last requests may still run,
	// and that nobody knows has none.
	Definitions(ctx context.Context, tenant TenantID) (*Definitions, error)
	// ChangeDefinitions carries a change out in one transaction and returns the
	// revision that it makes. Only resources of connections that are not deleted
	// count for its demands: nobody can reach the others. A write of a resource
	// that was begun under an older revision is refused from then on.
	// Errors: ErrNotFound, ErrOutdated, *InUseError.
	ChangeDefinitions(ctx context.Context, tenant TenantID, change DefinitionChange) (int64, error)
}
