package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slowWriter is a reader of the log that can stop taking lines.
type slowWriter struct {
	mu     sync.Mutex
	text   bytes.Buffer
	writes int
	gate   chan struct{} // nil: open
	pause  time.Duration // of each write
}

func (w *slowWriter) Write(b []byte) (int, error) {
	if w.gate != nil {
		<-w.gate
	}
	<-time.After(w.pause)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
	return w.text.Write(b)
}

func (w *slowWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func serverLogger(t *testing.T, format string, w io.Writer) (logger *slog.Logger, flush func()) {
	t.Helper()
	config := DefaultConfig()
	config.LogFormat = format
	return newServerLogger(&config, w)
}

// TestLogInBatches: routine lines are written together and after a moment,
// whether or not more follow.
func TestLogInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &slowWriter{}
		logger, _ := serverLogger(t, "text", w)
		for i := range 10 {
			logger.Info("request", "number", i)
		}
		if got := w.String(); got != "" {
			t.Errorf("written at once: %q", got)
		}
		<-time.After(logDelay)
		synctest.Wait()
		if lines := strings.Count(w.String(), "\n"); lines != 10 || w.writes != 1 {
			t.Errorf("%d lines in %d writes, want 10 in one", lines, w.writes)
		}
	})
}

// TestLogFullBatch: what fills a batch does not wait.
func TestLogFullBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &slowWriter{}
		logger, flush := serverLogger(t, "text", w)
		logger.Info("long", "text", strings.Repeat("x", 2*logMost))
		synctest.Wait()
		if w.writes != 1 {
			t.Errorf("%d writes, want 1", w.writes)
		}
		logger.Info("short")
		flush()
		if !strings.Contains(w.String(), "msg=short") {
			t.Error("flush has left a line")
		}
	})
}

// TestLogWarningsAtOnce: a warning or an error is written when the call returns,
// and what was logged before it stands before it.
func TestLogWarningsAtOnce(t *testing.T) {
	t.Parallel()
	for _, level := range []slog.Level{slog.LevelWarn, slog.LevelError} {
		w := &slowWriter{}
		logger, _ := serverLogger(t, "json", w)
		logger = logger.With("part", "x").WithGroup("g")
		logger.Info("first", "n", 1)
		logger.Log(t.Context(), level, "second", "n", 2)
		var seen []string
		for line := range strings.Lines(w.String()) {
			var l struct {
				Msg, Part string
				G         struct{ N int }
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, fmt.Sprint(l.Msg, l.Part, l.G.N))
		}
		if got := strings.Join(seen, " "); got != "firstx1 secondx2" {
			t.Errorf("%v: written: %s", level, got)
		}
	}
}

// TestLogNobodyReads: a log that nobody takes stops no request for long and
// holds little, and says what is missing once it is read again. Errors stay.
func TestLogNobodyReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &slowWriter{gate: make(chan struct{})}
		logger, _ := serverLogger(t, "text", w)
		const lines, size = 1000, 1000
		start := time.Now()
		for range lines {
			logger.Info("request", "text", strings.Repeat("x", size))
		}
		if took := time.Since(start); took > 2*logPatience {
			t.Errorf("the lines took %v", took)
		}
		var vital sync.WaitGroup
		vital.Go(func() { logger.Error("broken") })
		synctest.Wait()
		close(w.gate)
		vital.Wait()
		text := w.String()
		kept := strings.Count(text, "msg=request")
		if most := 2 * logMost / size; kept < logMost/size || kept > most {
			t.Errorf("%d lines were kept, want at most %d", kept, most)
		}
		if want := fmt.Sprintf("lines=%d\n", lines-kept); strings.Count(text, want) != 1 {
			t.Errorf("nothing says %q", want)
		}
		if n := strings.Count(text, "msg=broken"); n != 1 {
			t.Errorf("the error was written %d times", n)
		}
	})
}

// TestLogSlowReader: whoever reads slowly gets every line.
func TestLogSlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &slowWriter{pause: logPatience / 2}
		logger, flush := serverLogger(t, "text", w)
		const lines, size = 2000, 1000
		for range lines {
			logger.Info("request", "text", strings.Repeat("x", size))
		}
		flush()
		if n := strings.Count(w.String(), "msg=request"); n != lines {
			t.Errorf("%d of %d lines were written", n, lines)
		}
	})
}

// TestLogFlushIsBounded: the end of the server does not wait for a reader that
// is gone.
func TestLogFlushIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &slowWriter{gate: make(chan struct{})}
		logger, flush := serverLogger(t, "text", w)
		logger.Info("request")
		start := time.Now()
		flush()
		if took := time.Since(start); took > 2*logPatience {
			t.Errorf("flushing took %v", took)
		}
		close(w.gate)
	})
}

// TestLogConcurrently: lines of many at once stay whole, in order for each, and
// none is lost.
func TestLogConcurrently(t *testing.T) {
	t.Parallel()
	w := &slowWriter{}
	logger, flush := serverLogger(t, "json", w)
	const writers, lines = 8, 500
	var all sync.WaitGroup
	for who := range writers {
		all.Go(func() {
			for n := range lines {
				level := slog.LevelInfo
				if n%50 == 0 {
					level = slog.LevelWarn
				}
				logger.Log(t.Context(), level, "line", "who", who, "n", n)
			}
		})
	}
	all.Wait()
	flush()
	next := [writers]int{}
	for line := range strings.Lines(w.String()) {
		var l struct{ Who, N int }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if l.N != next[l.Who] {
			t.Fatalf("line %d of %d where %d was next", l.N, l.Who, next[l.Who])
		}
		next[l.Who]++
	}
	for who, n := range next {
		if n != lines {
			t.Errorf("%d: %d of %d lines", who, n, lines)
		}
	}
}

// TestLogSurvivesErrors: a log that cannot be written for a while is written
// again afterwards.
func TestLogSurvivesErrors(t *testing.T) {
	t.Parallel()
	w := &failingWriter{fail: true}
	logger, flush := serverLogger(t, "text", w)
	logger.Error("lost")
	w.fail = false
	logger.Info("kept")
	flush()
	if got := w.text.String(); !strings.Contains(got, "msg=kept") {
		t.Errorf("written: %q", got)
	}
}

type failingWriter struct {
	fail bool
	text bytes.Buffer
}

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.fail {
		return 0, errors.New("no space left")
	}
	return w.text.Write(b)
}
