package idp

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLifeGoesOn(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			c := d.config("", FirstCycle)
			v.adjust(&c)
			l, err := NewLife(c)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			requireOK(t, l.Begin(t.Context()))
			var story strings.Builder
			for range 70 {
				told, err := l.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				story.WriteString(told + "\n")
			}
			for _, event := range []string{"joins as", "moves", "is now called", "is added to", "leaves the company and is deactivated"} {
				if !strings.Contains(story.String(), event) {
					t.Errorf("in 70 turns nobody %s:\n%s", event, story.String())
				}
			}
			if v.name[:5] == "entra" && !strings.Contains(story.String(), "and is deleted") {
				t.Error("Entra deletes nobody")
			}
			// After all that the directory is what was sent.
			l.run.log = newRecorder(time.Now)
			l.run.main.log = l.run.log
			requireOK(t, l.run.finish(l.run.readBack(t.Context())))
		})
	}
}

func TestLifeTellsRefusals(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	l, err := NewLife(d.config(Okta, FirstCycle))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	requireOK(t, l.Begin(t.Context()))
	d.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			return false
		}
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"schemas":["` + errorSchema + `"],"status":"403","detail":"not today"}`))
		return true
	}
	for range 7 {
		if told, err := l.Next(t.Context()); err == nil || !strings.Contains(err.Error(), "not today") {
			t.Errorf("told %q, error %v", told, err)
		}
	}
	d.before = nil
	l.run.log = newRecorder(time.Now)
	l.run.main.log = l.run.log
	requireOK(t, l.run.finish(l.run.readBack(t.Context())))
}

// stages records what a Progress is told.
type stages struct {
	mu    sync.Mutex
	parts map[string]int
	done  map[string]int
	open  map[string]int
}

func (s *stages) Begin(stage string, parts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[stage] += parts
	s.open[stage]++
}

func (s *stages) Advance(stage string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[stage]++
}

func (s *stages) End(stage string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[stage]--
}

func TestProgressAddsUp(t *testing.T) {
	t.Parallel()
	for _, scenario := range []Scenario{FirstCycle, TwoAtOnce, BigGroup} {
		d := newDouble(t)
		s := &stages{parts: map[string]int{}, done: map[string]int{}, open: map[string]int{}}
		c := d.config(Entra, scenario)
		c.Progress = s
		requireOK(t, play(t, c))
		if s.parts["users"] == 0 {
			t.Errorf("%s: no stage for users", scenario)
		}
		for stage, parts := range s.parts {
			if s.done[stage] != parts || s.open[stage] != 0 {
				t.Errorf("%s: stage %s did %d of %d parts, %d left open", scenario, stage, s.done[stage], parts, s.open[stage])
			}
		}
	}
}
