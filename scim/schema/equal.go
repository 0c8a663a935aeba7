package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Equal reports whether two canonical values are the same: numbers by value, the
// elements of a multi-valued attribute in any order (RFC 7643 section 2.4 gives
// it no meaning), everything else exactly. Letter case counts: what a client
// changes is stored even where comparisons ignore it.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, Equal)
	case []any:
		b, ok := b.([]any)
		return ok && len(a) == len(b) && (slices.EqualFunc(a, b, Equal) || sameElements(a, b))
	case json.Number:
		b, ok := b.(json.Number)
		return ok && (a == b || CanonicalNumber(a) == CanonicalNumber(b))
	case string:
		b, ok := b.(string)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	default:
		return a == nil && b == nil
	}
}

// sameElements compares two lists as multisets. Keys make that cost what sorting
// costs, so that a thousand elements are no burden.
func sameElements(a, b []any) bool {
	counts := make(map[string]int, len(a))
	for _, v := range a {
		counts[elementKey(v)]++
	}
	for _, v := range b {
		key := elementKey(v)
		if counts[key] == 0 {
			return false
		}
		counts[key]--
	}
	return true
}

// distinct returns the elements without those that equal an earlier one. It may
// reuse the list's memory.
func distinct(list []any) []any {
	if len(list) < 2 {
		return list
	}
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(v any) bool {
		key := elementKey(v)
		twice := seen[key]
		seen[key] = true
		return twice
	})
}

// elementKey returns a text that two values have in common exactly if they are Equal.
func elementKey(v any) string { return string(appendKey(nil, v)) }

func appendKey(buf []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return strconv.AppendQuote(buf, v)
	case bool:
		return strconv.AppendBool(buf, v)
	case json.Number:
		return append(buf, CanonicalNumber(v)...)
	case map[string]any:
		buf = append(buf, '{')
		for _, key := range slices.Sorted(maps.Keys(v)) {
			buf = strconv.AppendQuote(buf, key)
			buf = append(appendKey(append(buf, ':'), v[key]), ',')
		}
		return append(buf, '}')
	case []any:
		keys := make([]string, len(v))
		for i, element := range v {
			keys[i] = elementKey(element)
		}
		slices.Sort(keys)
		buf = append(buf, '[')
		for _, key := range keys {
			buf = append(append(buf, key...), ',')
		}
		return append(buf, ']')
	default:
		return append(buf, "null"...)
	}
}

// CanonicalNumber returns the same text for numbers of the same value: integers
// exactly, others as the float64 next to them.
func CanonicalNumber(n json.Number) string {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return strconv.FormatInt(i, 10)
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return string(n)
	}
	const exact = 1 << 53 // every integer below it is a float64
	if i := int64(f); f > -exact && f < exact && float64(i) == f {
		return strconv.FormatInt(i, 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
