package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

type object = map[string]any

// traffic is a request and its answer on their way past a wrapper.
type traffic struct {
	*http.Request
	next http.Handler

	in     object // the request's body, nil if it is no JSON object
	query  url.Values
	status int
	header http.Header
	out    object // the answer's body, nil if it is no JSON object
	raw    []byte // the answer's body if it is no JSON object, or to be sent instead
}

// spoil is a wrapper that changes requests before the handler sees them and
// answers before the suite does. Either may be nil.
func spoil(before, after func(*traffic)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			x := &traffic{Request: r, next: next, query: r.URL.Query()}
			if json.Unmarshal(body, &x.in) != nil {
				x.in = nil
			}
			if before != nil {
				before(x)
			}
			if x.in != nil {
				body = x.encode(x.in)
			}
			x.pass(body)
			if after != nil {
				after(x)
			}
			x.write(w)
		})
	}
}

// pass lets the handler answer the request as it is now.
func (x *traffic) pass(body []byte) {
	if x.status != 0 {
		return // the wrapper has answered
	}
	r := x.Clone(x.Context())
	r.URL.RawQuery = x.query.Encode()
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	recorder := httptest.NewRecorder()
	x.next.ServeHTTP(recorder, r)
	x.status, x.header, x.raw = recorder.Code, recorder.Header(), recorder.Body.Bytes()
	x.out = nil
	if json.Unmarshal(x.raw, &x.out) == nil {
		x.raw = nil
	}
}

// send asks the handler something else and returns the answer.
func (x *traffic) send(method, path string, body any) *traffic {
	r := x.Clone(x.Context())
	r.Method = method
	r.URL.Path, r.URL.RawPath = path, ""
	other := &traffic{Request: r, next: x.next, query: url.Values{}}
	other.pass(x.encode(body))
	return other
}

func (*traffic) encode(v any) []byte {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return b
}

func (x *traffic) write(w http.ResponseWriter) {
	body := x.raw
	if x.raw == nil && x.out != nil {
		body = x.encode(x.out)
	}
	if x.header != nil {
		maps.Copy(w.Header(), x.header)
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(x.status)
	_, _ = w.Write(body)
}

// on reports whether the request has the method and its path ends so.
func (x *traffic) on(method, suffix string) bool {
	return x.Method == method && strings.HasSuffix(x.URL.Path, suffix)
}

// resources visits the resources of the answer, in a list or alone.
func (x *traffic) resources(visit func(object)) {
	if x.out == nil || x.out["status"] != nil {
		return
	}
	list, isList := x.out["Resources"].([]any)
	for _, r := range list {
		if o, ok := r.(object); ok {
			visit(o)
		}
	}
	if !isList && x.out["id"] != nil {
		visit(x.out)
	}
}

// operations visits the operations of the request.
func (x *traffic) operations(visit func(object)) {
	list, _ := x.in["Operations"].([]any)
	for _, r := range list {
		if o, ok := r.(object); ok {
			visit(o)
		}
	}
}

// kind is the scimType of the answer.
func (x *traffic) kind() string {
	text, _ := x.out["scimType"].(string)
	return text
}

// filter changes the filter of the request, wherever it is.
func (x *traffic) filter(change func(string) string) {
	if x.query.Has("filter") {
		x.query.Set("filter", change(x.query.Get("filter")))
	}
	if f, ok := x.in["filter"].(string); ok {
		x.in["filter"] = change(f)
	}
}

// answer ends the request without the handler.
func (x *traffic) answer(status int) {
	x.status, x.header = status, http.Header{"Content-Type": {"application/scim+json"}}
}
