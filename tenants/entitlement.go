package tenants

import "fmt"

// Entitlements are what the vendor lets a tenant do.
type Entitlements struct {
	SCIM        bool // its connections are served
	Groups      bool // and may provision groups
	Connections int  // how many there may be, deleted ones not counted; 0: any number
	Seats       int  // how many of its people may be active; 0: any number
}

// DefaultEntitlements let a tenant do everything.
func DefaultEntitlements() Entitlements { return Entitlements{SCIM: true, Groups: true} }

// EntitlementsChange says which entitlements become others; nil leaves one alone.
type EntitlementsChange struct {
	SCIM, Groups       *bool
	Connections, Seats *int // 0: any number
}

// maxEntitled bounds the numbers, which nobody reaches.
const maxEntitled = 1_000_000_000

func (c *EntitlementsChange) apply(e *Entitlements) error {
	if c == nil {
		return nil
	}
	for field, n := range map[string]*int{"entitlements.connections": c.Connections, "entitlements.seats": c.Seats} {
		if n != nil && (*n < 0 || *n > maxEntitled) {
			return &InvalidError{field, fmt.Sprintf("give a number from 1 to %d, or none for any number", maxEntitled)}
		}
	}
	set(&e.SCIM, c.SCIM)
	set(&e.Groups, c.Groups)
	set(&e.Connections, c.Connections)
	set(&e.Seats, c.Seats)
	return nil
}

// set puts a value in place if there is one.
func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// AdmitConnection says whether a tenant that has so many connections may have one
// more. The error is a *RefusedError.
func (t *Tenant) AdmitConnection(live int) error {
	limit := t.Entitlements.Connections
	if limit == 0 || live < limit {
		return nil
	}
	return &RefusedError{CodeConnectionLimit, fmt.Sprintf(
		"%s has %d of the %d connections that it may have. Delete one that is not needed any more, "+
			"or ask the provider of the application for more.", t.Name, live, limit)}
}
