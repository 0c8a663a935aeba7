package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
)

// newLogger writes the process's log, each line at once.
func newLogger(c *Config, w io.Writer) *slog.Logger { return slog.New(logHandler(c, w)) }

// newServerLogger writes the log of a server, which has a line for each request:
// routine ones in batches. flush writes those that still wait.
func newServerLogger(c *Config, w io.Writer) (logger *slog.Logger, flush func()) {
	buffer := newLogBuffer(w, func(dropped int) []byte {
		var line bytes.Buffer
		newLogger(c, &line).Warn("nobody took the log's lines for a while; some are missing here", "lines", dropped)
		return line.Bytes()
	})
	return slog.New(&batchedHandler{
		routine: logHandler(c, routineLog{buffer}), vital: logHandler(c, vitalLog{buffer}),
	}), buffer.Flush
}

// logHandler makes lines as the settings want them, which the command line has
// checked.
func logHandler(c *Config, w io.Writer) slog.Handler {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// batchedHandler sends warnings and errors another way than what may wait.
type batchedHandler struct{ routine, vital slog.Handler }

var _ slog.Handler = (*batchedHandler)(nil)

// Enabled implements slog.Handler.
func (h *batchedHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.routine.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *batchedHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		return h.vital.Handle(ctx, r)
	}
	return h.routine.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h *batchedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &batchedHandler{routine: h.routine.WithAttrs(attrs), vital: h.vital.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h *batchedHandler) WithGroup(name string) slog.Handler {
	return &batchedHandler{routine: h.routine.WithGroup(name), vital: h.vital.WithGroup(name)}
}
