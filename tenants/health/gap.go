package health

import (
	"slices"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
)

const (
	// gapsToLearn is how many gaps must be known before they count for more than
	// what the provider is known for.
	gapsToLearn = 5
	// quietAfter is how many usual gaps without a request make a connection quiet.
	quietAfter = 3
	// shortestGap keeps a burst of Entra's cycles from making every hour without one
	// a quiet one. Who sends when something changes is silent at night.
	shortestGap = 30 * time.Minute

	entraGap = 40 * time.Minute // the pause between two of its cycles
	otherGap = 24 * time.Hour   // of providers that send when something changes
)

// gap is how far apart the beginnings of a connection's sync cycles usually are,
// and whether that was learned from them. Nine in ten are at most that.
func (s *state) gap(p quirk.Provider) (usual time.Duration, learned bool) {
	if len(s.Gaps) < gapsToLearn {
		if p == quirk.Entra {
			return entraGap, false
		}
		return otherGap, false
	}
	least := otherGap
	if p == quirk.Entra {
		least = shortestGap
	}
	sorted := slices.Sorted(slices.Values(s.Gaps))
	return max(time.Duration(sorted[(len(sorted)*9-1)/10])*time.Second, least), true
}
