package bench

import "strconv"

// valueKey is once in each member of a group.
var valueKey = []byte(`"value"`)

// team is the group that a worker works on.
func (w *worker) team() *team { return w.teams[w.number%len(w.teams)] }

// spare is where the worker's own people begin who are not in the group.
func (w *worker) spare(g *team) int { return g.size + w.number*w.config.Batch }

// member puts one into the group and takes it out again, so that the group keeps
// its size.
func (w *worker) member() {
	g := w.team()
	w.change(g, 1, stepMemberAdd, stepMemberRemove)
}

func (w *worker) batch() {
	g := w.team()
	w.change(g, w.config.Batch, stepBatchAdd, stepBatchRemove)
}

func (w *worker) change(g *team, count int, add, remove step) {
	for _, s := range []step{add, remove} {
		w.operations = appendMembers(w.operations[:0], s == add, &g.at.people, w.spare(g), count)
		w.body = appendPatch(w.body[:0], w.operations)
		w.patchGroup(g)
		w.settle(s)
	}
}

// patchGroup sends the PATCH in w.body. The answer may hold the whole group,
// which is not kept.
func (w *worker) patchGroup(g *team) {
	w.at("/Groups/", g.id).count(g.at, "PATCH", valueKey).want(200, 204)
}

// group reads the group with all its members.
func (w *worker) group() {
	w.readWhole(w.team())
	w.settle(stepGroup)
}

func (w *worker) readWhole(g *team) {
	a := w.at("/Groups/", g.id).count(g.at, "GET", valueKey).want(200)
	if a.wrong == "" && a.found != g.size {
		a.wrong = strconv.Itoa(a.found) + " members, want " + strconv.Itoa(g.size)
	}
}

// proveGroup looks whether the groups have the members that they should.
func proveGroup(b *bench, w *worker) {
	for _, g := range b.teams[:min(len(b.teams), len(b.workers))] {
		w.readWhole(g)
		w.settle(stepGroup)
	}
}
