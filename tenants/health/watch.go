package health

import (
	"context"
	"sync"
	"time"
)

const (
	watchInterval = 250 * time.Millisecond
	watchTimeout  = 5 * time.Second // of one look
)

// Watcher looks for changes of states on behalf of all who watch: one look for
// all of them at a time, and none while nobody does. Other replicas' changes are
// seen as this one's are.
type Watcher struct {
	store    Store
	interval time.Duration
	ctx      context.Context //nolint:containedctx // its life is the Watcher's: it ends a look that is under way
	cancel   context.CancelFunc
	looking  sync.WaitGroup

	mu      sync.Mutex
	watches map[*watch]bool
	running bool
	closed  bool
}

// watch is one who watches.
type watch struct {
	Watched
	seen    time.Time
	known   bool // seen has been read
	changed chan struct{}
}

func newWatcher(store Store) *Watcher {
	w := &Watcher{store: store, interval: watchInterval, watches: map[*watch]bool{}}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

// watch begins to watch. The channel is closed at the end.
func (w *Watcher) watch(ctx context.Context, of Watched) <-chan struct{} {
	one := &watch{Watched: of, changed: make(chan struct{}, 1)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		close(one.changed)
		return one.changed
	}
	w.watches[one] = true
	if !w.running {
		w.running = true
		w.looking.Go(w.run)
	}
	context.AfterFunc(ctx, func() { w.end(one) })
	return one.changed
}

func (w *Watcher) end(one *watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watches[one] {
		delete(w.watches, one)
		close(one.changed)
	}
}

// close ends all watches, and later ones at once.
func (w *Watcher) close() {
	w.endAll()
	w.cancel()
	w.looking.Wait()
}

func (w *Watcher) endAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for one := range w.watches {
		delete(w.watches, one)
		close(one.changed)
	}
}

// run looks until nobody watches any more.
func (w *Watcher) run() {
	tick := time.NewTicker(w.interval)
	defer tick.Stop()
	for {
		list := w.list()
		if list == nil {
			return
		}
		w.look(list)
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return
		}
	}
}

// list are those who watch; nil: nobody, and the next one starts to look anew.
func (w *Watcher) list() []*watch {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*watch
	for one := range w.watches {
		list = append(list, one)
	}
	w.running = list != nil
	return list
}

// look reads when states were stored, each once, and tells those whose is newer.
// If that fails, the next look is soon.
func (w *Watcher) look(list []*watch) {
	ctx, cancel := context.WithTimeout(w.ctx, watchTimeout)
	defer cancel()
	place := map[Watched]int{}
	var ask []Watched
	for _, one := range list {
		if _, ok := place[one.Watched]; !ok {
			place[one.Watched] = len(ask)
			ask = append(ask, one.Watched)
		}
	}
	times, err := w.store.Changed(ctx, ask)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range list {
		at := times[place[one.Watched]]
		if w.watches[one] && (!one.known || !at.Equal(one.seen)) {
			one.seen, one.known = at, true
			select {
			case one.changed <- struct{}{}:
			default: // it will see this with what it has not received yet
			}
		}
	}
}
