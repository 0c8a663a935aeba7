package requestlog

import (
	"net/http"
	"strings"
)

// What is stored line by line. Beyond that, reads and refusals of one kind
// become one line of a connection per flush, which says how many there were.
const (
	linesPerSecond = 100 // of reads and refusals of one connection
	strangers      = 5   // of its requests with a token that is none, which anybody can send
	readsPerSecond = 500 // of reads of all connections together
)

// window is what a connection has sent in one second.
type window struct {
	second  int64
	count   int
	strange int             // of count, with a token that is none
	folds   map[foldKey]int // index in Recorder.waiting of the line that others are added to
}

// foldKey is what requests must have in common to become one line. It is made
// without looking at bodies: this is done for each of 20,000 requests a second.
type foldKey struct {
	status   int
	code     Code
	token    string
	class    class
	isChange bool
	isDelete bool
}

// class is what can be told of a request by its address alone.
type class struct {
	endpoint  byte // u, g, d or o
	item      bool
	filtered  bool
	searching bool
}

func classOf(x *Exchange) class {
	first, rest, below := strings.Cut(x.Path, "/")
	c := class{endpoint: 'o', filtered: strings.Contains(x.RawQuery, "filter=")}
	switch {
	case strings.EqualFold(first, "Users"):
		c.endpoint = 'u'
	case strings.EqualFold(first, "Groups"):
		c.endpoint = 'g'
	case strings.EqualFold(first, "Schemas"), strings.EqualFold(first, "ResourceTypes"), strings.EqualFold(first, "ServiceProviderConfig"):
		c.endpoint = 'd'
	}
	c.searching = isSearch(x.Path)
	c.item = below && rest != "" && !c.searching
	return c
}

func isSearch(path string) bool {
	path = strings.TrimSuffix(path, "/")
	const suffix = ".search"
	return len(path) >= len(suffix) && strings.EqualFold(path[len(path)-len(suffix):], suffix)
}

// fold adds a request to a line that waits already, if it came too fast for one
// of its own. The caller holds the lock.
func (r *Recorder) fold(x *Exchange) bool {
	read := x.isRead() && x.Status < 400
	if !read && x.Status < 400 {
		return false // writes never
	}
	second := x.At.Unix()
	w := r.windows[x.Connection]
	if w == nil {
		w = &window{second: second}
		r.windows[x.Connection] = w
	}
	if w.second != second {
		w.second, w.count, w.strange = second, 0, 0
	}
	w.count++
	crowded := w.count > linesPerSecond
	if x.Code == CodeTokenUnknown {
		w.strange++
		crowded = crowded || w.strange > strangers
	}
	if read {
		if r.readSecond != second {
			r.readSecond, r.reads = second, 0
		}
		crowded = crowded || r.reads >= readsPerSecond
	}
	if !crowded {
		if read {
			r.reads++
		}
		return false
	}
	key := foldKey{status: x.Status, code: x.Code, token: x.TokenID, class: classOf(x), isChange: !x.isRead(), isDelete: x.Method == http.MethodDelete}
	if i, ok := w.folds[key]; ok {
		into := &r.waiting[i]
		into.repeats++
		into.Duration += x.Duration
		r.folded.Add(1)
		return true
	}
	if w.folds == nil {
		w.folds = map[foldKey]int{}
	}
	w.folds[key] = len(r.waiting) // where the caller puts it
	return false
}

// forgetFolds is called when the lines that wait are taken away. The counts of
// the current second stay.
func (r *Recorder) forgetFolds(second int64) {
	for id, w := range r.windows {
		if w.second < second {
			delete(r.windows, id)
			continue
		}
		w.folds = nil
	}
}
