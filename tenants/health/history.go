package health

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Size is how large a connection's directory was from a time on.
type Size struct {
	At     time.Time
	People int64
	Active int64
	Groups int64
}

// Bounds of what History returns.
const (
	usualHistory = 30 * 24 * time.Hour
	mostHistory  = 400 * 24 * time.Hour // for as long as it is kept
	mostSizes    = 500
)

// History tells how large a directory was, from since on until. A zero until is
// now, a zero since 30 days before that; more than 400 days is cut. The first
// size is the one at since if that is known, the last one, unless until is over,
// what it is now. Of more than mostSizes as many are told, spread evenly.
func (s *Service) History(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, since, until time.Time) ([]Size, error) {
	now := s.now().UTC().Truncate(time.Microsecond)
	if until.IsZero() || until.After(now) {
		until = now
	}
	if since.IsZero() {
		since = until.Add(-usualHistory)
	}
	if most := until.Add(-mostHistory); since.Before(most) {
		since = most
	}
	facts, err := s.store.Facts(ctx, tenant, Selection{Only: connection, Limit: 1}, now)
	if err != nil {
		return nil, err
	}
	if len(facts) == 0 {
		return nil, tenants.ErrNotFound
	}
	if !since.Before(until) {
		return nil, nil
	}
	sizes, err := s.store.Sizes(ctx, tenant, connection, since, until)
	if err != nil {
		return nil, err
	}
	if len(sizes) > 0 && sizes[0].At.Before(since) {
		sizes[0].At = since
	}
	if until.Equal(now) {
		d := facts[0].Directory
		sizes = append(sizes, Size{At: now, People: int64(d.People), Active: int64(d.Active), Groups: int64(d.Groups)})
	}
	return thin(sizes, mostSizes), nil
}

// thin returns at most so many of a list (two or more), the first and the last
// among them.
func thin[T any](list []T, most int) []T {
	if len(list) <= most {
		return list
	}
	few := make([]T, most)
	for i := range few {
		few[i] = list[i*(len(list)-1)/(most-1)]
	}
	return few
}
