package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bars draws a simulation's progress: a bar at a time, none where nobody looks.
// Stages that run at once share a bar.
type bars struct {
	w io.Writer // nil: not a terminal

	mu     sync.Mutex
	bar    *progressbar.ProgressBar // nil: between stages
	active int
	parts  int
}

func newBars(w io.Writer) *bars {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return &bars{}
	}
	return &bars{w: w}
}

// Begin implements idp.Progress.
func (b *bars) Begin(stage string, parts int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.w == nil {
		return
	}
	b.active++
	b.parts += parts
	if b.bar == nil {
		b.bar = progressbar.NewOptions(b.parts, progressbar.OptionSetWriter(b.w), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(65*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	b.bar.ChangeMax(b.parts)
	b.bar.Describe(stage)
}

// Advance implements idp.Progress.
func (b *bars) Advance(string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Add(1) // it can only fail to draw
	}
}

// End implements idp.Progress.
func (b *bars) End(string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.active--; b.active <= 0 {
		b.clear()
	}
}

// Close takes the bar away, so that what follows has the line to itself.
func (b *bars) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
}

func (b *bars) clear() {
	if b.bar != nil {
		_ = b.bar.Clear() // as in Advance
	}
	b.bar, b.active, b.parts = nil, 0, 0
}
