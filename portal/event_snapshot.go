package portal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// How a snapshot goes out.
const (
	snapshotBuffer = 64 << 10
	// snapshotStall is how long a client may take none of it.
	snapshotStall = 30 * time.Second
)

// GetSnapshot implements api.StrictServerInterface.
func (h *handlers) GetSnapshot(ctx context.Context, r api.GetSnapshotRequestObject) (api.GetSnapshotResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	return snapshotAnswer{func(write func(events.Line) error) error { return h.events.Snapshot(ctx, tenant, write) }}, nil
}

// snapshotAnswer reads a snapshot as fast as the client takes it. If that fails
// before anything went out it is an error like others; in the middle, the answer
// breaks off, so that nobody takes a part for the whole.
type snapshotAnswer struct {
	read func(write func(events.Line) error) error
}

// VisitGetSnapshotResponse implements api.GetSnapshotResponseObject.
func (a snapshotAnswer) VisitGetSnapshotResponse(w http.ResponseWriter) error {
	out := bufio.NewWriterSize(&patientWriter{w, http.NewResponseController(w)}, snapshotBuffer)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	begun := false
	err := a.read(func(line events.Line) error {
		if !begun {
			begun = true
			w.Header().Set("Content-Type", "application/x-ndjson")
		}
		return encoder.Encode(line)
	})
	if err == nil {
		err = out.Flush()
	}
	return err
}

// patientWriter gives each piece of an answer its time, however long all of it
// takes.
type patientWriter struct {
	to      http.ResponseWriter
	control *http.ResponseController
}

// Write implements io.Writer.
func (p *patientWriter) Write(data []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(snapshotStall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, fmt.Errorf("extend the time of an answer: %w", err)
	}
	return p.to.Write(data)
}
