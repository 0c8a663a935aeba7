package scim

import (
	"cmp"
	"net/http"
	"slices"
)

// bulkComponent is what succeeds or fails as a whole: one operation, or several
// POST operations that refer to each other in a circle.
type bulkComponent []*bulkOperation

// circular reports whether an operation refers to itself, be it through others.
func (c bulkComponent) circular() bool {
	return len(c) > 1 || c[0].method == http.MethodPost && slices.Contains(c[0].refs, c[0].bulkID)
}

// components puts the operations in the order in which they are carried out:
// that of the request, but that a POST comes before the first operation that
// refers to it. The components are the strongly connected ones of the graph of
// references, found by Tarjan's algorithm, which yields them in this order.
func (b *BulkRequest) components() []bulkComponent {
	w := &componentWalk{request: b, visits: make([]visit, len(b.operations))}
	for _, op := range b.operations {
		if w.visits[op.position].number == 0 {
			w.walk(op)
		}
	}
	return w.found
}

type componentWalk struct {
	request *BulkRequest
	visits  []visit // by position
	count   int
	stack   []*bulkOperation
	found   []bulkComponent
}

type visit struct {
	number  int // in the order of visits, from 1; 0: not visited
	low     int // the lowest number on the stack that can be reached
	stacked bool
}

func (w *componentWalk) walk(op *bulkOperation) {
	w.count++
	v := &w.visits[op.position]
	*v = visit{number: w.count, low: w.count, stacked: true}
	w.stack = append(w.stack, op)
	for _, target := range w.targets(op) {
		to := &w.visits[target.position]
		switch {
		case to.number == 0:
			w.walk(target)
			v.low = min(v.low, to.low)
		case to.stacked:
			v.low = min(v.low, to.number)
		}
	}
	if v.low == v.number {
		w.found = append(w.found, w.pop(op))
	}
}

// targets are the operations that op refers to, in the order of the request. An
// operation that is at fault creates nothing, so it needs no place in a circle.
func (w *componentWalk) targets(op *bulkOperation) []*bulkOperation {
	if op.fault != nil {
		return nil
	}
	var targets []*bulkOperation
	for _, ref := range op.refs {
		if target := w.request.created[ref]; target != nil {
			targets = append(targets, target)
		}
	}
	slices.SortFunc(targets, byPosition)
	return targets
}

// pop takes a component off the stack. Who can have no members comes first:
// everybody else may have these as members.
func (w *componentWalk) pop(root *bulkOperation) bulkComponent {
	at := slices.Index(w.stack, root)
	component := bulkComponent(slices.Clone(w.stack[at:]))
	w.stack = w.stack[:at]
	for _, op := range component {
		w.visits[op.position].stacked = false
	}
	if len(component) > 1 {
		slices.SortFunc(component, func(a, b *bulkOperation) int {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), byPosition(a, b))
		})
	}
	return component
}

func rank(op *bulkOperation) int {
	if op.kind.Members() == nil {
		return 0
	}
	return 1
}

func byPosition(a, b *bulkOperation) int { return cmp.Compare(a.position, b.position) }
