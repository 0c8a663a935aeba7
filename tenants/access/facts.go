package access

import "time"

// Facts are what the access of some people follows from: everything about them
// and about the groups that they are in, at one moment.
type Facts struct {
	Rule        Rule
	People      []Person // ordered by id
	Connections map[string]Connection
	// Parents are the groups that a user or group is a member of itself.
	Parents     map[string][]Membership
	Groups      map[string]string // the names of all groups in Parents
	Mappings    map[string][]Mapping
	Assignments map[string][]Assignment
	Roles       map[string]*Role // that mappings, assignments and asked-for mappings name
	EntryPoints map[string]bool  // those of asked-for mappings that exist

	reach map[string][]Holding // by the groups that somebody is in: see given
}

// Person is a user.
type Person struct {
	ID           string
	Active       bool   // as the directory says
	ConnectionID string // the zero UUID: a manual user
	UserName     string
	Name         string
}

// Connection is what matters here of a connection.
type Connection struct {
	Name   string
	Paused bool
	Ends   bool // it is being deleted
	Takes  bool // … and its people lose their access with it
}

// Membership is one step up.
type Membership struct {
	GroupID string
	Since   time.Time
}

// Mapping gives the members of a group a role at an entry point.
type Mapping struct {
	GroupID   string
	GroupName string // as it was when the mapping was made, or is
	Holding
	CreatedBy     string // the public id of who made it
	CreatedByName string
	CreatedAt     time.Time

	NoEntryPoint bool // its entry point is gone
	NoGroup      bool // its group is gone
}

// holds reports whether somebody may hold anything.
func (f *Facts) holds(p *Person) bool {
	return p.Active && !f.Connections[p.ConnectionID].Takes
}

// WhyNot is why a mapping has no effect, "" if it has.
func (f *Facts) WhyNot(m *Mapping) string {
	switch role := f.Roles[m.Role]; {
	case m.NoGroup:
		return "The group is gone."
	case m.NoEntryPoint:
		return "The entry point is gone."
	case role == nil:
		return "The role is gone."
	default:
		return role.WhyNotMappable()
	}
}

// gives reports whether an assignment has effect.
func (f *Facts) gives(a *Assignment) bool { return !a.NoEntryPoint && f.Roles[a.Role] != nil }
