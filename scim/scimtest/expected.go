package scimtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// checkExpected compares an answer with what the step expects.
func (p *player) checkExpected(x *exchange, step *Step) ([]string, error) {
	var problems []string
	if !step.Expect.Status.has(x.status) {
		problems = append(problems, fmt.Sprintf("status: expected %v, got %d", []int(step.Expect.Status), x.status))
	}
	for _, name := range sortedKeys(step.Expect.Headers) {
		pattern, err := p.vars.expandPattern(step.Expect.Headers[name], plain)
		if err != nil {
			return problems, err
		}
		problems = append(problems, match(pattern, headerValue(x.header, name), "header "+name)...)
	}
	if step.Expect.Body == nil {
		return problems, nil
	}
	pattern, err := p.vars.expandPattern(step.Expect.Body, plain)
	if err != nil {
		return problems, err
	}
	var got any = missing{}
	if len(x.answer) > 0 {
		got = x.value
	}
	return append(problems, match(pattern, got, "")...), nil
}

func headerValue(header http.Header, name string) any {
	values := header.Values(name)
	if len(values) == 0 {
		return missing{}
	}
	return strings.Join(values, ", ")
}

// save keeps what later steps need of an answer.
func (p *player) save(x *exchange, step *Step) error {
	names := make([]string, 0, len(step.Save))
	for name := range step.Save {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, template := range names {
		source := step.Save[template]
		name, err := p.vars.expand(template, plain)
		if err != nil {
			return err
		}
		value, ok := x.find(source)
		if !ok {
			return fmt.Errorf("save %s: the answer has no %s", name, source)
		}
		p.vars[name] = value
	}
	return nil
}

// find returns the text of the simple value that source names in an answer.
func (x *exchange) find(source string) (string, bool) {
	if name, ok := strings.CutPrefix(source, headerPrefix); ok {
		value := x.header.Get(name)
		return value, value != ""
	}
	value, ok := resolvePointer(x.value, source)
	if !ok {
		return "", false
	}
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
