package tenants

import (
	"fmt"
	"slices"
	"time"
)

// RequestBodies says what the request log keeps of bodies.
type RequestBodies string

// The choices. Whatever the choice, passwords and tokens are never kept.
const (
	BodiesRedacted RequestBodies = "redacted" // without e-mail addresses, phone numbers, postal addresses
	BodiesFull     RequestBodies = "full"
	BodiesNone     RequestBodies = "none"
)

// RequestLog is what a tenant's request log keeps. The zero value is not one: a
// tenant begins with DefaultRequestLog.
type RequestLog struct {
	Bodies        RequestBodies
	RetentionDays int // how long lines are kept
}

// Bounds of RequestLog.RetentionDays.
const (
	MinRequestRetention = 1
	MaxRequestRetention = 400
)

// DefaultRequestLog keeps redacted bodies for thirty days.
func DefaultRequestLog() RequestLog { return RequestLog{Bodies: BodiesRedacted, RetentionDays: 30} }

// Retention is how long lines are kept.
func (l RequestLog) Retention() time.Duration { return time.Duration(l.RetentionDays) * day }

// RequestLogChange says what becomes different; nil leaves a part alone.
type RequestLogChange struct {
	Bodies        *RequestBodies
	RetentionDays *int
}

func (c *RequestLogChange) apply(l *RequestLog) error {
	if c == nil {
		return nil
	}
	if c.Bodies != nil {
		if !slices.Contains([]RequestBodies{BodiesRedacted, BodiesFull, BodiesNone}, *c.Bodies) {
			return &InvalidError{"request_log.bodies", fmt.Sprintf("give %s, %s or %s", BodiesRedacted, BodiesFull, BodiesNone)}
		}
		l.Bodies = *c.Bodies
	}
	if c.RetentionDays != nil {
		if *c.RetentionDays < MinRequestRetention || *c.RetentionDays > MaxRequestRetention {
			return &InvalidError{"request_log.retention_days", fmt.Sprintf("give %d to %d days", MinRequestRetention, MaxRequestRetention)}
		}
		l.RetentionDays = *c.RetentionDays
	}
	return nil
}
