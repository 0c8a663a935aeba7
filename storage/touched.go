package storage

import (
	"maps"
	"slices"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// Touched is what a write transaction has changed, as far as somebody may
// remember how it was. It may name more than was changed, never less. The zero
// value is empty.
type Touched struct {
	resources   map[TouchedResource]struct{}
	lookups     map[Lookup]struct{}
	graphs      map[scim.Directory]struct{}
	connections map[string]struct{}

	jobs bool     // work was left for access.Runner; nobody remembers that
	mail bool     // … or for webhooks.Deliverer
	news []string // tenants that have new events; nobody remembers those either
}

// TouchedResource is a resource that has another version now, or is no more.
type TouchedResource struct {
	Directory scim.Directory
	ID        string
}

// Lookup is a value by which resources of a type are looked up.
type Lookup struct {
	Directory scim.Directory
	Type      string
	Attribute string
	Key       string // as resource_values has the value
}

// Empty says that nobody needs to be told.
func (t *Touched) Empty() bool { return t.Len() == 0 }

// Len is how many things were touched.
func (t *Touched) Len() int {
	return len(t.resources) + len(t.lookups) + len(t.graphs) + len(t.connections)
}

// Resources are the resources that were changed or deleted, in any order.
func (t *Touched) Resources() []TouchedResource { return slices.Collect(maps.Keys(t.resources)) }

// Lookups are the values that resources began or ceased to have, in any order.
func (t *Touched) Lookups() []Lookup { return slices.Collect(maps.Keys(t.lookups)) }

// Graphs are the directories in which somebody has other groups than before, or
// groups of another name.
func (t *Touched) Graphs() []scim.Directory { return slices.Collect(maps.Keys(t.graphs)) }

// Connections are the ids of connections whose credentials are others now.
func (t *Touched) Connections() []string { return slices.Collect(maps.Keys(t.connections)) }

// Resource adds a resource.
func (t *Touched) Resource(dir scim.Directory, id string) {
	put(&t.resources, TouchedResource{dir, id})
}

// Lookup adds a value by which resources are looked up.
func (t *Touched) Lookup(l Lookup) { put(&t.lookups, l) }

// Graph adds a directory's groups.
func (t *Touched) Graph(dir scim.Directory) { put(&t.graphs, dir) }

// Connection adds the credentials of a connection.
func (t *Touched) Connection(id string) { put(&t.connections, id) }

// events adds a tenant that has new events.
func (t *Touched) events(tenant string) {
	if !slices.Contains(t.news, tenant) { // a transaction has one or two
		t.news = append(t.news, tenant)
	}
}

func put[K comparable](set *map[K]struct{}, key K) {
	if *set == nil {
		*set = map[K]struct{}{}
	}
	(*set)[key] = struct{}{}
}

// lookupAttributes are the attributes whose look-ups may be remembered. Each has
// rows in resource_values, by which writes know what they touch.
var lookupAttributes = []string{"userName", "externalId", "displayName"}

// LookupOf returns what a filter looks up if it is a single comparison "eq" with
// a value by which identity providers find resources.
func LookupOf(dir scim.Directory, t *schema.ResourceType, e filter.Expr) (Lookup, bool) {
	c, ok := e.(*filter.Compare)
	if !ok || c.Op != filter.Eq || c.Ref.URN != "" || c.Ref.Sub != nil || c.Ref.Attr == nil || c.Ref.Attr.MultiValued {
		return Lookup{}, false
	}
	value, ok := c.Value.(string)
	if !ok || !slices.Contains(lookupAttributes, c.Ref.Attr.Name) || !indexedAttribute(t, c.Ref) {
		return Lookup{}, false
	}
	return Lookup{dir, t.Name, c.Ref.Attr.Name, indexKey(c.Ref.Attr, value)}, true
}

// touchValues adds the look-ups that rows of resource_values answer.
func (t *Touched) touchValues(dir scim.Directory, typ string, rows []valueRow) {
	for _, row := range rows {
		if slices.Contains(lookupAttributes, row.Attribute) {
			t.Lookup(Lookup{dir, typ, row.Attribute, row.Value})
		}
	}
}
