package main

import (
	"fmt"
	"maps"
	"math"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// value makes a value that a schema takes, often one at its limits.
func (m *maker) value(s *openapi3.Schema, depth int) any {
	switch {
	case s.Nullable && m.chance(20):
		return nil
	case len(s.OneOf) > 0:
		return m.value(pick(m, s.OneOf...).Value, depth)
	case len(s.Enum) > 0:
		return pick(m, s.Enum...)
	case s.Type.Is("object"):
		return m.object(s, depth)
	case s.Type.Is("array"):
		return m.array(s, depth)
	case s.Type.Is("boolean"):
		return m.chance(50)
	case s.Type.Is("integer"):
		return m.integer(s)
	}
	return m.text(s)
}

func (m *maker) object(s *openapi3.Schema, depth int) map[string]any {
	object := map[string]any{}
	names := slices.Sorted(maps.Keys(s.Properties))
	m.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		full := s.MaxProps != nil && len(object) >= int(*s.MaxProps)
		if slices.Contains(s.Required, name) || !full && (uint64(len(object)) < s.MinProps || m.chance(50)) {
			object[name] = m.member(name, s.Properties[name].Value, depth+1)
		}
	}
	return object
}

// member is value with a look at the member's name: roles should exist.
func (m *maker) member(name string, s *openapi3.Schema, depth int) any {
	role := m.known.pick(m.rng, "role")["role"]
	switch {
	case name == "role" && m.chance(90):
		return role
	case name == "roles" && m.chance(90):
		return []any{role}
	}
	return m.value(s, depth)
}

func (m *maker) array(s *openapi3.Schema, depth int) []any {
	most := 3
	if s.MaxItems != nil && m.chance(5) && depth < 2 {
		most = min(int(*s.MaxItems), 50)
	}
	list := []any{}
	seen := map[string]bool{}
	for range int(s.MinItems) + m.rng.IntN(most+1) {
		item := m.value(s.Items.Value, depth+1)
		if text := fmt.Sprint(item); !s.UniqueItems || !seen[text] {
			seen[text] = true
			list = append(list, item)
		}
	}
	return list
}

func (m *maker) integer(s *openapi3.Schema) int {
	least, most := 0, math.MaxInt32
	if s.Min != nil {
		least = int(*s.Min)
	}
	if s.Max != nil {
		most = int(*s.Max)
	}
	return pick(m, least, most, least+m.rng.IntN(most-least+1), min(most, least+m.rng.IntN(10)))
}

// text makes a text: an id that exists if it should be an id, otherwise one that
// the pattern and the length allow.
func (m *maker) text(s *openapi3.Schema) string {
	if s.Format == "date-time" {
		return time.Unix(m.rng.Int64N(4e9), 0).UTC().Format(time.RFC3339)
	}
	if kind := kindOfPattern(s.Pattern); kind != "" && m.chance(85) {
		if thing := m.known.pick(m.rng, kind); thing != nil {
			return thing[kind]
		}
	}
	if example, ok := s.Example.(string); ok && m.chance(50) {
		return example
	}
	if s.Pattern != "" {
		return m.matching(s)
	}
	least, most := int(s.MinLength), 40
	if s.MaxLength != nil {
		most = int(*s.MaxLength)
	}
	length := pick(m, least, max(least, 1), most, least+m.rng.IntN(most-least+1), min(most, least+m.rng.IntN(12)))
	return m.letters(min(length, 20_000))
}

// kindOfPattern says what an id with this pattern names. Keys are of roles and
// entry points alike; those of new things had better be new.
func kindOfPattern(pattern string) string {
	if len(pattern) > 4 && strings.HasSuffix(pattern, "[0-7][0-9a-hjkmnp-tv-z]{25}$") {
		return prefixes[pattern[1:4]]
	}
	if strings.HasPrefix(pattern, `^(\*|`) {
		return "entry_point"
	}
	return ""
}

// letters makes a text of a length in characters, with something of everything
// that people's names are made of.
func (m *maker) letters(length int) string {
	alphabet := pick(m, "abcdefghij", "Ab -.'", "äöüßéñçğ", "日本語한국", "العربية", "😀👩")
	runes := []rune(alphabet)
	out := make([]rune, 0, length)
	for size := 0; size < length; {
		r := runes[m.rng.IntN(len(runes))]
		if size += 1; r > 0xFFFF { // lengths count UTF-16 units
			size++
		}
		out = append(out, r)
	}
	return strings.TrimSpace("a" + string(out[min(1, len(out)):]))
}

// matching makes a text that the schema's pattern matches.
func (m *maker) matching(s *openapi3.Schema) string {
	tree, err := syntax.Parse(s.Pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	for range 20 {
		var text strings.Builder
		m.match(&text, tree)
		if s.VisitJSON(text.String()) == nil {
			return text.String()
		}
	}
	return "a"
}

func (m *maker) match(w *strings.Builder, tree *syntax.Regexp) {
	repeat := func(least, most int) {
		if most < 0 || most > least+30 {
			most = least + pick(m, 0, 1, 8, 30)
		}
		for range least + m.rng.IntN(most-least+1) {
			m.match(w, tree.Sub[0])
		}
	}
	switch tree.Op {
	case syntax.OpLiteral:
		w.WriteString(string(tree.Rune))
	case syntax.OpCharClass:
		at := 2 * m.rng.IntN(len(tree.Rune)/2)
		low, high := tree.Rune[at], tree.Rune[at+1]
		if low < 0x20 || high > 0x2FF { // a class of everything but something: keep to letters
			low, high = 'a', 'z'
		}
		w.WriteRune(low + m.rng.Int32N(high-low+1))
	case syntax.OpStar:
		repeat(0, -1)
	case syntax.OpPlus:
		repeat(1, -1)
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpRepeat:
		repeat(tree.Min, tree.Max)
	case syntax.OpAlternate:
		m.match(w, pick(m, tree.Sub...))
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range tree.Sub {
			m.match(w, sub)
		}
	}
}

// spoil makes one thing wrong in a right value, and says what.
func (m *maker) spoil(s *openapi3.Schema, value any) (any, string) {
	object, ok := value.(map[string]any)
	if !ok || m.chance(10) {
		wrong := pick[any](m, nil, "text", 12, true, []any{nil})
		if s.VisitJSON(wrong) == nil {
			return wrong, ""
		}
		return wrong, fmt.Sprintf("the body %v", wrong)
	}
	names := slices.Sorted(maps.Keys(s.Properties))
	if len(names) == 0 {
		return object, ""
	}
	name := pick(m, names...)
	switch m.rng.IntN(4) {
	case 0:
		delete(object, name)
	case 1:
		object[pick(m, "unknown", "id", "Name", "__proto__", "")] = 1
	default:
		if inner, ok := object[name].(map[string]any); ok && m.chance(60) {
			object[name], _ = m.spoil(s.Properties[name].Value, inner)
			break
		}
		object[name] = pick[any](m, nil, true, -1, 1.5, 1e300, 1<<53, "", " ", "x\x00y", "a\u202eb", "\u0085", "\u2028", strings.Repeat("😀", 70), strings.Repeat("a", 30_000),
			[]any{}, []any{nil}, []any{"a", "a"}, map[string]any{}, map[string]any{"a": map[string]any{}})
	}
	// null is what is left out, where that has a default.
	if err := s.VisitJSON(plain(object), openapi3.VisitAsRequest(), openapi3.DefaultsSet(func() {})); err != nil {
		return object, "the member " + name + " or another"
	}
	return object, ""
}

// plain writes numbers as JSON decodes them.
func plain(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name := range v {
			object[name] = plain(v[name])
		}
		return object
	}
	return value
}
