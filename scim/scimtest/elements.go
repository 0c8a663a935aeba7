package scimtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// escapePointer escapes a key for a JSON pointer (RFC 6901 section 3).
func escapePointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// resolvePointer returns the value that a JSON pointer names in value.
func resolvePointer(value any, pointer string) (any, bool) {
	if pointer == "" {
		return value, true
	}
	if !strings.HasPrefix(pointer, "/") {
		return nil, false
	}
	for part := range strings.SplitSeq(pointer[1:], "/") {
		key := strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch v := value.(type) {
		case map[string]any:
			inner, ok := v[key]
			if !ok {
				return nil, false
			}
			value = inner
		case []any:
			index, err := strconv.Atoi(key)
			if err != nil || index < 0 || index >= len(v) {
				return nil, false
			}
			value = v[index]
		default:
			return nil, false
		}
	}
	return value, true
}

// matchElements finds for each pattern an element of its own, whatever the order.
// With whole set, no element may be left over.
func matchElements(patterns []any, got any, at string, whole bool) []string {
	array, ok := got.([]any)
	if !ok {
		return differs(at, patterns, got)
	}
	if whole && len(array) != len(patterns) {
		return []string{fmt.Sprintf("%s: expected %d elements %s, got %d: %s",
			pointer(at), len(patterns), show(patterns), len(array), show(array))}
	}
	taken := make([]int, len(array)) // element → pattern + 1
	var problems []string
	for i, pattern := range patterns {
		if !assign(patterns, array, taken, i, make([]bool, len(array))) {
			problems = append(problems, noElement(pattern, array, at)...)
		}
	}
	return problems
}

// assign finds an element for patterns[i], moving earlier patterns to other
// elements where that makes room (an augmenting path).
func assign(patterns, array []any, taken []int, i int, seen []bool) bool {
	for j, element := range array {
		if seen[j] || len(match(patterns[i], element, "")) > 0 {
			continue
		}
		seen[j] = true
		if taken[j] == 0 || assign(patterns, array, taken, taken[j]-1, seen) {
			taken[j] = i + 1
			return true
		}
	}
	return false
}

// noElement explains that no element is like pattern; with a single candidate it
// says what is wrong with it.
func noElement(pattern any, array []any, at string) []string {
	if len(array) == 1 {
		if problems := match(pattern, array[0], at+"/0"); len(problems) > 0 {
			return problems
		}
	}
	return []string{fmt.Sprintf("%s: expected an element %s, got %s", pointer(at), show(pattern), show(array))}
}

func matchInOrder(operand, got any, at string) []string {
	patterns, _ := operand.([]any)
	array, ok := got.([]any)
	if !ok || len(array) != len(patterns) {
		return []string{fmt.Sprintf("%s: expected exactly %s, got %s", pointer(at), show(operand), show(got))}
	}
	var problems []string
	for i, pattern := range patterns {
		problems = append(problems, match(pattern, array[i], at+"/"+strconv.Itoa(i))...)
	}
	return problems
}

func matchLength(operand, got any, at string) []string {
	number, _ := operand.(json.Number)
	array, ok := got.([]any)
	if !ok || strconv.Itoa(len(array)) != number.String() {
		return []string{fmt.Sprintf("%s: expected %s elements, got %s", pointer(at), number, show(got))}
	}
	return nil
}

// matchNone also holds for an array that is not there.
func matchNone(pattern, got any, at string) []string {
	if got == (missing{}) {
		return nil
	}
	array, ok := got.([]any)
	if !ok {
		return []string{fmt.Sprintf("%s: expected an array, got %s", pointer(at), show(got))}
	}
	var problems []string
	for i, element := range array {
		if len(match(pattern, element, "")) == 0 {
			problems = append(problems, fmt.Sprintf("%s/%d: expected no element %s, got %s", at, i, show(pattern), show(element)))
		}
	}
	return problems
}
