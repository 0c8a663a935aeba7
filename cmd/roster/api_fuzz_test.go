package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/roster-scim/roster/portal"
)

// Each operation is called fuzzRounds times, and all of them again until each has
// succeeded once, but not more than maxFuzzRounds times.
const (
	fuzzRounds    = 40
	maxFuzzRounds = 200
)

// neverSucceed are operations that nothing made here can carry out, and why.
var neverSucceed = map[string]string{
	"exchangeToken":      "needs a token that a registered issuer signed",
	"endSession":         "the caller has an API key, which is no session",
	"revokeSession":      "no portal link is opened",
	"revokeStaffSession": "nobody signs in",
	"getJob":             "needs a job, which needs people whose access changes",
}

// testAPIFuzz sends requests that are made from openapi.yaml, right ones and
// wrong ones, and holds the answers against it. ROSTER_FUZZ_SEED=N repeats or
// varies a run.
func testAPIFuzz(t *testing.T, s *server) {
	t.Parallel()
	seed := uint64(20261122)
	if text := os.Getenv("ROSTER_FUZZ_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("ROSTER_FUZZ_SEED=%d", seed)
	f := newFuzzer(t, s, seed)
	for round := 0; round < fuzzRounds || round < maxFuzzRounds && f.lacks() != nil; round++ {
		f.rng.Shuffle(len(f.operations), func(i, j int) { f.operations[i], f.operations[j] = f.operations[j], f.operations[i] })
		for _, op := range f.operations {
			f.try(t, op)
			if missing := f.lacks(); round >= fuzzRounds && missing != nil {
				f.try(t, missing) // perhaps that made possible what it needs
			}
			if t.Failed() && f.failures > 20 {
				t.Fatal("that is enough")
			}
		}
	}
	f.review(t)
}

// fuzzer calls the operations of a server.
type fuzzer struct {
	url        string
	newKey     func() string
	key        string
	sent       int
	rng        *rand.Rand
	maker      *maker
	known      *known
	operations []*fuzzOperation
	failures   int
}

// fuzzOperation is an operation and what became of it so far.
type fuzzOperation struct {
	*openapi3.Operation
	method, path string
	parameters   openapi3.Parameters
	line         *openapi3.Schema // of each line of a download or a stream
	statuses     map[int]int
}

func newFuzzer(t *testing.T, s *server, seed uint64) *fuzzer {
	t.Helper()
	f := &fuzzer{url: s.app.URL(), newKey: func() string { return s.apiKey(t) }, rng: rand.New(rand.NewPCG(seed, 0)), known: newKnown()}
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(receiver.Close)
	f.maker = &maker{rng: f.rng, known: f.known, receiver: receiver.URL}
	doc := strictDocument(t)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			f.operations = append(f.operations, &fuzzOperation{
				Operation: op, method: method, path: path, statuses: map[int]int{},
				parameters: slices.Concat(item.Parameters, op.Parameters), line: lineOf(doc, op),
			})
		}
	}
	slices.SortFunc(f.operations, func(a, b *fuzzOperation) int { return strings.Compare(a.OperationID, b.OperationID) })
	f.settle(t, s)
	return f
}

// lineOf is the schema of the lines of an answer that is no single object, nil if
// it is one.
func lineOf(doc *openapi3.T, op *openapi3.Operation) *openapi3.Schema {
	ok := op.Responses.Value("200")
	if ok == nil {
		return nil
	}
	for _, content := range ok.Value.Content {
		lines, _ := content.Extensions["x-lines"].(map[string]any)
		if name, found := lines["$ref"].(string); found {
			return doc.Components.Schemas[path.Base(name)].Value
		}
	}
	return nil
}

// settle puts people and groups where the API finds them: only SCIM makes groups.
func (f *fuzzer) settle(t *testing.T, s *server) {
	t.Helper()
	tenant := s.tenant(t, "Fuzzed")
	scim := s.connectionOf(t, tenant, "generic")
	connection := scim.base[strings.LastIndexByte(scim.base, '/')+1:]
	role := fmt.Sprintf("fuzzed-%d", s.names.Add(1))
	s.api(t).want(t, 201, "POST", "/api/v1/roles", map[string]any{"key": role, "name": "Fuzzed", "rank": 1})
	path := map[string]string{"tenant": tenant.String(), "connection": connection}
	f.known.settle("role", nil, role)
	f.maker.home = tenant.String()
	f.known.settle("tenant", nil, f.maker.home)
	f.known.settle("connection", path, connection)
	f.known.settle("entry_point", path, "*")
	var members []string
	for i := range 5 {
		members = append(members, scim.createUser(t, fmt.Sprintf("fuzz-%d@acme.com", i)))
		f.known.settle("user", path, members[i])
	}
	for i := range 3 {
		f.known.settle("group", path, scim.createGroup(t, fmt.Sprintf("Fuzz %d", i), members[i:]...))
	}
}

// strictDocument is the document, with answers that may have no members except
// those that it describes.
func strictDocument(t *testing.T) *openapi3.T {
	t.Helper()
	shared, err := portal.Document()
	if err != nil {
		t.Fatal(err)
	}
	text, err := shared.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range doc.Components.Schemas {
		if schema.Value.AdditionalProperties.Has == nil && len(schema.Value.Properties) > 0 {
			schema.Value.AdditionalProperties.Has = openapi3.Ptr(false)
		}
	}
	return doc
}

// try sends one request and checks the answer.
func (f *fuzzer) try(t *testing.T, op *fuzzOperation) {
	t.Helper()
	request := f.maker.request(op)
	if ends := op.method == http.MethodDelete || op.OperationID == "suspendTenant"; ends && f.known.settled[request.last()] {
		return // what all the others need
	}
	answer, err := f.send(t.Context(), request)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	op.statuses[answer.status]++
	problems := checkAnswer(op, request, answer)
	for _, problem := range problems {
		f.failures++
		t.Errorf("%s\n  %s\n  answer %d %s", problem, request, answer.status, clipped(answer.body))
	}
	if len(problems) == 0 && answer.status < 300 {
		f.known.learn(op, request.values, answer.body)
		if op.method == http.MethodDelete {
			f.known.forget(op, request.values, f.rng.IntN(3) == 0)
		}
	}
}

// keyRequests is how often a key is used: less than the rate limit lets one do
// at once.
const keyRequests = 150

func (f *fuzzer) send(ctx context.Context, r *fuzzRequest) (reply, error) {
	if f.sent%keyRequests == 0 {
		f.key = f.newKey()
	}
	f.sent++
	request, err := http.NewRequestWithContext(ctx, r.method, f.url+r.path, strings.NewReader(r.body))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Authorization", "Bearer "+f.key)
	for name, value := range r.header {
		request.Header.Set(name, value)
	}
	response, err := noRedirects.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	var body []byte
	if response.Header.Get("Content-Type") == eventStream {
		body, err = firstEvent(response.Body)
	} else {
		body, err = io.ReadAll(response.Body)
	}
	return reply{status: response.StatusCode, header: response.Header, body: body}, err
}

// firstEvent reads a stream up to the first line with data.
func firstEvent(stream io.Reader) ([]byte, error) {
	var begin []byte
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		begin = append(append(begin, lines.Bytes()...), '\n')
		if bytes.HasPrefix(lines.Bytes(), []byte("data: ")) {
			break
		}
	}
	return begin, lines.Err()
}

// lacks is the first operation that has not succeeded yet, "" if there is none.
func (f *fuzzer) lacks() *fuzzOperation {
	for _, op := range f.operations {
		if _, excepted := neverSucceed[op.OperationID]; !excepted && op.count(func(status int) bool { return status < 300 }) == 0 {
			return op
		}
	}
	return nil
}

func (op *fuzzOperation) count(is func(status int) bool) (n int) {
	for status, times := range op.statuses {
		if is(status) {
			n += times
		}
	}
	return n
}

// review asks that the requests were worth sending: each operation succeeded, and
// each was refused something.
func (f *fuzzer) review(t *testing.T) {
	t.Helper()
	if op := f.lacks(); op != nil {
		t.Errorf("%s never succeeded", op.OperationID)
	}
	for _, op := range f.operations {
		t.Logf("%s: %v", op.OperationID, op.statuses)
		if op.count(func(status int) bool { return status >= 400 }) == 0 {
			t.Errorf("%s was never refused", op.OperationID)
		}
	}
}
