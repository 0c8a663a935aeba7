package scim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// BulkResult is what became of one operation of a bulk request.
type BulkResult struct {
	Method   string
	BulkID   string
	Location string // of the resource; "" if nothing was created
	Version  string // entity tag, "" if there is none
	Status   int
	Err      error // nil if the operation was carried out
	Pending  int   // members that it named and that wait to be provisioned
}

func (r *bulkRun) success(p *performed) *BulkResult {
	op := p.op
	id, pending := op.id, 0
	if p.record != nil {
		id, pending = p.record.ID, p.record.Pending
	}
	return &BulkResult{Method: op.method, BulkID: op.bulkID, Location: r.location(op, id), Version: p.version, Status: p.status, Pending: pending}
}

// fail is the outcome of an operation that changed nothing.
func (r *bulkRun) fail(op *bulkOperation, err error) {
	result := &BulkResult{Method: clip(op.method), BulkID: op.bulkID, Status: AsError(err).Status, Err: err}
	if op.id != "" {
		result.Location = r.location(op, op.id)
	}
	r.results[op.position] = result
	r.errors++
}

func (r *bulkRun) location(op *bulkOperation, id string) string {
	return r.caller.BaseURL + op.kind.Endpoint + "/" + url.PathEscape(id)
}

// bulkResponse and bulkOutcome are the answer as RFC 7644 section 3.7.3 has it.
// status is a string, as in errors.
type bulkResponse struct {
	Schemas    []string      `json:"schemas"`
	Operations []bulkOutcome `json:"Operations"`
}

type bulkOutcome struct {
	Location string          `json:"location,omitempty"`
	Method   string          `json:"method,omitempty"`
	BulkID   string          `json:"bulkId,omitempty"`
	Version  string          `json:"version,omitempty"`
	Status   string          `json:"status"`
	Response json.RawMessage `json:"response,omitempty"`
}

// BulkResponse answers a bulk request: 200 whatever became of its operations.
// Only refused ones show a body.
func BulkResponse(results []BulkResult, requestID string) (*Response, error) {
	pending := 0
	message := bulkResponse{Schemas: []string{BulkResponseURN}, Operations: make([]bulkOutcome, len(results))}
	for i, result := range results {
		outcome := bulkOutcome{Location: result.Location, Method: result.Method, BulkID: result.BulkID,
			Version: result.Version, Status: strconv.Itoa(result.Status)}
		if result.Err != nil {
			outcome.Response = ErrorBody(AsError(result.Err), requestID)
		}
		message.Operations[i] = outcome
		pending += result.Pending
	}
	body, err := encode(message)
	if err != nil {
		return nil, err
	}
	return &Response{Status: http.StatusOK, Body: body, Pending: pending}, nil
}
