package portal

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/tenants/events"
)

// deadlines is a connection that remembers how long it may take.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// ofLines is a snapshot of so many lines, after which it fails.
func ofLines(n int, err error) snapshotAnswer {
	return snapshotAnswer{func(write func(events.Line) error) error {
		for range n {
			line := &events.SnapshotAccess{Type: events.LineAccess, Data: strings.Repeat("<", 1000)}
			if err := write(line); err != nil {
				return err
			}
		}
		return err
	}}
}

// Each piece of a snapshot has its own time, however many there are.
func TestSnapshotMayTakeLong(t *testing.T) {
	t.Parallel()
	d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	c, _ := gin.CreateTestContext(d) // as requests have it
	began := time.Now()
	if err := ofLines(200, nil).VisitGetSnapshotResponse(c.Writer); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(d.Body.String(), "\n"); n != 200 || strings.Contains(d.Body.String(), `\u003c`) {
		t.Errorf("%d lines, beginning with %.100s", n, d.Body)
	}
	if kind := d.Header().Get("Content-Type"); kind != "application/x-ndjson" {
		t.Errorf("Content-Type %q", kind)
	}
	if len(d.set) < 3 {
		t.Errorf("%d pieces", len(d.set))
	}
	for _, at := range d.set {
		if at.Before(began.Add(snapshotStall)) {
			t.Errorf("a piece has until %v, %v after the beginning", at, at.Sub(began))
		}
	}
}

// What fails before anything went out is answered like any error; what fails
// later is told, so that the answer is cut off.
func TestSnapshotThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for n, written := range map[int]bool{0: false, 3: false, 200: true} {
		w := httptest.NewRecorder()
		if err := ofLines(n, broken).VisitGetSnapshotResponse(w); !errors.Is(err, broken) {
			t.Errorf("%d lines: %v", n, err)
		}
		if got := w.Body.Len() > 0; got != written {
			t.Errorf("%d lines: %d bytes went out", n, w.Body.Len())
		}
	}
	gone := &goneWriter{ResponseRecorder: httptest.NewRecorder()}
	if err := ofLines(200, nil).VisitGetSnapshotResponse(gone); !errors.Is(err, http.ErrHandlerTimeout) {
		t.Errorf("a client that is gone: %v", err)
	}
}

// goneWriter is a client that is gone.
type goneWriter struct{ *httptest.ResponseRecorder }

func (*goneWriter) Write([]byte) (int, error) { return 0, http.ErrHandlerTimeout }

func TestEventProblems(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]Problem{
		events.ErrExpired: {Status: http.StatusGone, Code: "cursor_expired"},
		events.ErrBusy:    {Status: http.StatusTooManyRequests, Code: "rate_limited", RetryAfter: 10 * time.Second},
	} {
		got := *problemOf(err)
		if got.Detail == "" || got.Status != want.Status || got.Code != want.Code || got.RetryAfter != want.RetryAfter {
			t.Errorf("%v: %+v", err, got)
		}
	}
	if p := problemOf(events.ErrExpired); !strings.Contains(p.Detail, "/snapshot") {
		t.Errorf("no word of how to go on: %s", p.Detail)
	}
}
