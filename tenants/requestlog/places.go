package requestlog

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// What is remembered of connections, and for how long: as long a changed setting
// takes to be heeded.
const (
	placesKept  = 10 * time.Second
	maxPlaces   = 10_000
	maxUnknown  = 1_000 // addresses that nobody vouches for, of one flush
	placesAsked = 1_000 // of one query
)

// places remembers whose connections are. The recorder's goroutine alone uses it.
type places struct {
	sink  Sink
	now   func() time.Time
	known map[string]remembered
}

type remembered struct {
	place  *Place // nil: there is no such connection
	expiry time.Time
}

func newPlaces(sink Sink) *places {
	return &places{sink: sink, now: time.Now, known: map[string]remembered{}}
}

// find returns the places of the connections of a batch, by public id. Those
// that do not exist are left out.
func (p *places) find(ctx context.Context, batch []Exchange) (map[string]*Place, error) {
	now := p.now()
	found := map[string]*Place{}
	asked := map[string]bool{}
	var ask []tenants.ConnectionID
	strangers := 0
	for i := range batch {
		id := batch[i].Connection
		if found[id] != nil || asked[id] {
			continue
		}
		if r, ok := p.known[id]; ok && now.Before(r.expiry) {
			if r.place != nil {
				found[id] = r.place
			}
			continue
		}
		if batch[i].TenantID == "" {
			if strangers++; strangers > maxUnknown {
				continue
			}
		}
		if parsed, err := tenants.ParseConnectionID(id); err == nil {
			asked[id] = true
			ask = append(ask, parsed)
		}
	}
	for len(ask) > 0 {
		n := min(len(ask), placesAsked)
		list, err := p.sink.Places(ctx, ask[:n])
		if err != nil {
			return nil, err
		}
		for i := range list {
			found[list[i].ConnectionID.String()] = &list[i]
		}
		ask = ask[n:]
	}
	p.remember(asked, found, now.Add(placesKept))
	return found, nil
}

func (p *places) remember(asked map[string]bool, found map[string]*Place, expiry time.Time) {
	if len(p.known)+len(asked) > maxPlaces {
		clear(p.known)
	}
	for id := range asked {
		p.known[id] = remembered{found[id], expiry}
	}
}
