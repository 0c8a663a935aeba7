package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/storage"
)

const (
	// rolloutInterval is how often the schema is looked at.
	rolloutInterval = time.Second
	// rolloutTimeout bounds one look.
	rolloutTimeout = 2 * time.Second
	// rolloutRetry is what refused clients are told to wait.
	rolloutRetry = 5 * time.Second
)

// rollout follows the schema of the database. Requests are served while it is the
// one that this program needs and refused while it is not, so that replicas of two
// versions can run while somebody migrates, and none needs to be started again.
type rollout struct {
	status  func(context.Context) (storage.SchemaStatus, error)
	logger  *slog.Logger
	refused func(code string)
	misfit  atomic.Pointer[misfit] // nil: the schema fits

	stop context.CancelFunc // nil: not following
	done chan struct{}
}

// misfit is why requests are refused.
type misfit struct {
	err    error // storage.ErrSchemaOld or storage.ErrSchemaNew
	status storage.SchemaStatus
}

// look reads the schema's version and opens or closes accordingly. A database
// that cannot be read changes nothing: requests find that out by themselves.
func (r *rollout) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, rolloutTimeout)
	defer cancel()
	status, err := r.status(ctx)
	if err != nil {
		return err
	}
	var now *misfit
	if err := status.Err(); err != nil {
		now = &misfit{err, status}
	}
	before := r.misfit.Swap(now)
	switch {
	case now != nil && (before == nil || before.status != now.status):
		r.logger.WarnContext(ctx, "requests are refused", "error", now.err, "schema", status.Current, "wanted", status.Wanted)
	case now == nil && before != nil:
		r.logger.InfoContext(ctx, "the schema is the right one; requests are served", "schema", status.Current)
	}
	return nil
}

// begin looks every second until close. As soon as the schema fits, at once or
// later, it calls fits, once.
func (r *rollout) begin(ctx context.Context, fits func()) {
	ctx, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	r.done = make(chan struct{})
	told := r.ready() == nil
	if told {
		fits()
	}
	go func() {
		defer close(r.done)
		tick := time.NewTicker(rolloutInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			_ = r.look(ctx) // readiness and requests say so if the database is away
			if !told && r.ready() == nil {
				told = true
				fits()
			}
		}
	}()
}

func (r *rollout) close() {
	if r.stop != nil {
		r.stop()
		<-r.done
		r.stop = nil
	}
}

// ready is the reason why nobody is served, or nil.
func (r *rollout) ready() error {
	if m := r.misfit.Load(); m != nil {
		return m.err
	}
	return nil
}

// refusal is what a SCIM client is answered while the schema does not fit. What
// the operator has to do is in the log and the readiness probe.
func (r *rollout) refusal() error {
	if r.ready() == nil {
		return nil
	}
	r.refused("schema_mismatch")
	return &scimhttp.Refusal{Status: 503, RetryAfter: rolloutRetry,
		Detail: "The service is being updated. Nothing was stored; send the request again in a few seconds. " +
			"If this lasts, the service's operator has to finish the update."}
}

// schemaCode names a reason of ready for programs.
func schemaCode(err error) string {
	if errors.Is(err, storage.ErrSchemaNew) {
		return "schema_new"
	}
	return "schema_old"
}

// sentence is an error as a sentence of its own.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
