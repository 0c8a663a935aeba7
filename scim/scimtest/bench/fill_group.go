package bench

import (
	"context"
	"fmt"
)

// portion is how many members are put into a group at a time while it is filled.
const portion = 1000

// fillGroups makes the groups of a size, in targets that have people enough: the
// members, and for every worker some who are not.
func (b *bench) fillGroups(ctx context.Context, size int) error {
	holders := min(b.config.Groups, len(b.targets))
	enough := size + b.config.Connections*b.config.Batch
	lots, missing := b.lots(func(t *target) int {
		if t.number < holders {
			return enough
		}
		return 0
	})
	if err := b.fillLots(ctx, b.made()+missing, lots, missing); err != nil {
		return err
	}
	b.teams = nil
	for i := range b.config.Groups {
		name := fmt.Sprintf("%s%s group %d of %d", prefix, b.run, i+1, size)
		b.teams = append(b.teams, &team{at: b.targets[i%holders], name: name, size: size})
	}
	b.allTeams = append(b.allTeams, b.teams...)
	return b.fillTeams(ctx, size)
}

func (b *bench) fillTeams(ctx context.Context, size int) error {
	s := forPieces(fmt.Sprintf("Filling the groups: %d members", size), len(b.teams))
	s.parts = int64(len(b.teams) * size)
	filling, failed := context.WithCancelCause(ctx)
	defer failed(nil)
	counted := b.perform(filling, b.crew, s, func(w *worker) {
		if !w.fillTeam(b.teams[w.piece]) {
			failed(w.fillingFailed())
		}
	})
	fill := newFill("members", int(s.done.Load()), counted.ended.Sub(counted.began))
	fill.GroupSize = size
	b.report.Fills = append(b.report.Fills, fill)
	return context.Cause(filling)
}

// fillTeam makes a group and puts its members in, a portion at a time, which any
// server takes.
func (w *worker) fillTeam(g *team) bool {
	if !w.insist(stepPrepare, func() { w.postTeam(g) }) {
		return false
	}
	w.members.upTo(portion)
	for from, count := 0, 0; from < g.size; from += count {
		if !w.insist(stepPrepare, func() { count = w.addMembers(g, from) }) {
			return false
		}
		w.stage.done.Add(int64(count))
	}
	return w.insist(stepPrepare, func() { w.readWhole(g) })
}

func (w *worker) postTeam(g *team) {
	w.body = appendText(w.body[:0], `{"schemas":["`+groupSchema+`"],"displayName":"`, g.name, `"}`)
	a := w.at("/Groups").ask(g.at, "POST").want(201).text(`"displayName"`, []byte(g.name))
	id := textOf(a.body, idKey)
	if a.wrong == "" && len(id) == 0 {
		a.wrong = "no id"
	}
	g.id = string(id)
}

// addMembers puts the next portion of its members into a group and returns how
// many they are.
func (w *worker) addMembers(g *team, from int) int {
	count := min(w.members.now, g.size-from)
	w.operations = appendMembers(w.operations[:0], true, &g.at.people, from, count)
	w.body = appendPatch(w.body[:0], w.operations)
	w.patchGroup(g)
	w.members.adapt(count, w.answer.busy != 0)
	return count
}
