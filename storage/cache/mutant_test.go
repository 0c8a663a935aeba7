package cache

import (
	"testing"
	"time"
)

// TestMutants takes one rule out of the protocol at a time. The checker of
// TestCoherence must notice, or it would notice nothing.
func TestMutants(t *testing.T) {
	t.Parallel()
	for name, mutant := range map[string]func(*simulation){
		"no tombstones":                      func(s *simulation) { s.mute = true },
		"fills without a nonce":              func(s *simulation) { s.redis.blind = true },
		"memberships without a stamp":        func(s *simulation) { s.redis.stampless = true },
		"settles others' tombstones":         func(s *simulation) { s.redis.indistinct = true },
		"reads without a lease":              func(s *simulation) { s.unleased, s.misfortunes = true, []misfortune{parted} },
		"scripts loaded on demand":           func(s *simulation) { s.loader, s.misfortunes = true, []misfortune{restarted, failedOver} },
		"no wait after closing":              func(s *simulation) { s.timing.quiet, s.misfortunes = 0, []misfortune{cutFromRedis, parted} },
		"opens at once":                      func(s *simulation) { s.timing.opening, s.misfortunes = 0, []misfortune{restarted} },
		"tombstones that end before commits": func(s *simulation) { s.timing.tombstone = 3 * time.Second },
		"early for ever": func(s *simulation) {
			s.database.patient, s.misfortunes = true, []misfortune{stopped}
			s.late, s.timing.tombstone = 0.5, 20*time.Second
		},
		"early under another state": func(s *simulation) {
			s.database.heedless, s.misfortunes = true, []misfortune{restarted}
			s.timing.early, s.timing.tombstone = time.Hour, time.Hour
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(mutantSeeds) {
				s := &simulation{seed: seed, length: 10 * time.Minute, mutant: mutant}
				s.run(t)
				if len(s.violations) > 0 {
					t.Logf("seed %d: %d of %d reads: %s", seed, len(s.violations), s.reads, s.violations[0])
					return
				}
			}
			t.Errorf("%d simulations did not notice", mutantSeeds)
		})
	}
}

// mutantSeeds is how many simulations a mutant may survive.
const mutantSeeds = 20
