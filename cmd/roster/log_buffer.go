package main

import (
	"io"
	"sync"
	"time"
)

// Bounds of a logBuffer.
const (
	logBatch    = 32 << 10  // bytes that are written without waiting for more
	logMost     = 256 << 10 // bytes that wait while an earlier batch is being written
	logDelay    = 100 * time.Millisecond
	logPatience = time.Second // how long a write may take before lines are dropped
)

// logBuffer writes lines of the log in batches, as a system call for each line
// is a good part of what a small request costs. A line that may be lost waits for
// others, for logDelay at most; one that may not is written before its caller
// goes on. Whoever reads the log slowly slows the server down; if nothing is
// taken for logPatience, lines that may be lost are, and are counted.
type logBuffer struct {
	out    io.Writer
	notice func(dropped int) []byte // the line that tells of lost ones

	mu       sync.Mutex
	pending  []byte // whole lines that are not being written yet
	spare    []byte // the other buffer, while nothing is being written
	accepted int64  // bytes, ever
	written  int64  // of these
	wanted   int64  // of these, as many as somebody waits for
	writing  bool
	since    time.Time     // when the write that is going on began
	progress chan struct{} // closed when it has ended
	timed    bool          // a write follows in any case
	dropped  int
}

func newLogBuffer(out io.Writer, notice func(dropped int) []byte) *logBuffer {
	return &logBuffer{out: out, notice: notice, progress: make(chan struct{})}
}

// routineLog takes the lines that may wait, and be lost if nobody reads them.
type routineLog struct{ *logBuffer }

// Write implements io.Writer.
func (b routineLog) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.pending) > 0 && len(b.pending)+len(line) > logMost {
		b.wanted = b.accepted
		b.start()
		if !b.await(time.Until(b.since.Add(logPatience))) {
			b.dropped++
			return len(line), nil
		}
	}
	b.add(line)
	switch {
	case len(b.pending) >= logBatch:
		b.start()
	case !b.timed:
		b.timed = true
		time.AfterFunc(logDelay, b.due)
	}
	return len(line), nil
}

// vitalLog takes the lines that must not be lost.
type vitalLog struct{ *logBuffer }

// Write implements io.Writer. It returns when the line and all before it are
// written, however long that takes.
func (b vitalLog) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(line)
	for until := b.accepted; b.written < until; b.await(time.Minute) {
		b.wanted = max(b.wanted, until)
		b.start()
	}
	return len(line), nil
}

// Flush writes what waits, unless nobody takes it.
func (b *logBuffer) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wanted = b.accepted
	for until := b.accepted; b.written < until; {
		b.start()
		if !b.await(logPatience) {
			return
		}
	}
}

func (b *logBuffer) add(line []byte) {
	b.pending = append(b.pending, line...)
	b.accepted += int64(len(line))
}

// due writes what has waited for logDelay.
func (b *logBuffer) due() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timed = false
	b.wanted = max(b.wanted, b.accepted)
	b.start()
}

// start has what is pending written by somebody.
func (b *logBuffer) start() {
	if !b.writing {
		b.writing, b.since = true, time.Now()
		go b.write()
	}
}

// write writes a batch, and more while somebody waits for them or one is full.
func (b *logBuffer) write() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.written < b.wanted || len(b.pending) >= logBatch {
		b.since = time.Now()
		batch := b.pending
		b.pending, b.spare = b.spare[:0], nil
		size := int64(len(batch))
		if b.dropped > 0 {
			batch = append(batch, b.notice(b.dropped)...)
			b.dropped = 0
		}
		b.mu.Unlock()
		_, _ = b.out.Write(batch) // there is nowhere else to say so
		b.mu.Lock()
		b.written += size
		b.spare = batch
		close(b.progress)
		b.progress = make(chan struct{})
	}
	b.writing = false
}

// await waits for the end of a write, or for a time, and says whether it was the
// former. The buffer is unlocked meanwhile.
func (b *logBuffer) await(most time.Duration) bool {
	progress := b.progress
	b.mu.Unlock()
	defer b.mu.Lock()
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-progress:
		return true
	case <-timer.C:
		return false
	}
}
