package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

func typeProjection(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	plain := b.want(t, 200, "GET", at, "")
	for _, l := range leaves(b.kind) {
		name := url.QueryEscape(l.String())
		asked := b.want(t, 200, "GET", at+"?attributes="+name, "")
		without := b.want(t, 200, "GET", at+"?excludedAttributes="+name, "")
		var want [3]any // plain, asked for, excluded
		switch sample := l.sample(2); {
		case !l.kept() || l.hidden():
		case l.onRequest():
			want[1] = sample
		case l.def().Returned == schema.ReturnedAlways:
			want = [3]any{sample, sample, sample}
		default:
			want = [3]any{sample, sample, nil}
		}
		l.holds(t, plain, want[0])
		l.holds(t, asked, want[1])
		l.holds(t, without, want[2])
		if asked["id"] == nil || without["id"] == nil {
			t.Errorf("%s: no id", l)
		}
		if l.URN == "" && asked["meta"] != nil {
			t.Errorf("attributes=%s shows more than that: %s", l, literal(asked))
		}
	}
	for _, extension := range b.kind.Extensions() {
		asked := b.want(t, 200, "GET", at+"?attributes="+url.QueryEscape(extension.ID), "")
		without := b.want(t, 200, "GET", at+"?excludedAttributes="+url.QueryEscape(extension.ID), "")
		if asked[extension.ID] == nil || without[extension.ID] != nil {
			t.Errorf("%s asked for: %s; excluded: %s", extension.ID, literal(asked), literal(without))
		}
	}
}

// find returns which of the resources a filter matches.
func (b *specimen) find(t *testing.T, filter string, known ...string) string {
	t.Helper()
	list := b.want(t, 200, "GET", b.kind.Endpoint+"?filter="+url.QueryEscape(filter), "")["Resources"].([]any)
	var found []string
	for _, r := range list {
		at := b.kind.Endpoint + "/" + r.(map[string]any)["id"].(string)
		found = append(found, string(rune('A'+slices.Index(known, at))))
	}
	slices.Sort(found)
	return strings.Join(found, "")
}

// typeFilter compares every operator on every attribute with what it means. A
// has the values 2, B the values 5, C what is required.
func typeFilter(b *specimen) {
	t := b.t
	a, _ := b.create(t, document(b.kind, 2))
	bb, _ := b.create(t, document(b.kind, 5))
	c, _ := b.create(t, requiredOnly(b.kind, 7))
	for _, l := range leaves(b.kind) {
		if l.hidden() || !l.kept() {
			continue
		}
		has := l.get(requiredOnly(b.kind, 7)) != nil || l.String() == "active"
		for filter, want := range filtersOf(l, has) {
			if got := b.find(t, filter, a, bb, c); got != want {
				t.Errorf("%s finds %q, want %q", filter, got, want)
			}
		}
	}
	for _, extension := range b.kind.Extensions() {
		want := "AB"
		if requiredOnly(b.kind, 7)[extension.ID] != nil {
			want = "ABC"
		}
		for _, filter := range []string{extension.ID + " pr", fmt.Sprintf("schemas eq %q", extension.ID)} {
			if got := b.find(t, filter, a, bb, c); got != want {
				t.Errorf("%s finds %q, want %q", filter, got, want)
			}
		}
	}
}

// filtersOf returns filters on a leaf and the resources that they match; third
// says whether C has a value.
func filtersOf(l leaf, third bool) map[string]string {
	name, two, five := l.String(), literal(l.single(2)), literal(l.single(5))
	with := func(c bool, found string) string {
		if c {
			return found + "C"
		}
		return found
	}
	out := map[string]string{
		name + " pr":                                                         with(third, "AB"),
		fmt.Sprintf("not (%s pr)", name):                                     with(!third, ""),
		fmt.Sprintf("%s eq %s", name, two):                                   "A",
		fmt.Sprintf("%s ne %s", name, two):                                   "BC",
		fmt.Sprintf("%s eq %s or %s eq %s", name, two, name, five):           "AB",
		fmt.Sprintf("%s pr and %s eq %s", strings.ToUpper(name), name, five): "B",
	}
	if l.element() {
		attribute := schema.Ref{URN: l.URN, Attr: l.Attr}
		out[fmt.Sprintf("%s[%s eq %s]", attribute, l.Sub.Name, five)] = "B"
		out[fmt.Sprintf("%s[%s eq %s and %s eq %s]", attribute, l.Sub.Name, five, l.Sub.Name, two)] = ""
	}
	if l.def().Type == schema.Boolean { // false in A, true in B; active is true in C
		if third {
			out[fmt.Sprintf("%s eq %s", name, five)] = "BC"
			out[fmt.Sprintf("%s pr and %s eq %s", strings.ToUpper(name), name, five)] = "BC"
			out[fmt.Sprintf("%s eq %s or %s eq %s", name, two, name, five)] = "ABC"
		}
		return out
	}
	if l.def().Type != schema.Binary {
		out[fmt.Sprintf("%s gt %s", name, two)] = with(third, "B")
		out[fmt.Sprintf("%s ge %s", name, two)] = with(third, "AB")
		out[fmt.Sprintf("%s lt %s", name, five)] = "A"
		out[fmt.Sprintf("%s le %s", name, five)] = "AB"
	}
	if text, ok := l.single(2).(string); ok && l.def().Type != schema.DateTime {
		out[fmt.Sprintf("%s co %s", name, literal(text[1:len(text)-1]))] = "A"
		prefix := text[:max(strings.IndexByte(text, '2'), 1)+1]
		out[fmt.Sprintf("%s sw %s", name, literal(prefix))] = "A"
		out[fmt.Sprintf("%s co %s", name, literal("%"))] = ""
		swapped := "A"
		if l.def().CaseExact {
			swapped = ""
		}
		out[fmt.Sprintf("%s eq %s", name, literal(l.otherCase(2)))] = swapped
		out[fmt.Sprintf("%s sw %s", name, literal(strings.ToUpper(prefix)))] = swapped
		if l.def().Type == schema.String {
			out[fmt.Sprintf("%s ew %s", name, literal(" of "+l.def().Name))] = with(third, "AB")
		}
	}
	if l.def().Type == schema.DateTime {
		out[fmt.Sprintf(`%s eq "2022-03-04T03:06:07.000-02:00"`, name)] = "A"
	}
	if l.def().Type == schema.Decimal {
		out[name+" eq 1125e-2"] = "A"
	}
	return out
}

// requiredOnly has sample n of what a resource must have, and nothing else.
func requiredOnly(kind *schema.ResourceType, n int) map[string]any {
	doc := map[string]any{"schemas": []any{kind.Schema}}
	for _, l := range leaves(kind) {
		needed := l.URN == ""
		for _, ref := range kind.SchemaExtensions {
			needed = needed || (ref.Schema == l.URN && ref.Required)
		}
		if needed && l.Attr.Required {
			l.set(doc, l.sample(n))
		}
	}
	return doc
}

func typeRefusedFilter(b *specimen) {
	t := b.t
	for _, l := range leaves(b.kind) {
		name, value := l.String(), literal(l.single(2))
		refused := map[string]bool{
			fmt.Sprintf("%s eq %s", name, value): l.hidden(),
			name + " pr":                         l.hidden(),
			fmt.Sprintf("%s gt %s", name, value): l.hidden() || l.def().Type == schema.Boolean || l.def().Type == schema.Binary,
			fmt.Sprintf("%s co %s", name, value): l.hidden() || !strings.HasPrefix(value, `"`) || l.def().Type == schema.DateTime,
			name + `Unknown eq "x"`:              true,
		}
		for filter, want := range refused {
			got := b.send(t, "GET", b.kind.Endpoint+"?filter="+url.QueryEscape(filter), "")
			if want && got.refusal(t, 400) != "invalidFilter" || !want && got.status != 200 {
				t.Errorf("%s: %d %s", filter, got.status, got.body)
			}
		}
	}
}

func typeSort(b *specimen) {
	t := b.t
	var at []string
	for _, n := range []int{2, 0, 5, 4} {
		path, _ := b.create(t, document(b.kind, n))
		at = append(at, path)
	}
	empty, _ := b.create(t, requiredOnly(b.kind, 7))
	for _, l := range leaves(b.kind) {
		query := b.kind.Endpoint + "?sortBy=" + url.QueryEscape(l.String())
		if l.hidden() {
			b.send(t, "GET", query, "").refusal(t, 400)
			continue
		}
		want := []string{at[1], at[0], at[3], at[2], empty} // no value comes last, and the highest too
		if l.def().Type == schema.Boolean {
			want = []string{at[0], at[1], at[3], at[2], empty} // equal ones as they were created
		}
		if got := b.order(t, query); !slices.Equal(got, want) {
			t.Errorf("by %s: %v, want %v", l, got, want)
		}
		slices.Reverse(want)
		if l.def().Type == schema.Boolean {
			want = []string{empty, at[2], at[0], at[1], at[3]}
			if l.String() == "active" {
				want = []string{at[2], empty, at[0], at[1], at[3]}
			}
		}
		if got := b.order(t, query+"&sortOrder=descending"); !slices.Equal(got, want) {
			t.Errorf("by %s descending: %v, want %v", l, got, want)
		}
	}
}

func (b *specimen) order(t *testing.T, query string) []string {
	t.Helper()
	var at []string
	for _, r := range b.want(t, 200, "GET", query, "")["Resources"].([]any) {
		at = append(at, b.kind.Endpoint+"/"+r.(map[string]any)["id"].(string))
	}
	return at
}

func typeDiscovery(b *specimen) {
	t := b.t
	got := b.want(t, 200, "GET", "/ResourceTypes/"+strings.ToLower(b.kind.Name), "")
	if got["endpoint"] != b.kind.Endpoint || got["schema"] != b.kind.Schema || !same(got["name"], b.kind.Name) {
		t.Errorf("resource type %s", literal(got))
	}
	listed := literal(b.want(t, 200, "GET", "/ResourceTypes", ""))
	schemas := literal(b.want(t, 200, "GET", "/Schemas", ""))
	if !strings.Contains(listed, b.kind.Endpoint) {
		t.Errorf("/ResourceTypes has no %s", b.kind.Endpoint)
	}
	for _, s := range append([]*schema.Schema{b.kind.Core()}, b.kind.Extensions()...) {
		one := b.want(t, 200, "GET", "/Schemas/"+s.ID, "")
		if one["id"] != s.ID || len(one["attributes"].([]any)) != len(s.Attributes) || !strings.Contains(schemas, `"id":"`+s.ID+`"`) {
			t.Errorf("schema %s: %s", s.ID, literal(one))
		}
	}
}
