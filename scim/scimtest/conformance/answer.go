package conformance

import (
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"
)

// answer is what the server said to a request, with what is expected of it. Each
// expectation returns the answer, so that they can be chained.
type answer struct {
	p *probe
	call
	reply
	value   any   // the body decoded
	invalid error // why it is not JSON
}

// exchange is the answer as a report shows it.
func (a *answer) exchange() *Exchange {
	if a == nil {
		return nil
	}
	body, err := encode(a.call.body)
	if err != nil {
		body = err.Error()
	}
	return &Exchange{
		Method: a.method, URL: a.p.target.BaseURL + a.path, Headers: visible(a.headers), Body: clipped(body),
		Status: a.reply.status, ContentType: a.header.Get("Content-Type"), Answer: clipped(string(a.reply.body)),
	}
}

// visible shows the headers that a check set, but no credentials.
func visible(headers []string) string {
	var out []string
	for i := 0; i+1 < len(headers); i += 2 {
		value := headers[i+1]
		if strings.EqualFold(headers[i], "Authorization") {
			value = "…"
		}
		out = append(out, headers[i]+": "+value)
	}
	return strings.Join(out, "\n          ")
}

// status expects one of the codes.
func (a *answer) status(codes ...int) *answer {
	if !slices.Contains(codes, a.reply.status) {
		a.p.fail(a, "status "+oneOf(codes), a.outcome())
	}
	return a
}

// outcome is the status, with what an error says about itself.
func (a *answer) outcome() string {
	text := "status " + strconv.Itoa(a.reply.status)
	if kind := a.text("scimType"); kind != "" {
		text += " " + kind
	}
	return text
}

// refused expects an error of the status and, if any are given, one of the scimTypes.
func (a *answer) refused(status int, types ...string) {
	a.status(status)
	if kind := a.text("scimType"); len(types) > 0 && !slices.Contains(types, kind) {
		a.p.fail(a, "scimType "+strings.Join(types, " or "), "scimType "+show(at(a.value, "scimType")))
	}
}

// prepared blocks the check if the answer is not one of the statuses: the check
// is not about this request.
func (a *answer) prepared(what string, codes ...int) *answer {
	if !slices.Contains(codes, a.reply.status) {
		a.p.block("%s did not work: %s %s answered %d", what, a.method, a.path, a.reply.status)
	}
	return a
}

// is expects a value at a path.
func (a *answer) is(path string, want any) *answer {
	if got := at(a.value, path); !same(got, want) {
		a.p.fail(a, name(path)+" to be "+show(want), show(got))
	}
	return a
}

// lacks expects attributes to be unassigned.
func (a *answer) lacks(paths ...string) *answer {
	for _, path := range paths {
		if got := at(a.value, path); !unassigned(got) {
			a.p.fail(a, "no "+name(path), show(got))
		}
	}
	return a
}

// has expects attributes to be there.
func (a *answer) has(paths ...string) *answer {
	for _, path := range paths {
		if unassigned(at(a.value, path)) {
			a.p.fail(a, name(path), "none")
		}
	}
	return a
}

// values expects the texts of a sub-attribute in a list, in any order. Case
// counts unless the server may fold it.
func (a *answer) values(path, sub string, want ...string) *answer {
	got := texts(at(a.value, path), sub)
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.EqualFunc(got, want, strings.EqualFold) {
		a.p.fail(a, fmt.Sprintf("%s with %s %s", name(path), orValues(sub), show(want)), show(got))
	}
	return a
}

func orValues(sub string) string {
	if sub == "" {
		return "values"
	}
	return sub
}

// json expects a JSON object.
func (a *answer) json() *answer {
	switch _, object := a.value.(doc); {
	case a.invalid != nil:
		a.p.fail(a, "a JSON object", a.invalid.Error())
	case !object:
		a.p.fail(a, "a JSON object", show(a.value))
	}
	return a
}

// typed expects a media type, without its parameters.
func (a *answer) typed(kinds ...string) *answer {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || !slices.Contains(kinds, kind) {
		a.p.fail(a, "Content-Type "+strings.Join(kinds, " or "), strconv.Quote(a.header.Get("Content-Type")))
	}
	return a
}

// headed expects a header to be there and returns it.
func (a *answer) headed(name string) string {
	value := a.header.Get(name)
	if value == "" {
		a.p.fail(a, "the header "+name, "none")
	}
	return value
}

// text returns the text at a path, "" if there is none.
func (a *answer) text(path string) string {
	s, _ := at(a.value, path).(string)
	return s
}

// number expects an integer at a path and returns it.
func (a *answer) number(path string) int {
	v := at(a.value, path)
	i, ok := integer(v)
	if !ok {
		got := show(v)
		if _, isNumber := v.(json.Number); !isNumber && v != nil {
			got += fmt.Sprintf(" (a %s)", kindOf(v))
		}
		a.p.fail(a, name(path)+" to be an integer", got)
	}
	return i
}

// element returns the object of a list whose sub-attribute is the text, empty
// and never nil; it is a failure if there is none.
func (a *answer) element(path, sub, text string) doc {
	for _, e := range elements(at(a.value, path)) {
		if s, _ := at(e, sub).(string); strings.EqualFold(s, text) {
			return e
		}
	}
	a.p.fail(a, fmt.Sprintf("a value of %s whose %s is %q", name(path), sub, text), show(at(a.value, path)))
	return doc{}
}

// length expects so many values in a list.
func (a *answer) length(path string, n int) *answer {
	list, _ := at(a.value, path).([]any)
	if len(list) != n {
		a.p.fail(a, fmt.Sprintf("%d values of %s", n, name(path)), fmt.Sprintf("%d: %s", len(list), show(at(a.value, path))))
	}
	return a
}

// expect fails with the text of what should hold.
func (a *answer) expect(ok bool, expected string, got any) *answer {
	if !ok {
		text, isText := got.(string)
		if !isText {
			text = show(got)
		}
		a.p.fail(a, expected, text)
	}
	return a
}

func name(path string) string {
	if path == "" {
		return "the body"
	}
	return strings.ReplaceAll(path, "/", ".")
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case doc:
		return "complex value"
	case []any:
		return "list"
	case json.Number:
		return "number"
	}
	return "null"
}

func oneOf(codes []int) string {
	parts := make([]string, len(codes))
	for i, c := range codes {
		parts[i] = strconv.Itoa(c)
	}
	return strings.Join(parts, " or ")
}
