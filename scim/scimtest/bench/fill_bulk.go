package bench

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	maxBulk   = 150  // operations that are sent at a time at most: what a server under load has time for
	bulkBytes = 2048 // that one of them takes at most
)

// fillBulk makes the people of a lot, with one request if the server has time
// for it.
func (w *worker) fillBulk(l lot) error {
	w.bulk.upTo(w.lotSize())
	last := l.at.next.Add(uint32(l.count))
	left := make([]uint32, 0, l.count)
	for number := last - uint32(l.count) + 1; number <= last; number++ {
		left = append(left, number)
	}
	for tries := 1; len(left) > 0; tries++ {
		some := left[:min(len(left), w.bulk.now)]
		made := w.sendBulk(l.at, some)
		w.bulk.adapt(len(some), w.answer.busy != 0)
		if len(made) > 0 {
			tries = 0
			w.stage.done.Add(int64(len(made)))
			left = slices.DeleteFunc(left, func(number uint32) bool { return made[number] })
		} else if w.answer.busy != 0 && w.pause(tries) {
			continue
		}
		if !w.settle(stepPrepare) {
			return w.fillingFailed()
		}
	}
	return nil
}

// sendBulk asks for some people and returns those who were made. The others were
// refused for want of time, or the answer is wrong.
func (w *worker) sendBulk(t *target, some []uint32) (made map[uint32]bool) {
	w.body = append(w.body[:0], `{"schemas":["`+bulkSchema+`"],"Operations":[`...)
	for i, number := range some {
		if i > 0 {
			w.body = append(w.body, ',')
		}
		w.body = append(w.body, `{"method":"POST","path":"/Users","bulkId":"`...)
		w.body = append(strconv.AppendUint(w.body, uint64(number), 10), `","data":`...)
		w.body = append(appendUser(w.body, w.run, t, number, "", 0), '}')
	}
	w.body = append(w.body, `]}`...)
	a := w.at("/Bulk").ask(t, "POST").want(200)
	if a.wrong != "" {
		return nil
	}
	made, err := w.takeBulk(t, some)
	if err != nil {
		a.busy, a.wrong = 0, err.Error()
	}
	return made
}

// bulkAnswer is what is looked at in the answer of a Bulk request.
type bulkAnswer struct {
	Operations []struct {
		BulkID   string `json:"bulkId"`
		Location string `json:"location"`
		Status   any    `json:"status"`
	} `json:"Operations"`
}

// takeBulk reads who was made. Each operation is to be answered once, and either
// done or refused for want of time.
func (w *worker) takeBulk(t *target, some []uint32) (made map[uint32]bool, failed error) {
	var result bulkAnswer
	if err := json.Unmarshal(w.answer.body, &result); err != nil {
		return nil, fmt.Errorf("read the bulk answer: %w", err)
	}
	made = make(map[uint32]bool, len(some))
	later := map[uint32]bool{}
	for _, o := range result.Operations {
		number, err := strconv.ParseUint(o.BulkID, 10, 32)
		n, id := uint32(number), o.Location[strings.LastIndexByte(o.Location, '/')+1:]
		status, _ := strconv.Atoi(fmt.Sprint(o.Status))
		_, sent := slices.BinarySearch(some, n) // they ascend
		switch {
		case err != nil || !sent || made[n] || later[n]:
			failed = fmt.Errorf("operation %q was not sent, or is answered twice", o.BulkID)
		case busy(status):
			later[n], w.answer.busy = true, status
		case status != 201 || id == "":
			failed = fmt.Errorf("operation %q answers status %v and location %q", o.BulkID, o.Status, o.Location)
		default:
			made[n] = true
			w.born = append(w.born, newborn{t, n, id})
		}
	}
	if answered := len(made) + len(later); failed == nil && answered != len(some) {
		failed = fmt.Errorf("%d operations are answered, want %d", answered, len(some))
	}
	return made, failed
}
