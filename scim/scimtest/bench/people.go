package bench

import (
	"strconv"
	"sync/atomic"
)

// people are users that a run made in one target. A million of them are two flat
// slices, which the garbage collector does not have to walk.
type people struct {
	numbers []uint32 // what their names are made of
	ends    []uint32 // where their ids end
	ids     []byte
	flips   []uint32 // how often active was changed
}

func (p *people) len() int { return len(p.numbers) }

func (p *people) add(number uint32, id string) {
	p.ids = append(p.ids, id...)
	p.numbers = append(p.numbers, number)
	p.ends = append(p.ends, uint32(len(p.ids)))
	p.flips = append(p.flips, 0)
}

func (p *people) id(k int) []byte {
	from := uint32(0)
	if k > 0 {
		from = p.ends[k-1]
	}
	return p.ids[from:p.ends[k]]
}

// flip returns what active of a user is to become: the other value each time,
// since a change that changes nothing costs less.
func (p *people) flip(k int) (active bool) {
	return atomic.AddUint32(&p.flips[k], 1)&1 == 0
}

// target is a directory under load.
type target struct {
	number    int
	endpoints []endpoint // one for each replica
	before    int        // users that were there before
	total     int        // users that a page has to tell of; set by readyPages
	people    people
	next      atomic.Uint32 // numbers of the people to come
	cursors   []string      // to pages at depth; set by readyCursorDeep
	deepItems int           // how many users those pages have
}

// team is a group that the run made.
type team struct {
	at   *target
	id   string
	name string
	size int // its members are the first so many of the target's people
}

// newborn is somebody whom a worker made and the target does not know of yet.
type newborn struct {
	at     *target
	number uint32
	id     string
}

// appendName appends what is in every name of somebody, such as
// bench-k3f9a1c2-0-17: the run, the target, the person.
func appendName(dst []byte, run string, t *target, number uint32) []byte {
	dst = append(dst, prefix...)
	dst = append(dst, run...)
	dst = append(dst, '-')
	dst = strconv.AppendInt(dst, int64(t.number), 10)
	dst = append(dst, '-')
	return strconv.AppendUint(dst, uint64(number), 10)
}

// prefix begins the names of all that runs make.
const prefix = "bench-"

func appendUserName(dst []byte, run string, t *target, number uint32) []byte {
	return append(appendName(dst, run, t, number), "@load.example"...)
}
