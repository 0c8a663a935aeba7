package bench

import "strconv"

func (w *worker) get() {
	w.getOne(stepGet)
}

func (w *worker) getOne(s step) (t *target, k int, ok bool) {
	t, k = w.somebody()
	id := t.people.id(k)
	w.at("/Users/", string(id)).ask(t, "GET").want(200).text(idKey, id)
	return t, k, w.settle(s)
}

func (w *worker) filter() { w.find(stepFilter, "") }

// find looks somebody up by user name: exactly one is found, and it is the right one.
func (w *worker) find(s step, more string) (t *target, k int, ok bool) {
	t, k = w.somebody()
	w.lookUp(t, t.people.numbers[k], more)
	w.ask(t, "GET").want(200).total(1).text(idKey, t.people.id(k))
	return t, k, w.settle(s)
}

// lookUp sets the path to a filter by user name.
func (w *worker) lookUp(t *target, number uint32, more string) {
	w.at("/Users?filter=userName+eq+%22")
	w.path = append(appendUserName(w.path, w.run, t, number), "%22"...)
	w.path = append(w.path, more...)
}

// patch sets active to what it was not.
func (w *worker) patch() {
	t, k := w.somebody()
	w.activate(t, k, stepPatch, `{"op":"replace","path":"active","value":`, `}`)
}

// activate sends a PATCH of active, which is put between the two parts.
func (w *worker) activate(t *target, k int, s step, before, after string) {
	active := strconv.FormatBool(t.people.flip(k))
	w.body = appendPatch(w.body[:0], before+active+after)
	w.patchUser(t, k).literal(`"active"`, active)
	w.settle(s)
}

// patchUser sends the PATCH in w.body.
func (w *worker) patchUser(t *target, k int) *answer {
	id := t.people.id(k)
	return w.at("/Users/", string(id)).ask(t, "PATCH").want(200, 204).text(idKey, id)
}

func (w *worker) create() {
	t := w.somewhere()
	w.createIn(t, t.next.Add(1))
}

func (w *worker) createIn(t *target, number uint32) {
	id := w.postUser(t, number)
	if w.settle(stepCreate) {
		w.born = append(w.born, newborn{t, number, string(id)})
	}
}

// postUser sends a new user and returns the id that the answer gives.
func (w *worker) postUser(t *target, number uint32) []byte {
	w.body = appendUser(w.body[:0], w.run, t, number, "", 0)
	w.name = appendUserName(w.name[:0], w.run, t, number)
	a := w.at("/Users").ask(t, "POST").want(201).text(`"userName"`, w.name)
	id := textOf(a.body, idKey)
	if a.wrong == "" && len(id) == 0 {
		a.wrong = "no id"
	}
	return id
}

// provePatch looks whether a PATCH that was answered well was done: a server may
// answer 204, which says nothing.
func provePatch(_ *bench, w *worker) {
	const times = 4
	for range times {
		t, k := w.somebody()
		active := strconv.FormatBool(t.people.flip(k))
		w.body = appendPatch(w.body[:0], `{"op":"replace","path":"active","value":`+active+`}`)
		if w.patchUser(t, k); !w.settle(stepPatch) {
			return
		}
		id := t.people.id(k)
		w.at("/Users/", string(id)).ask(t, "GET").want(200).text(idKey, id).literal(`"active"`, active)
		w.settle(stepGet)
	}
}

// proveCreate reads some of those who were made last.
func proveCreate(b *bench, w *worker) {
	for _, t := range b.targets[:min(len(b.targets), 4)] {
		if n := t.people.len(); n > 0 {
			id := t.people.id(n - 1)
			w.at("/Users/", string(id)).ask(t, "GET").want(200).text(idKey, id)
			w.settle(stepGet)
		}
	}
}
