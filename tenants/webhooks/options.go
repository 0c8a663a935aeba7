package webhooks

import (
	"log/slog"
	"math/rand/v2"
	"time"
)

const (
	defaultSlots       = 16
	defaultPerEndpoint = 8
)

// Options say how workers go about their work. What is zero is as it should be.
type Options struct {
	Slots       int           // deliveries at a time of this process (16)
	PerEndpoint int           // … to one webhook (8)
	PerSecond   float64       // deliveries of this process in the long run (500)
	Lease       time.Duration // a worker that is silent for this long has lost its queue (60 s)
	Margin      time.Duration // by which a lease outlives an attempt, for clocks that differ (10 s)
	Turn        time.Duration // how long one queue keeps others waiting (2 s)
	TurnEvents  int           // … or for how many events (200)
	Poll        time.Duration // between looking for what others have left (1 s)
	Flush       time.Duration // until progress is stored (250 ms)
	Grace       time.Duration // that an attempt has to end when the process ends (5 s)

	Backoff   []time.Duration // before an event is tried again; the last goes on
	GiveUp    time.Duration   // for how long an event is tried (3 days)
	HoldAfter int             // failures in a row that hold a webhook (5)
	Hold      []time.Duration // before one of its events is tried then; the last goes on

	Observe func(outcome Outcome, took time.Duration) // is told of every attempt
	Logger  *slog.Logger
	Now     func() time.Time
	Jitter  func() float64 // from 0 to 1, evenly
}

func (o Options) withDefaults() Options {
	def(&o.Slots, defaultSlots)
	def(&o.PerEndpoint, defaultPerEndpoint)
	def(&o.PerSecond, 500)
	def(&o.Lease, time.Minute)
	def(&o.Margin, 10*time.Second)
	def(&o.Turn, 2*time.Second)
	def(&o.TurnEvents, 200)
	def(&o.Poll, time.Second)
	def(&o.Flush, 250*time.Millisecond)
	def(&o.Grace, 5*time.Second)
	def(&o.GiveUp, 72*time.Hour)
	def(&o.HoldAfter, 5)
	if o.Backoff == nil {
		o.Backoff = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute,
			15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour}
	}
	if o.Hold == nil {
		o.Hold = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute}
	}
	if o.Observe == nil {
		o.Observe = func(Outcome, time.Duration) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
