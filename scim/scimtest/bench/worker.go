package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"
)

// worker is one of the run's connections: to each server that it has to talk to,
// one, of which it uses one at a time.
type worker struct {
	*bench
	number int
	ctx    context.Context //nolint:containedctx // a worker lives no longer than its stage, and every request needs it
	rnd    *rand.Rand
	conns  []*conn // by server
	tally  *tally
	stage  *stage
	now    time.Time // when the last answer was read
	asked  int       // requests of this turn
	piece  int       // of the stage's work; see forPieces

	path, body, out  []byte // of the request at hand
	operations, name []byte // parts of bodies
	answer           answer
	born             []newborn
	bulk, members    pace // of the filling
	swapped          bool // which of two spare members is in the group; see oktaMember
}

// answer is what came back, and what is wrong with it.
type answer struct {
	method string
	path   []byte
	status int
	body   []byte
	found  int   // needles
	err    error // there was no answer
	wrong  string
	took   time.Duration

	busy       int           // the status by which the server has no time for it, or for a part of it; 0: it has
	retryAfter time.Duration // when it may have; 0: it does not say
}

// ask sends a request without a body, or with what is in w.body if the method
// has one, and keeps the answer.
func (w *worker) ask(t *target, method string) *answer { return w.count(t, method, nil) }

// count is ask for large answers, of which only is told how often a text is in them.
func (w *worker) count(t *target, method string, needle []byte) *answer {
	e := &t.endpoints[w.number%len(t.endpoints)]
	c := w.conns[e.server]
	w.compose(e, method)
	began := time.Now()
	status, err := c.do(w.ctx, w.out, needle)
	w.now = time.Now()
	w.answer = answer{method: method, path: w.path, status: status, body: c.body.kept, found: c.body.found, err: err, took: w.now.Sub(began), retryAfter: c.retryAfter}
	if err == nil && busy(status) {
		w.answer.busy = status
	}
	w.tally.sent += int64(len(w.out))
	w.tally.received += c.body.size
	if err != nil {
		w.answer.wrong = err.Error()
		if _, ok := errors.AsType[*dialError](err); ok { // nobody listens any more
			w.stop(err)
		}
	}
	return &w.answer
}

// compose writes the whole request into w.out.
func (w *worker) compose(e *endpoint, method string) {
	out := append(append(w.out[:0], method...), ' ')
	out = append(append(out, e.path...), w.path...)
	out = append(append(out, " HTTP/1.1"...), e.head...)
	if method != "GET" && method != "DELETE" {
		out = append(out, "Content-Type: application/scim+json\r\nContent-Length: "...)
		out = append(strconv.AppendInt(out, int64(len(w.body)), 10), "\r\n\r\n"...)
		w.out = append(out, w.body...)
		return
	}
	w.out = append(out, "\r\n"...)
}

// settle records the answer under a step and reports whether it was right. What
// was under way when the run was broken off is no answer.
func (w *worker) settle(s step) bool {
	a := &w.answer
	if a.err != nil && w.ctx.Err() != nil {
		return false
	}
	w.stage.asked(w)
	w.tally.add(s, a)
	if a.wrong != "" {
		w.problem(s, a)
	}
	return a.wrong == ""
}

// at sets the path of the next request.
func (w *worker) at(parts ...string) *worker {
	w.path = w.path[:0]
	for _, part := range parts {
		w.path = append(w.path, part...)
	}
	return w
}

// somewhere is a target, by chance.
func (w *worker) somewhere() *target {
	if len(w.targets) == 1 {
		return w.targets[0]
	}
	return w.targets[w.rnd.IntN(len(w.targets))]
}

// somebody is a person, by chance.
func (w *worker) somebody() (t *target, k int) {
	t = w.somewhere()
	return t, w.rnd.IntN(t.people.len())
}

// want holds the answer against statuses.
func (a *answer) want(statuses ...int) *answer {
	if a.wrong != "" {
		return a
	}
	for _, status := range statuses {
		if a.status == status {
			return a
		}
	}
	a.wrong = "status " + strconv.Itoa(a.status) + ", want " + strconv.Itoa(statuses[0])
	return a
}

// text holds the answer against a member's text, if it has a body to look at.
func (a *answer) text(name string, want []byte) *answer {
	if a.wrong == "" && a.status != 204 && !hasText(a.body, name, want) {
		a.wrong = name + " is not " + strconv.Quote(string(want))
	}
	return a
}

// literal holds the answer against a member's value, if it has a body to look at.
func (a *answer) literal(name, want string) {
	if a.wrong == "" && a.status != 204 && !hasLiteral(a.body, name, want) {
		a.wrong = name + " is not " + want
	}
}

// total holds the answer against how much a list is to tell of.
func (a *answer) total(want int) *answer {
	if a.wrong != "" {
		return a
	}
	if got := totalOf(a.body); got != want {
		a.wrong = totalKey + " is " + strconv.Itoa(got) + ", want " + strconv.Itoa(want)
	}
	return a
}
