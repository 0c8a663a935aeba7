package requestlog

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
)

// Bounds of the recorder.
const (
	maxWaiting = 50_000   // requests that wait to be stored
	maxBytes   = 64 << 20 // that they hold; beyond it bodies go, the oldest first
	maxQuery   = 16 << 10 // of a request that waits
	batchLines = 2_000    // of one flush
	batchBytes = 8 << 20

	flushSoon  = 250 * time.Millisecond // after the first request, if few connections are busy
	flushLate  = time.Second            // if more are
	fewBusy    = 8                      // connections
	retryMost  = 5 * time.Second        // between attempts while the database is away
	storeTime  = 20 * time.Second       // of one attempt
	triesAlone = 5                      // of lines that cannot be stored while others can
)

// Place is what has to be known about a connection to store its requests.
type Place struct {
	TenantID     tenants.TenantID
	ConnectionID tenants.ConnectionID
	Provider     quirk.Provider
	Bodies       tenants.RequestBodies
}

// Sink is where lines go.
type Sink interface {
	// Places returns those of the connections that exist.
	Places(ctx context.Context, connections []tenants.ConnectionID) ([]Place, error)
	// Append stores lines of any tenants, all or none, and leaves out those of
	// connections that are gone. again says that an earlier call has failed with
	// some of them, and may have stored them all the same.
	Append(ctx context.Context, lines []Line, again bool) error
}

// Recorder takes requests from those who serve them and stores them in the
// background.
type Recorder struct {
	sink   Sink
	logger *slog.Logger
	now    func() time.Time
	places *places

	mu         sync.Mutex
	waiting    []Exchange
	bytes      int
	shed       int // waiting[:shed] have lost their bodies
	windows    map[string]*window
	readSecond int64
	reads      int // that became lines of their own in readSecond

	stored, folded, lost atomic.Int64

	wake chan struct{}
	stop chan struct{}
	done chan struct{}
}

// NewRecorder starts to record. Close stops it.
func NewRecorder(sink Sink, logger *slog.Logger) *Recorder {
	r := newRecorder(sink, logger)
	go r.run()
	return r
}

func newRecorder(sink Sink, logger *slog.Logger) *Recorder {
	return &Recorder{
		sink: sink, logger: logger, now: time.Now, places: newPlaces(sink), windows: map[string]*window{},
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// Stats are what became of requests since the start.
type Stats struct {
	Stored  int64 // lines
	Folded  int64 // requests that another line stands for
	Lost    int64 // requests that there was no room for, or that could not be stored
	Waiting int   // lines
}

// Stats returns them.
func (r *Recorder) Stats() Stats {
	r.mu.Lock()
	waiting := len(r.waiting)
	r.mu.Unlock()
	return Stats{Stored: r.stored.Load(), Folded: r.folded.Load(), Lost: r.lost.Load(), Waiting: waiting}
}

// connectionLength is that of a connection's public id.
const connectionLength = len("con") + 26

// Record takes a request. It never waits for the database.
func (r *Recorder) Record(x Exchange) {
	if x.TenantID == "" && len(x.Connection) != connectionLength {
		return // an address that is nobody's
	}
	if len(x.RawQuery) > maxQuery {
		x.RawQuery = strings.Clone(x.RawQuery[:maxQuery])
	}
	r.mu.Lock()
	first := len(r.waiting) == 0
	if !r.fold(&x) {
		r.waiting = append(r.waiting, x)
		r.bytes += x.size()
		r.bound()
	}
	r.mu.Unlock()
	if first {
		select {
		case r.wake <- struct{}{}:
		default: // it is awake
		}
	}
}

// bound keeps what waits within its bounds: bodies go before lines. The caller
// holds the lock.
func (r *Recorder) bound() {
	for ; r.bytes > maxBytes && r.shed < len(r.waiting); r.shed++ {
		x := &r.waiting[r.shed]
		r.bytes -= len(x.RequestBody) + len(x.ResponseBody)
		x.cut = x.cut || len(x.RequestBody)+len(x.ResponseBody) > 0
		x.RequestBody, x.ResponseBody = nil, nil
	}
	if len(r.waiting) <= maxWaiting && r.bytes <= maxBytes {
		return
	}
	// A tenth at once: moving the rest costs as much as the rest is long.
	r.drop(min(len(r.waiting), max(len(r.waiting)-maxWaiting, len(r.waiting)/10, 1)))
}

// drop loses the oldest lines that wait.
func (r *Recorder) drop(n int) {
	for i := range r.waiting[:n] {
		r.bytes -= r.waiting[i].size()
		r.lost.Add(1 + r.waiting[i].repeats)
	}
	rest := copy(r.waiting, r.waiting[n:])
	clear(r.waiting[rest:])
	r.waiting = r.waiting[:rest]
	r.shed = max(0, r.shed-n)
	for _, w := range r.windows {
		w.folds = nil // their places have moved
	}
}

// Close stores what waits and stops. Call it once, after the last Record.
func (r *Recorder) Close(ctx context.Context) error {
	close(r.stop)
	<-r.done
	for {
		n, err := r.flush(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// run stores in the background. While the database is away it tries less and
// less often.
func (r *Recorder) run() {
	defer close(r.done)
	pause, failing := flushSoon, false
	for {
		select {
		case <-r.stop:
			return
		case <-r.wake:
		}
		if !r.rest(pause) {
			return
		}
		lost := r.lost.Load()
		_, err := r.flush(context.Background())
		switch {
		case err != nil:
			if lost := r.lost.Load() - lost; !failing || lost > 0 {
				r.logger.Warn("requests could not be written to the request log; they wait in memory", "error", err, "lost", r.lost.Load())
			}
			pause, failing = min(2*pause, retryMost), true
			r.nudge()
		default:
			if failing {
				r.logger.Info("the request log is written again", "lost", r.lost.Load())
			}
			pause, failing = r.pace(), false
		}
	}
}

// pace is how long to collect before the next flush: longer if many connections
// are busy, since what a flush costs is mostly per connection.
func (r *Recorder) pace() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) > 0 {
		r.nudge()
	}
	if len(r.waiting) >= batchLines {
		return 0
	}
	if len(r.windows) > fewBusy {
		return flushLate
	}
	return flushSoon
}

func (r *Recorder) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Recorder) rest(d time.Duration) bool {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-r.stop:
		return false
	case <-pause.C:
		return true
	}
}
