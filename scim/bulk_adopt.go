package scim

import (
	"fmt"
	"net/http"
)

// adoptedError undoes a circle of operations in which a creation has taken over
// somebody who has an id already: others may refer to the one that was chosen.
type adoptedError struct{ bulkID, id string }

func (e *adoptedError) Error() string {
	return fmt.Sprintf("bulkId:%s was taken over with the id %s", e.bulkID, e.id)
}

// adopted lets references to what an operation has created lead to the id that
// it has, if that is not the one that was chosen.
func (r *bulkRun) adopted(done *performed, ops bulkComponent) error {
	op := done.op
	if op.method != http.MethodPost || done.record.ID == r.ids[op.bulkID] {
		return nil
	}
	if ops.circular() {
		return &adoptedError{op.bulkID, done.record.ID}
	}
	r.ids[op.bulkID] = done.record.ID // whatever refers to it comes later
	return nil
}

// copies keeps the operations as they are before their references are resolved.
func (c bulkComponent) copies() []bulkOperation {
	written := make([]bulkOperation, len(c))
	for i, op := range c {
		written[i] = bulkOperation{id: op.id, data: copyObject(op.data)}
	}
	return written
}

// restore undoes the resolving of references.
func (c bulkComponent) restore(written []bulkOperation) {
	for i, op := range c {
		op.id, op.data = written[i].id, copyObject(written[i].data)
	}
}

func copyObject(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	return copyValue(object).(map[string]any)
}

// copyValue copies decoded JSON down to the leaves.
func copyValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, inner := range v {
			object[name] = copyValue(inner)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = copyValue(inner)
		}
		return list
	}
	return v
}
