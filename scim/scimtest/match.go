package scimtest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// missing stands for a value that is not there.
type missing struct{}

// match compares a decoded JSON value with a pattern and returns one line per
// difference, each with the JSON pointer it was found at; at is the pointer of
// got. Objects may have more keys and arrays more elements than the pattern.
func match(pattern, got any, at string) []string {
	switch p := pattern.(type) {
	case map[string]any:
		if name, operand, ok := marker(p); ok {
			return matchMarker(name, operand, got, at)
		}
		return matchObject(p, got, at, false)
	case []any:
		return matchElements(p, got, at, false)
	case string:
		if strings.HasPrefix(p, "$") {
			return matchWord(p, got, at)
		}
	}
	if !equalScalar(pattern, got) {
		return differs(at, pattern, got)
	}
	return nil
}

func differs(at string, want, got any) []string {
	return []string{fmt.Sprintf("%s: expected %s, got %s", pointer(at), show(want), show(got))}
}

func pointer(at string) string {
	if at == "" {
		return "(whole)"
	}
	return at
}

// show renders a value for a message.
func show(value any) string {
	if value == (missing{}) {
		return "nothing"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	const limit = 600
	if len(text) > limit {
		return string(text[:limit]) + "…"
	}
	return string(text)
}

func equalScalar(want, got any) bool {
	wantNumber, ok := want.(json.Number)
	if !ok {
		// Neither side is an object or array here unless they differ in kind.
		switch got.(type) {
		case map[string]any, []any:
			return false
		}
		return want == got
	}
	gotNumber, ok := got.(json.Number)
	if !ok {
		return false
	}
	a, okA := new(big.Rat).SetString(wantNumber.String())
	b, okB := new(big.Rat).SetString(gotNumber.String())
	return okA && okB && a.Cmp(b) == 0
}

func matchWord(word string, got any, at string) []string {
	if !isKind(word, got) {
		return differs(at, word, got)
	}
	return nil
}

func isKind(word string, got any) bool {
	switch word {
	case markAbsent:
		return got == (missing{})
	case markAny:
		return got != (missing{})
	case markEmpty:
		return got == (missing{}) || size(got) == 0
	case markNonEmpty:
		return size(got) > 0
	case markBoolean:
		_, ok := got.(bool)
		return ok
	case markInteger:
		return isInteger(got)
	case markString:
		_, ok := got.(string)
		return ok
	case markTime:
		text, _ := got.(string)
		_, err := time.Parse(time.RFC3339Nano, text)
		return err == nil
	}
	return false
}

// size is the length of a string, array or object and -1 for anything else.
func size(value any) int {
	switch v := value.(type) {
	case string:
		return len(v)
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return -1
}

func isInteger(value any) bool {
	number, ok := value.(json.Number)
	if !ok {
		return false
	}
	_, err := strconv.ParseInt(number.String(), 10, 64)
	return err == nil
}

func matchObject(pattern map[string]any, got any, at string, exact bool) []string {
	object, ok := got.(map[string]any)
	if !ok {
		return differs(at, pattern, got)
	}
	var problems []string
	for _, key := range sortedKeys(pattern) {
		value, there := object[key]
		if !there {
			value = missing{}
		}
		problems = append(problems, match(pattern[key], value, at+"/"+escapePointer(key))...)
	}
	if !exact {
		return problems
	}
	for _, key := range sortedKeys(object) {
		if _, expected := pattern[key]; !expected {
			problems = append(problems, differs(at+"/"+escapePointer(key), missing{}, object[key])...)
		}
	}
	return problems
}

func sortedKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func matchMarker(name string, operand, got any, at string) []string {
	switch name {
	case markRegex:
		return matchRegex(operand, got, at)
	case markExact:
		if object, ok := operand.(map[string]any); ok {
			return matchObject(object, got, at, true)
		}
		return matchInOrder(operand, got, at)
	case markUnordered:
		list, _ := operand.([]any)
		return matchElements(list, got, at, true)
	case markLength:
		return matchLength(operand, got, at)
	case markNone:
		return matchNone(operand, got, at)
	case markNot:
		if len(match(operand, got, at)) == 0 {
			return []string{fmt.Sprintf("%s: expected anything but %s, got %s", pointer(at), show(operand), show(got))}
		}
		return nil
	case markAll:
		list, _ := operand.([]any)
		var problems []string
		for _, pattern := range list {
			problems = append(problems, match(pattern, got, at)...)
		}
		return problems
	}
	list, _ := operand.([]any)
	for _, pattern := range list {
		if len(match(pattern, got, at)) == 0 {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: expected one of %s, got %s", pointer(at), show(operand), show(got))}
}

func matchRegex(operand, got any, at string) []string {
	expression, _ := operand.(string)
	re, err := regexp.Compile(expression)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", pointer(at), err)}
	}
	text, ok := got.(string)
	if !ok || !re.MatchString(text) {
		return []string{fmt.Sprintf("%s: expected a string like /%s/, got %s", pointer(at), expression, show(got))}
	}
	return nil
}
