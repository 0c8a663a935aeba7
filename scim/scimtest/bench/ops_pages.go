package bench

import (
	"bytes"
	"context"
	"net/url"
	"strconv"
	"sync/atomic"
)

// window is over how many pages a deep page is spread, so that it is not always
// the same one.
const window = 32

var userNameKey = []byte(`"userName"`)

// readyPages reads how many users each target has, which every page has to tell.
func (b *bench) readyPages(ctx context.Context) string {
	return b.prepare(ctx, "Counting", len(b.targets), func(w *worker) (ok bool) {
		t := b.targets[w.piece]
		t.total, ok = w.total(t)
		return ok
	})
}

// prepare does something for each of the first targets. A failure is why nothing
// is measured.
func (b *bench) prepare(ctx context.Context, name string, targets int, piece func(*worker) bool) (skip string) {
	var failed atomic.Bool
	b.perform(ctx, b.crew, forPieces(name, targets), func(w *worker) {
		if !failed.Load() && !piece(w) {
			failed.Store(true)
		}
		w.stage.done.Add(1)
	})
	if failed.Load() || ctx.Err() != nil {
		return "the preparation failed: see the problems"
	}
	return ""
}

// total reads how many users a target has. That it has at least those who were
// there before and those who were made is checked.
func (w *worker) total(t *target) (int, bool) {
	a := w.at("/Users?startIndex=1&count=1").ask(t, "GET").want(200)
	total := totalOf(a.body)
	if least := t.before + t.people.len(); a.wrong == "" && total < least {
		a.wrong = "totalResults is " + strconv.Itoa(total) + ", want at least " + strconv.Itoa(least)
	}
	return total, w.settle(stepPrepare)
}

func (w *worker) page() { w.pageFrom(w.somewhere(), stepPage, 1) }

func (w *worker) pageDeep() {
	t := w.somewhere()
	w.pageFrom(t, stepPageDeep, w.deep(t))
}

// deep is where a page at depth begins.
func (w *worker) deep(t *target) int {
	return max(1, t.total*w.config.Depth/100+1-w.rnd.IntN(window)*w.config.PageSize)
}

// pageFrom reads a page by index: all its users are there, and their total is right.
func (w *worker) pageFrom(t *target, s step, start int) {
	w.at("/Users?startIndex=", strconv.Itoa(start), "&count=", strconv.Itoa(w.config.PageSize))
	items := min(w.config.PageSize, t.total-start+1)
	w.ask(t, "GET").want(200).total(t.total).users(items, items)
	w.settle(s)
}

// users holds the answer against a number of users in it.
func (a *answer) users(least, most int) {
	if a.wrong != "" {
		return
	}
	if got := bytes.Count(a.body, userNameKey); got < least || got > most {
		a.wrong = strconv.Itoa(got) + " users, want " + strconv.Itoa(least)
	}
}

// noCursor is why cursor paging is not measured.
const noCursor = "ServiceProviderConfig does not offer cursor pagination"

func (b *bench) readyCursor(ctx context.Context) string {
	if !b.features.cursor {
		return noCursor
	}
	return b.readyPages(ctx)
}

// walks is in how many targets pages at depth are looked for; each is a walk
// through the whole directory.
const walks = 16

// readyCursorDeep walks to the depth and keeps the last cursors on the way.
func (b *bench) readyCursorDeep(ctx context.Context) string {
	if skip := b.readyCursor(ctx); skip != "" {
		return skip
	}
	return b.prepare(ctx, "Walking to the depth", min(len(b.targets), walks), func(w *worker) bool {
		return w.walk(b.targets[w.piece])
	})
}

func (w *worker) walk(t *target) bool {
	size := w.config.PageSize
	pages := t.total * w.config.Depth / 100 / size
	if (pages+1)*size > t.total { // the last page may be a short one
		pages = max(0, t.total/size-1)
	}
	t.cursors, t.deepItems = []string{""}, min(size, t.total)
	cursor := ""
	for range pages {
		a := w.pageAt(t, cursor)
		next := textOf(a.body, `"nextCursor"`)
		if a.wrong == "" && len(next) == 0 {
			a.wrong = "no nextCursor, but more users"
		}
		if !w.settle(stepPrepare) || w.ctx.Err() != nil {
			return false
		}
		cursor = url.QueryEscape(string(next))
		if t.cursors = append(t.cursors, cursor); len(t.cursors) > window {
			t.cursors = t.cursors[1:]
		}
	}
	return true
}

// pageAt asks for the page at a cursor, "" for the first.
func (w *worker) pageAt(t *target, cursor string) *answer {
	w.at("/Users?cursor=", cursor, "&count=", strconv.Itoa(w.config.PageSize))
	a := w.ask(t, "GET").want(200)
	if totalOf(a.body) >= 0 { // may be left out
		a.total(t.total)
	}
	return a
}

func (w *worker) cursor() {
	t := w.somewhere()
	items := min(w.config.PageSize, t.total)
	w.pageAt(t, "").users(items, items)
	w.settle(stepCursor)
}

func (w *worker) cursorDeep() {
	t := w.targets[w.rnd.IntN(min(len(w.targets), walks))]
	w.pageAt(t, t.cursors[w.rnd.IntN(len(t.cursors))]).users(t.deepItems, t.deepItems)
	w.settle(stepCursorDeep)
}
