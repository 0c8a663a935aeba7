package storage

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// earlyWitness is a witness that announces early, as somebody whose cache is open.
type earlyWitness struct {
	*witness
	premise Premise
	late    bool         // it has nothing to announce yet
	unheard error        // of an early announcement
	unsure  error        // of a settling
	told    atomic.Int64 // how often it announced early
}

var _ EarlyGuard = (*earlyWitness)(nil)

func (w *earlyWitness) Early() bool { return true }

func (w *earlyWitness) AnnounceEarly(ctx context.Context, t *Touched) (Announcement, Premise, error) {
	if w.late || w.unheard != nil {
		return nil, Premise{}, w.unheard
	}
	w.told.Add(1)
	_, err := w.Announce(ctx, t, CacheState{Generation: w.premise.Generation})
	return w, w.premise, err
}

func (w *earlyWitness) Announce(ctx context.Context, t *Touched, s CacheState) (Announcement, error) {
	_, err := w.witness.Announce(ctx, t, s)
	return w, err
}

func (w *earlyWitness) Settle(ctx context.Context, o Outcome) error {
	return errors.Join(w.witness.Settle(ctx, o), w.unsure)
}

// witnessedEarly is a database whose cache is open, and whose premise holds for a
// while.
func witnessedEarly(t *testing.T) (*fixture, *earlyWitness) {
	t.Helper()
	f, w := witnessed(t)
	c := NewCacheStates(f.db)
	for _, step := range []func(context.Context, int64) (bool, error){
		func(ctx context.Context, _ int64) (bool, error) { return c.Claim(ctx, 1) },
		c.BeginOpening,
		func(ctx context.Context, g int64) (bool, error) { return c.FinishOpening(ctx, g, 0) },
	} {
		if ok, err := step(f.ctx, 2); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	s, err := c.State(f.ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.early = true
	early := &earlyWitness{witness: w, premise: Premise{s.Generation, s.Started, s.Now + time.Hour.Microseconds()}}
	f.db.direct = &direct{}
	f.db.SetGuard(early, true)
	return f, early
}

// A write that was announced early commits with its last batch, and is not announced
// again.
func TestEarlyAnnouncement(t *testing.T) {
	t.Parallel()
	f, w := witnessedEarly(t)
	f.user("bob") // prepares the statements
	w.forget()
	w.told.Store(0)
	trips := f.db.RoundTrips()
	id := f.user("ada")
	if n := f.db.RoundTrips() - trips; n != 1 {
		t.Errorf("a create takes %d round trips", n)
	}
	if _, err := f.put(userType, id, userDraft("eve")); err != nil {
		t.Fatal(err)
	}
	if n := w.told.Load(); n != 2 || len(w.states) != 2 || !slices.Equal(w.outcomes, []Outcome{Committed, Committed}) {
		t.Errorf("announced early %d times of %d, settled as %v", n, len(w.states), w.outcomes)
	}
}

// A write whose early announcement rests on what does not hold any more leaves
// nothing, and is announced and done again.
func TestPremiseThatDoesNotHold(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Premise){
		"another generation": func(p *Premise) { p.Generation-- },
		"another run":        func(p *Premise) { p.Started-- },
		"too late":           func(p *Premise) { p.Until = time.Now().Add(-time.Hour).UnixMicro() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, w := witnessedEarly(t)
			spoil(&w.premise)
			want := []Outcome{Aborted, Committed}
			id := f.user("ada") // whose look for groups that wait for it is one with that for the premise
			if !slices.Equal(w.outcomes, want) {
				t.Errorf("the create is settled as %v, want %v", w.outcomes, want)
			}
			w.forget()
			if _, err := f.put(userType, id, userDraft("eve")); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(w.outcomes, want) || w.states[1].Generation != 2 || w.states[1].Phase != CacheOpen {
				t.Errorf("the update is settled as %v under %+v", w.outcomes, w.states)
			}
			if got := f.get(userType, id); got.Version != 2 {
				t.Errorf("version %d, want 2", got.Version)
			}
			got := f.rows(`select sequence, audit_number from tenant_sequences where tenant_id = $1`, f.dir.TenantID)
			if !slices.Equal(got, []string{"2 2"}) {
				t.Errorf("numbers are %q", got)
			}
		})
	}
}

// A closed cache is no premise, even of the generation that was announced.
func TestPremiseNeedsAnOpenCache(t *testing.T) {
	t.Parallel()
	f, w := witnessedEarly(t)
	s, err := NewCacheStates(f.db).Close(f.ctx, w.premise.Generation)
	if err != nil {
		t.Fatal(err)
	}
	w.premise.Generation = s.Generation
	f.user("ada")
	if !slices.Equal(w.outcomes, []Outcome{Aborted, Committed}) {
		t.Errorf("settled as %v", w.outcomes)
	}
}

// Who cannot announce early announces before the commit, and the cache is not open
// for those who announce nothing.
func TestNothingIsAnnouncedEarly(t *testing.T) {
	t.Parallel()
	f, w := witnessedEarly(t)
	w.late = true
	f.user("ada")
	if len(w.states) != 1 || w.states[0].Phase != CacheOpen || !slices.Equal(w.outcomes, []Outcome{Committed}) {
		t.Errorf("announced under %+v, settled as %v", w.states, w.outcomes)
	}
}

// An early announcement that fails leaves nothing; one that was not made since the
// cache was closed instead is made again.
func TestEarlyAnnouncementFails(t *testing.T) {
	t.Parallel()
	f, w := witnessedEarly(t)
	before := counts(f.dump())
	w.unheard = errors.New("no")
	if _, err := f.s.Create(f.ctx, f.dir, userType, userDraft("ada"), origin); !errors.Is(err, w.unheard) {
		t.Errorf("create = %v", err)
	}
	for table, n := range counts(f.dump()) {
		if n != before[table] {
			t.Errorf("%d rows in %s, want %d", n, table, before[table])
		}
	}
	w.unheard = ErrClosed
	f.user("ada")
	if len(w.states) != 1 || !slices.Equal(w.outcomes, []Outcome{Committed}) {
		t.Errorf("announced under %+v, settled as %v", w.states, w.outcomes)
	}
}

// A write that others may not see is not acknowledged. A name that is taken is
// taken, and the announcement is settled as what came to nothing.
func TestEarlyAnnouncementIsSettled(t *testing.T) {
	t.Parallel()
	f, w := witnessedEarly(t)
	w.unsure = errors.New("no")
	_, err := f.s.Create(f.ctx, f.dir, userType, userDraft("ada"), origin)
	if !errors.Is(err, w.unsure) || !errors.Is(err, errUncertain) || len(w.outcomes) != 1 {
		t.Errorf("create = %v, settled as %v", err, w.outcomes)
	}
	w.unsure = nil
	w.forget()
	if _, err := f.s.Create(f.ctx, f.dir, userType, userDraft("ADA"), origin); err == nil {
		t.Error("a name that is taken was given again")
	}
	if !slices.Equal(w.outcomes, []Outcome{Aborted}) {
		t.Errorf("settled as %v", w.outcomes)
	}
}
