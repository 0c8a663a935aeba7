package tenants

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// ErrMalformedID says that a text cannot be an id of the kind asked for.
var ErrMalformedID = errors.New("malformed id")

// ID is a control-plane id: a UUIDv7 that is written as three letters, which say
// what it names, and 26 lower-case Crockford base32 digits. There is no
// separator, since Okta refuses "_" in a base URL. Every id has exactly one
// spelling. In SQL it is the plain UUID.
type ID[K kind] struct{ uuid uuid.UUID }

// The ids of this package. They differ in type, so that one cannot be passed
// where another is meant.
type (
	TenantID     = ID[tenantKind]
	ConnectionID = ID[connectionKind]
	TokenID      = ID[tokenKind]
	KeyID        = ID[keyKind]     // of an API key
	LinkID       = ID[linkKind]    // of a portal link
	SessionID    = ID[sessionKind] // of a portal or staff session
	IssuerID     = ID[issuerKind]  // of somebody whose JWTs are exchanged for sessions
	AssignmentID = ID[assignmentKind]
	JobID        = ID[jobKind]
	AuditID      = ID[auditKind]
	EventID      = ID[eventKind]
	WebhookID    = ID[webhookKind]
	DeliveryID   = ID[deliveryKind] // of one attempt to deliver an event
	ReplayID     = ID[replayKind]   // of events that are sent again
	RequestID    = ID[requestKind]  // of a line of the request log
	CycleID      = ID[cycleKind]    // of a sync cycle
)

type kind interface{ prefix() string }

type (
	tenantKind     struct{}
	connectionKind struct{}
	tokenKind      struct{}
	keyKind        struct{}
	linkKind       struct{}
	sessionKind    struct{}
	issuerKind     struct{}
	assignmentKind struct{}
	jobKind        struct{}
	auditKind      struct{}
	eventKind      struct{}
	webhookKind    struct{}
	deliveryKind   struct{}
	replayKind     struct{}
	requestKind    struct{}
	cycleKind      struct{}
)

func (tenantKind) prefix() string     { return "ten" }
func (connectionKind) prefix() string { return "con" }
func (tokenKind) prefix() string      { return "tok" }
func (keyKind) prefix() string        { return "key" }
func (linkKind) prefix() string       { return "lnk" }
func (sessionKind) prefix() string    { return "ses" }
func (issuerKind) prefix() string     { return "iss" }
func (assignmentKind) prefix() string { return "asg" }
func (jobKind) prefix() string        { return "job" }
func (auditKind) prefix() string      { return "aud" }
func (eventKind) prefix() string      { return "evt" }
func (webhookKind) prefix() string    { return "whk" }
func (deliveryKind) prefix() string   { return "dlv" }
func (replayKind) prefix() string     { return "rpl" }
func (requestKind) prefix() string    { return "req" }
func (cycleKind) prefix() string      { return "cyc" }

// NewTenantID returns a fresh id; later ones sort after earlier ones.
func NewTenantID() TenantID { return newID[tenantKind]() }

// NewConnectionID returns a fresh id; later ones sort after earlier ones.
func NewConnectionID() ConnectionID { return newID[connectionKind]() }

// NewTokenID returns a fresh id; later ones sort after earlier ones.
func NewTokenID() TokenID { return newID[tokenKind]() }

// ParseTenantID reads "ten…". The error is ErrMalformedID.
func ParseTenantID(text string) (TenantID, error) { return parseID[tenantKind](text) }

// ParseConnectionID reads "con…". The error is ErrMalformedID.
func ParseConnectionID(text string) (ConnectionID, error) { return parseID[connectionKind](text) }

// ParseTokenID reads "tok…". The error is ErrMalformedID.
func ParseTokenID(text string) (TokenID, error) { return parseID[tokenKind](text) }

// newID panics only if the operating system has no randomness, as crypto/rand does.
func newID[K kind]() ID[K] { return ID[K]{uuid.Must(uuid.NewV7())} }

func parseID[K kind](text string) (ID[K], error) {
	var k K
	digits, ok := strings.CutPrefix(text, k.prefix())
	if !ok {
		return ID[K]{}, fmt.Errorf("%w: it does not begin with %q", ErrMalformedID, k.prefix())
	}
	u, ok := decodeBase32(digits)
	if !ok || u.Version() != 7 || u.Variant() != uuid.RFC4122 {
		return ID[K]{}, fmt.Errorf("%w: %q is not followed by 26 digits of an id", ErrMalformedID, k.prefix())
	}
	return ID[K]{u}, nil
}

// IsZero reports whether the id names nothing.
func (id ID[K]) IsZero() bool { return id.uuid == uuid.Nil }

// UUID returns the canonical text of the UUID, as the database and the SCIM
// engine know it.
func (id ID[K]) UUID() string { return id.uuid.String() }

// String returns the public form, "ten01…"; the zero id is "".
func (id ID[K]) String() string {
	if id.IsZero() {
		return ""
	}
	var k K
	return k.prefix() + encodeBase32(id.uuid)
}

// MarshalText writes the public form.
func (id ID[K]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the public form.
func (id *ID[K]) UnmarshalText(text []byte) error {
	parsed, err := parseID[K](string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Value gives database/sql the canonical UUID text.
func (id ID[K]) Value() (driver.Value, error) { return id.uuid.Value() }

// Scan reads the UUID that Value wrote.
func (id *ID[K]) Scan(src any) error { return id.uuid.Scan(src) }
