package webhooks

import (
	"context"
	"time"
)

// Lag is how far active webhooks are behind.
type Lag struct {
	Waiting int64         // events, of each webhook
	Oldest  time.Duration // for how long the oldest has waited, about
}

// LagStore knows how far webhooks are behind.
type LagStore interface {
	Lag(ctx context.Context) (Lag, error)
}
