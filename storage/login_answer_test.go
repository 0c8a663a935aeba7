package storage

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants/login"
)

func repeatable(actor, key, request string) login.Repeatable {
	return login.Repeatable{Actor: actor, Key: sha256.Sum256([]byte(key)), Request: sha256.Sum256([]byte(request))}
}

func TestAnswersAreKeptEncrypted(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		answers, err := login.NewAnswers(f.store, bytes.Repeat([]byte("k"), 32))
		if err != nil {
			t.Fatal(err)
		}
		r := repeatable("key01", "k1", "POST /x")
		claim, kept, err := answers.Begin(f.ctx, r)
		if err != nil || claim == nil || kept != nil {
			t.Fatalf("%v, %v, %v", claim, kept, err)
		}
		if second, kept, err := answers.Begin(f.ctx, r); err != nil || second != nil || kept.Status != 0 {
			t.Errorf("while it is under way: %v, %+v, %v", second, kept, err)
		}
		want := &login.Answer{Status: 201, Header: [][2]string{{"Content-Type", "application/json"}}, Body: []byte(`{"secret":"rstrkeyX"}`)}
		if err := claim.Keep(f.ctx, want); err != nil {
			t.Fatal(err)
		}
		_, kept, err = answers.Begin(f.ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := answers.Open(r, kept)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if bytes.Contains(kept.Sealed, []byte("rstrkeyX")) {
			t.Error("the answer is kept in the clear")
		}
		if _, err := answers.Open(repeatable("key02", "k1", "POST /x"), kept); err == nil {
			t.Error("the answer opens for somebody else")
		}
		other, err := login.NewAnswers(f.store, bytes.Repeat([]byte("o"), 32))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Open(r, kept); err == nil {
			t.Error("the answer opens with another key")
		}
		for _, free := range []login.Repeatable{repeatable("key02", "k1", "POST /x"), repeatable("key01", "k2", "POST /x")} {
			if claim, _, err := answers.Begin(f.ctx, free); err != nil || claim == nil {
				t.Errorf("another actor or key is taken: %v", err)
			}
		}
	})
}

func TestKeysOfAnswersComeFree(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		at := f.clock.at
		begin := func(r login.Repeatable, at time.Time) bool {
			t.Helper()
			kept, err := f.store.BeginAnswer(f.ctx, r, at)
			if err != nil {
				t.Fatal(err)
			}
			return kept == nil
		}
		r, other := repeatable("key01", "k", "a"), repeatable("key01", "k", "b")
		if !begin(r, at) || begin(r, at.Add(time.Minute-time.Microsecond)) {
			t.Error("a key under way is free")
		}
		late := at.Add(time.Minute)
		if !begin(other, late) {
			t.Error("after a minute the key of a request that died is not free")
		}
		// The first one comes back from the dead and must change nothing.
		if err := f.store.FinishAnswer(f.ctx, r, at, 201, []byte("late")); err != nil {
			t.Fatal(err)
		}
		if err := f.store.FreeAnswer(f.ctx, r, at); err != nil {
			t.Fatal(err)
		}
		if kept, err := f.store.BeginAnswer(f.ctx, other, late); err != nil || kept == nil || kept.Status != 0 || kept.Request != other.Request {
			t.Errorf("%+v, %v", kept, err)
		}
		if err := f.store.FreeAnswer(f.ctx, other, late); err != nil || !begin(r, late) {
			t.Errorf("a key that was given up is not free, %v", err)
		}
		if err := f.store.FinishAnswer(f.ctx, r, late, 201, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if begin(r, late.Add(login.AnswerLife-time.Microsecond)) || !begin(r, late.Add(login.AnswerLife)) {
			t.Error("an answer is kept for a day")
		}
	})
}

func TestOneOfManyClaimsAKey(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		r := repeatable("key01", "k", "a")
		var mu sync.Mutex
		claimed := 0
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				kept, err := f.store.BeginAnswer(f.ctx, r, f.clock.at)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Errorf("begin: %v", err)
				} else if kept == nil {
					claimed++
				}
			})
		}
		wg.Wait()
		if claimed != 1 {
			t.Errorf("%d of 50 have the key", claimed)
		}
	})
}

func TestOldLoginsAreRemoved(t *testing.T) {
	onEachLogin(t, func(t *testing.T, f *loginFixture) {
		b := newBackEnd(t)
		f.trust(b)
		if _, err := f.s.Exchange(f.ctx, exchangeOf(b.token(f.tenant, nil))); err != nil {
			t.Fatal(err)
		}
		if _, err := f.store.BeginAnswer(f.ctx, repeatable("key01", "k", "a"), f.clock.at); err != nil {
			t.Fatal(err)
		}
		maintenance := NewMaintenance(f.db, nil)
		left := func() string {
			return strings.Join(f.rows(`select (select count(*) from used_tokens), (select count(*) from idempotency_keys), (select count(*) from sessions)`), "")
		}
		for _, step := range []struct {
			after time.Duration
			want  string
		}{{time.Minute, "1 1 1"}, {20 * time.Minute, "0 1 1"}, {25 * time.Hour, "0 0 1"}, {92 * 24 * time.Hour, "0 0 0"}} {
			if _, err := maintenance.Prune(f.ctx, f.clock.at.Add(step.after)); err != nil {
				t.Fatal(err)
			}
			if got := left(); got != step.want {
				t.Errorf("after %s there are %s tokens, answers and sessions, not %s", step.after, got, step.want)
			}
		}
	})
}
