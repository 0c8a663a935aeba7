package bench

// chosen picks a conversation: each has a share of a hundred.
func (w *worker) chosen(from []conversation) func(*worker) {
	n := w.rnd.IntN(100)
	for _, c := range from {
		if n -= c.percent; n < 0 {
			return c.talk
		}
	}
	return from[0].talk
}

type conversation struct {
	percent int
	talk    func(*worker)
}

// joiner is somebody new: nobody has the name, so it is created.
func (w *worker) joiner(more string) {
	t := w.somewhere()
	number := t.next.Add(1)
	w.lookUp(t, number, more)
	w.ask(t, "GET").want(200).total(0)
	if w.settle(stepFindNobody) {
		w.createIn(t, number)
	}
}
