package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// checkAnswer says in which ways an answer is not what the document promises.
func checkAnswer(op *fuzzOperation, request *fuzzRequest, answer reply) []string {
	if answer.status >= 500 {
		return []string{"the server failed"}
	}
	described := op.Responses.Value(strconv.Itoa(answer.status))
	if described == nil {
		return []string{fmt.Sprintf("the document has no %d for it", answer.status)}
	}
	var problems []string
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if request.wrong != "" && answer.status < 400 {
		add("it was accepted, with %s", request.wrong)
	}
	if answer.header.Get("X-Request-Id") == "" {
		add("it has no X-Request-Id")
	}
	kind, err := checkContent(op, described.Value, answer)
	if err != nil {
		add("%v", err)
	}
	if kind == "application/problem+json" {
		problems = append(problems, checkProblem(op, answer)...)
	} else if answer.status >= 400 && op.OperationID != "exchangeToken" {
		add("an error is %q", kind)
	}
	if n := items(answer.body); kind == "application/json" && request.limit > 0 && n > request.limit && op.OperationID != "listAccess" {
		add("%d items were answered, and %d asked for", n, request.limit)
	}
	return problems
}

// checkContent holds the body against the schema of its media type. A download
// has one object a line, and a stream one behind the first "data: ".
func checkContent(op *fuzzOperation, described *openapi3.Response, answer reply) (string, error) {
	if len(described.Content) == 0 {
		if len(answer.body) > 0 {
			return "", errors.New("the answer should have no body")
		}
		return "", nil
	}
	kind, _, err := mime.ParseMediaType(answer.header.Get("Content-Type"))
	if err != nil || described.Content[kind] == nil {
		return kind, fmt.Errorf("the Content-Type is %q", answer.header.Get("Content-Type"))
	}
	switch _, data, found := bytes.Cut(answer.body, []byte("\ndata: ")); {
	case kind == eventStream && !found:
		return kind, errors.New("there is no event")
	case kind == eventStream:
		return kind, checkJSON(op.line, data)
	case !strings.HasSuffix(kind, "ndjson"):
		return kind, checkJSON(described.Content[kind].Schema.Value, answer.body)
	}
	for line := range bytes.Lines(answer.body) {
		if err := checkJSON(op.line, line); err != nil {
			return kind, err
		}
	}
	return kind, nil
}

// eventStream is the media type of answers that do not end by themselves.
const eventStream = "text/event-stream"

func checkJSON(schema *openapi3.Schema, text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	if decoder.More() {
		return errors.New("the body is more than one JSON value")
	}
	if err := schema.VisitJSON(value, openapi3.VisitAsResponse()); err != nil {
		return fmt.Errorf("the body is not as described: %s", strings.SplitN(err.Error(), "\n", 2)[0])
	}
	return nil
}

// codes are those of the statuses that have one code.
var codes = map[int]string{
	400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 413: "too_large",
	415: "unsupported_media_type", 422: "idempotency_mismatch", 429: "rate_limited",
}

// checkProblem looks at what the schema of problems cannot say.
func checkProblem(op *fuzzOperation, answer reply) (problems []string) {
	var p struct {
		Title, Code, Detail string
		Status              int
		RequestID           string `json:"request_id"`
	}
	if err := json.Unmarshal(answer.body, &p); err != nil {
		return []string{err.Error()}
	}
	if p.Status != answer.status || p.Title != http.StatusText(answer.status) {
		problems = append(problems, "title or status are not those of the answer")
	}
	if p.RequestID == "" || p.RequestID != answer.header.Get("X-Request-Id") {
		problems = append(problems, "request_id is not that of the header")
	}
	conflicts, _ := op.Extensions["x-conflicts"].(map[string]any)
	if want := codes[answer.status]; want != "" && p.Code != want || answer.status == 409 && conflicts[p.Code] == nil && p.Code != "idempotency_in_progress" {
		problems = append(problems, fmt.Sprintf("the document has no code %q for it", p.Code))
	}
	if p.Detail == "" || !strings.HasSuffix(p.Detail, ".") && !strings.HasSuffix(p.Detail, ")") {
		problems = append(problems, "detail is no sentence")
	}
	for _, inside := range []string{"SQL", "runtime error", "goroutine", "json:", "strconv", ".go:", "%!"} {
		if strings.Contains(p.Detail, inside) {
			problems = append(problems, fmt.Sprintf("detail shows the inside: %q", inside))
		}
	}
	return problems
}

// items is how many items a list has.
func items(body []byte) int {
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(body, &list); err != nil {
		return 0
	}
	return len(list.Items)
}
