package people

import (
	"encoding/json"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// User is somebody of a tenant. Ids are those of SCIM: UUIDs in lower case.
type User struct {
	ID          string
	UserName    string
	DisplayName string
	GivenName   string
	FamilyName  string
	Emails      []Email
	ExternalID  string
	// Active says whether the user may work. Nobody may whose connection is
	// deleted with its people.
	Active bool
	// Connection is the one that provisioned the user, nil if the vendor has
	// registered the user by hand.
	Connection *Connection
	CreatedAt  time.Time
	UpdatedAt  time.Time
	// Attributes is the SCIM document without what is never shown. Only a User
	// that was asked for alone has it.
	Attributes json.RawMessage

	Position int64 // among those of the connection, in the order of their coming
}

// Managed says whether an identity provider manages the user.
func (u *User) Managed() bool { return u.Connection != nil }

// Email is an address of a user.
type Email struct {
	Value   string
	Type    string // "work", "home", …; may be ""
	Primary bool
}

// Connection is what people are told about where somebody comes from.
type Connection struct {
	ID       tenants.ConnectionID
	Name     string
	Provider string // as people call it: "Microsoft Entra ID"
	Deleting bool   // it is deleted and can still be restored
}

// Place is where a page of users begins: behind a user. The zero value is the
// beginning. It holds for the query whose page the user was the last of.
type Place struct {
	ID       string `json:"i"`
	Position int64  `json:"p"`
}

// Place returns the user's own.
func (u *User) Place() *Place { return &Place{ID: u.ID, Position: u.Position} }

// UserQuery selects users. Conditions add up.
type UserQuery struct {
	// Text is how the display name, userName, an e-mail address or the externalId
	// begins, or the whole id. Case matters in externalId alone, where SCIM has it
	// matter.
	Text       string
	Active     *bool
	Managed    *bool
	Connection tenants.ConnectionID
	Group      string // the id of a group that they are in, directly or by another
	EntryPoint string // where they hold something
	Role       string // that they hold somewhere, or at EntryPoint
	Unassigned bool   // they are active and hold nothing

	After Place
	Limit int // 1 to MaxPage
}

// MaxPage is the largest Limit: a page, and one more that tells whether there is
// another.
const MaxPage = 201
