package health

import (
	"context"
	"sync"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Looking into a directory of 100,000 people takes the database some hundred
// milliseconds, and pages ask again and again. So findings are kept while nothing
// is written to the directory, and for a while also then if it is a large one.
const (
	maxKept      = 1000             // connections
	keptFor      = time.Minute      // what is changed here, and not by requests, shows after that
	largeKeptFor = 15 * time.Second // whatever is written
	large        = 5000             // people
	// mostPeople are looked at for one list. For connections beyond that the list
	// tells older findings, or none yet; the next one goes on with them.
	mostPeople = 200_000
)

// findings are what directories show, as far as that is known.
type findings struct {
	store Store
	mu    sync.Mutex
	kept  map[tenants.ConnectionID]keptFindings
}

type keptFindings struct {
	state time.Time // of the connection when they were looked for
	at    time.Time
	found *Findings
}

func newFindings(store Store) *findings {
	return &findings{store: store, kept: map[tenants.ConnectionID]keptFindings{}}
}

// of returns what the directories of connections show.
func (f *findings) of(ctx context.Context, tenant tenants.TenantID, list []*glance) (map[tenants.ConnectionID]*Findings, error) {
	all := make(map[tenants.ConnectionID]*Findings, len(list))
	var ask []Inspected
	budget := mostPeople
	for _, g := range list {
		found, good := f.recall(g)
		all[g.Connection.ID] = found
		if good || budget <= 0 {
			continue
		}
		budget -= g.Directory.People
		ask = append(ask, g.inspected())
	}
	if len(ask) == 0 {
		return all, nil
	}
	fresh, err := f.store.Inspect(ctx, tenant, ask)
	if err != nil {
		return nil, err
	}
	for _, g := range list {
		if found := fresh[g.Connection.ID]; found != nil {
			all[g.Connection.ID] = found
			f.keep(g, found)
		}
	}
	return all, nil
}

// recall returns what was found before, and whether it is still good. A write is
// in the directory before its line is in the state, so that findings of one state
// may be those of the next, but never the other way round.
func (f *findings) recall(g *glance) (found *Findings, good bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.kept[g.Connection.ID]
	age := g.now.Sub(k.at)
	same := k.state.Equal(g.StateAt) && age < keptFor
	return k.found, k.found != nil && (same || (g.Directory.People >= large && age < largeKeptFor))
}

func (f *findings) keep(g *glance, found *Findings) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.kept) >= maxKept {
		clear(f.kept)
	}
	f.kept[g.Connection.ID] = keptFindings{state: g.StateAt, at: g.now, found: found}
}
