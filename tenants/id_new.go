package tenants

import (
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// NewKeyID returns a fresh id; later ones sort after earlier ones.
func NewKeyID() KeyID { return newID[keyKind]() }

// NewLinkID returns a fresh id; later ones sort after earlier ones.
func NewLinkID() LinkID { return newID[linkKind]() }

// NewSessionID returns a fresh id; later ones sort after earlier ones.
func NewSessionID() SessionID { return newID[sessionKind]() }

// NewIssuerID returns a fresh id; later ones sort after earlier ones.
func NewIssuerID() IssuerID { return newID[issuerKind]() }

// NewAssignmentID returns a fresh id; later ones sort after earlier ones.
func NewAssignmentID() AssignmentID { return newID[assignmentKind]() }

// NewJobID returns a fresh id; later ones sort after earlier ones.
func NewJobID() JobID { return newID[jobKind]() }

// NewAuditID returns a fresh id; later ones sort after earlier ones.
func NewAuditID() AuditID { return newID[auditKind]() }

// NewEventID returns a fresh id; later ones sort after earlier ones.
func NewEventID() EventID { return newID[eventKind]() }

// NewWebhookID returns a fresh id; later ones sort after earlier ones.
func NewWebhookID() WebhookID { return newID[webhookKind]() }

// NewDeliveryID returns a fresh id; later ones sort after earlier ones.
func NewDeliveryID() DeliveryID { return newID[deliveryKind]() }

// NewReplayID returns a fresh id; later ones sort after earlier ones.
func NewReplayID() ReplayID { return newID[replayKind]() }

// NewRequestID returns a fresh id; later ones sort after earlier ones.
func NewRequestID() RequestID { return newID[requestKind]() }

// RequestIDAt returns a fresh id that sorts by a time, to a fraction of a
// microsecond (RFC 9562 section 6.2, method 3).
func RequestIDAt(at time.Time) RequestID { return ID[requestKind]{uuidAt(at)} }

// CycleIDAt is the same for a cycle.
func CycleIDAt(at time.Time) CycleID { return ID[cycleKind]{uuidAt(at)} }

// RequestFloor is below every id that RequestIDAt returns for that time or later.
func RequestFloor(at time.Time) RequestID { return ID[requestKind]{uuidFloor(at)} }

// DeliveryFloor is at or below every delivery id made at that time or later.
func DeliveryFloor(at time.Time) DeliveryID {
	return ID[deliveryKind]{uuidFloor(at.Truncate(time.Millisecond))}
}

// uuidFloor is below every UUIDv7 of that time or later.
func uuidFloor(at time.Time) uuid.UUID {
	u := uuidAt(at)
	clear(u[8:])
	u[8] = 0x80
	return u
}

// uuidAt is a UUIDv7 of a time: milliseconds, 12 bits of the rest, random bits.
func uuidAt(at time.Time) uuid.UUID {
	u := uuid.Must(uuid.NewV7())
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], uint64(max(at.UnixMilli(), 0))<<16)
	copy(u[:6], head[:6])
	rest := uint16(at.Nanosecond() % int(time.Millisecond) * 4096 / int(time.Millisecond))
	binary.BigEndian.PutUint16(u[6:8], 0x7000|rest)
	return u
}

// NewCycleID returns a fresh id; later ones sort after earlier ones.
func NewCycleID() CycleID { return newID[cycleKind]() }

// ParseKeyID reads "key…". The error is ErrMalformedID.
func ParseKeyID(text string) (KeyID, error) { return parseID[keyKind](text) }

// ParseLinkID reads "lnk…". The error is ErrMalformedID.
func ParseLinkID(text string) (LinkID, error) { return parseID[linkKind](text) }

// ParseSessionID reads "ses…". The error is ErrMalformedID.
func ParseSessionID(text string) (SessionID, error) { return parseID[sessionKind](text) }

// ParseIssuerID reads "iss…". The error is ErrMalformedID.
func ParseIssuerID(text string) (IssuerID, error) { return parseID[issuerKind](text) }

// ParseAssignmentID reads "asg…". The error is ErrMalformedID.
func ParseAssignmentID(text string) (AssignmentID, error) { return parseID[assignmentKind](text) }

// ParseJobID reads "job…". The error is ErrMalformedID.
func ParseJobID(text string) (JobID, error) { return parseID[jobKind](text) }

// ParseAuditID reads "aud…". The error is ErrMalformedID.
func ParseAuditID(text string) (AuditID, error) { return parseID[auditKind](text) }

// ParseEventID reads "evt…". The error is ErrMalformedID.
func ParseEventID(text string) (EventID, error) { return parseID[eventKind](text) }

// ParseWebhookID reads "whk…". The error is ErrMalformedID.
func ParseWebhookID(text string) (WebhookID, error) { return parseID[webhookKind](text) }

// ParseDeliveryID reads "dlv…". The error is ErrMalformedID.
func ParseDeliveryID(text string) (DeliveryID, error) { return parseID[deliveryKind](text) }

// ParseReplayID reads "rpl…". The error is ErrMalformedID.
func ParseReplayID(text string) (ReplayID, error) { return parseID[replayKind](text) }

// ParseRequestID reads "req…". The error is ErrMalformedID.
func ParseRequestID(text string) (RequestID, error) { return parseID[requestKind](text) }

// ParseCycleID reads "cyc…". The error is ErrMalformedID.
func ParseCycleID(text string) (CycleID, error) { return parseID[cycleKind](text) }
