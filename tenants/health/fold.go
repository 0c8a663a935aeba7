package health

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// Folder is the requestlog.Folder of this package. It is the same whether lines
// come at once or in parts, and needs no clock but theirs.
type Folder struct{}

var _ requestlog.Folder = Folder{}

// Fold implements requestlog.Folder.
func (Folder) Fold(encoded []byte, provider string, lines []requestlog.Line, _ time.Time,
) ([]byte, []requestlog.Cycle, []requestlog.Hour, error) {
	f := &fold{state: load(encoded), provider: quirk.Provider(provider), cycles: map[string]requestlog.Cycle{}, hours: map[int64]*requestlog.Hour{}}
	for i := range lines {
		f.line(&lines[i])
	}
	f.remember()
	if err := f.keepCycle(); err != nil {
		return nil, nil, nil, err
	}
	next, err := f.encode()
	if err != nil {
		return nil, nil, nil, err
	}
	cycles := slices.SortedFunc(maps.Values(f.cycles), func(a, b requestlog.Cycle) int {
		return cmp.Compare(a.ID.UUID(), b.ID.UUID())
	})
	var hours []requestlog.Hour
	for _, start := range slices.Sorted(maps.Keys(f.hours)) {
		hours = append(hours, *f.hours[start])
	}
	return next, cycles, hours, nil
}

// remember keeps the requests that are told of by themselves.
func (f *fold) remember() {
	if f.latest != nil {
		f.Latest = see(f.latest, stampOf(f.latest.At), nil)
	}
	if f.lastBad != nil {
		f.LastBad = see(f.lastBad, stampOf(f.lastBad.At), nil)
	}
	if f.FailingSince == 0 {
		f.LastBad = nil // only one that is refused makes a connection fail again
	}
}

// fold is one call of Fold.
type fold struct {
	*state
	provider quirk.Provider
	cycles   map[string]requestlog.Cycle // that were changed, by id
	hours    map[int64]*requestlog.Hour  // by their beginning
	latest   *requestlog.Line            // the last one so far
	lastBad  *requestlog.Line            // the last one that was refused or failed
	err      error                       // the first one of keeping a cycle
}

// line takes one line in.
func (f *fold) line(l *requestlog.Line) {
	at := stampOf(l.At)
	f.hour(l)
	f.count(l, at)
	if rejects(l) {
		f.reject(l, at)
		f.check(l, at)
		return
	}
	if l.TokenID.IsZero() {
		return // nobody was let in: an address that is wrong, or what anybody may ask
	}
	if at >= f.LastAt {
		f.latest = l
	}
	f.admit(l, at)
	if f.judge(l, at) {
		f.lastBad = l
	}
	f.sync(l, at)
	f.check(l, at)
	f.learn(l, at)
	f.quarantine(at)
}

// admit notes that a request had a good token.
func (s *state) admit(l *requestlog.Line, at stamp) {
	if at >= s.LastAt {
		s.Token = l.TokenID.UUID()
	}
	s.FirstAt, s.LastAt = earlier(s.FirstAt, at), later(s.LastAt, at)
	if accepted(l) {
		s.AcceptedAt = later(s.AcceptedAt, at)
	}
	if l.Changed() {
		s.WroteAt = later(s.WroteAt, at)
	}
	if at >= s.Rejected.Last {
		s.Rejected = rejected{}
	}
}

// hour counts a request in its hour.
func (f *fold) hour(l *requestlog.Line) {
	start := l.At.UTC().Truncate(time.Hour)
	h := f.hours[start.Unix()]
	if h == nil {
		h = &requestlog.Hour{Start: start}
		f.hours[start.Unix()] = h
	}
	h.Requests += l.Requests()
	h.Duration += l.Duration
	switch l.Outcome {
	case requestlog.Refused:
		h.Refused += l.Requests()
	case requestlog.Failed:
		h.Failed += l.Requests()
	}
	if l.Changed() {
		h.Changes += l.Requests()
	}
}
