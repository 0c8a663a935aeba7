package bench

import (
	"context"
	"sync/atomic"
	"time"
)

// tidyLimit is how long taking away may take after the run was interrupted.
const tidyLimit = 5 * time.Minute

// tidy takes away what the run made, if that is wanted, also after it was
// interrupted, and notes what is left.
func (b *bench) tidy(ctx context.Context) {
	var users, groups atomic.Int64
	groups.Store(int64(len(b.standing())))
	users.Store(int64(b.made()))
	if b.config.Cleanup {
		b.op = ""
		if ctx.Err() != nil {
			limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyLimit)
			defer cancel()
			ctx = limited
		}
		ctx, b.stop = context.WithCancelCause(ctx)
		defer b.stop(nil)
		b.removeGroups(ctx, &groups)
		b.removeUsers(ctx, &users)
	}
	b.report.LeftBehind = Leftovers{Users: int(users.Load()), Groups: int(groups.Load())}
}

// standing are the groups that were really made.
func (b *bench) standing() []*team {
	var made []*team
	for _, g := range b.allTeams {
		if g.id != "" {
			made = append(made, g)
		}
	}
	return made
}

func (b *bench) removeGroups(ctx context.Context, left *atomic.Int64) {
	made := b.standing()
	b.perform(ctx, b.crew, forPieces("Taking away the groups", len(made)), func(w *worker) {
		w.remove(made[w.piece].at, left, "/Groups/", made[w.piece].id)
	})
}

func (b *bench) removeUsers(ctx context.Context, left *atomic.Int64) {
	lots := b.all()
	s := forPieces("Taking away the users", len(lots))
	s.parts = int64(b.made())
	b.perform(ctx, b.crew, s, func(w *worker) {
		l := lots[w.piece]
		for k := l.from; k < l.to && w.ctx.Err() == nil; k++ {
			w.remove(l.at, left, "/Users/", string(l.at.people.id(k)))
		}
	})
}

// stretch is a piece of a target's people.
type stretch struct {
	at       *target
	from, to int
}

func (b *bench) all() []stretch {
	const most = 500
	var out []stretch
	for _, t := range b.targets {
		for from := 0; from < t.people.len(); from += most {
			out = append(out, stretch{t, from, min(from+most, t.people.len())})
		}
	}
	return out
}

func (w *worker) remove(t *target, left *atomic.Int64, path, id string) {
	w.at(path, id).ask(t, "DELETE").want(204, 200, 404)
	if w.settle(stepDelete) {
		left.Add(-1)
	}
	w.stage.done.Add(1)
}
