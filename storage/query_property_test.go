package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/filter/filtertest"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// filtersPerDirectory is how many filters each generated directory is asked.
const filtersPerDirectory = 30

// filters is that number on this kind of database: PostgreSQL has to plan every
// one of them, which takes longer than everything else about it.
func (f *fixture) filters() int {
	if _, ok := f.db.engine.(*postgresEngine); ok {
		return filtersPerDirectory / 3
	}
	return filtersPerDirectory
}

// TestFilterInSQLMeansWhatItMeansInMemory compares every filter's result with
// filter.Match on the resources as clients see them.
func TestFilterInSQLMeansWhatItMeansInMemory(t *testing.T) {
	onEachWith(t, Options{Now: tickingClock()}, func(t *testing.T, f *fixture) {
		for _, rt := range []*schema.ResourceType{userType, groupType} {
			rapid.Check(t, func(r *rapid.T) {
				d := drawDirectory(t.Context(), r, f.s)
				filters := filtertest.Filters(rt, d.pools(rt)...)
				for range f.filters() {
					text := filters.Draw(r, "filter")
					if rapid.IntRange(0, 2).Draw(r, "driven") == 0 {
						text = d.lookup(r, rt) + " and (" + text + ")"
					}
					d.compare(r, rt, text)
				}
			})
		}
	})
}

// TestFilterOnCustomType does the same for attributes that the RFC's own types
// do not have: numbers, several simple values, a required extension.
func TestFilterOnCustomType(t *testing.T) {
	rt := deviceType(t)
	onEachWith(t, Options{Now: tickingClock()}, func(t *testing.T, f *fixture) {
		rapid.Check(t, func(r *rapid.T) {
			d := &directory{ctx: t.Context(), store: f.s, dir: newDirectory()}
			for range rapid.IntRange(1, 6).Draw(r, "devices") {
				d.create(r, rt, filtertest.Documents(rt).Draw(r, "device"))
			}
			filters := filtertest.Filters(rt, d.pools(rt)...)
			for range f.filters() {
				d.compare(r, rt, filters.Draw(r, "filter"))
			}
		})
	})
}

// tickingClock moves by a microsecond at every reading, so that all times differ.
func tickingClock() func() time.Time {
	var ticks atomic.Int64
	start := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	return func() time.Time { return start.Add(time.Duration(ticks.Add(1)) * time.Microsecond) }
}

// directory is a generated directory together with what a client sees of it.
type directory struct {
	ctx   context.Context
	store *Resources
	dir   scim.Directory

	created []*resource         // in order of creation
	members map[string][]string // group → direct members
}

type resource struct {
	kind   *schema.ResourceType
	record *scim.Record
	shown  map[string]any // the whole resource
}

func drawDirectory(ctx context.Context, r *rapid.T, store *Resources) *directory {
	d := &directory{ctx: ctx, store: store, dir: newDirectory(), members: map[string][]string{}}
	names := []string{"anna@example.com", "BO@example.com", "zoÉ@example.com"}
	for i := range rapid.IntRange(1, 6).Draw(r, "users") {
		doc := emptied(r, filtertest.Users().Draw(r, "user")).(map[string]any)
		doc["userName"] = fmt.Sprintf("u%d@example.com", i)
		if i < len(names) {
			doc["userName"] = names[i]
		}
		d.create(r, userType, doc)
	}
	for range rapid.IntRange(0, 4).Draw(r, "groups") {
		ids := d.ids() // what exists already, so that there is no cycle
		members := rapid.SliceOfDistinct(rapid.SampledFrom(ids), rapid.ID[string]).Draw(r, "members")
		d.create(r, groupType, filtertest.Documents(groupType).Draw(r, "group"), members...)
	}
	for _, one := range d.created {
		d.show(one)
	}
	return d
}

// emptied sets some strings to "", which a connection may be told to keep.
func emptied(r *rapid.T, v any) any {
	switch v := v.(type) {
	case string:
		if rapid.IntRange(0, 3).Draw(r, "empty") == 0 {
			return ""
		}
	case []any:
		for i, element := range v {
			v[i] = emptied(r, element)
		}
	case map[string]any:
		for name, sub := range v {
			v[name] = emptied(r, sub)
		}
	}
	return v
}

func (d *directory) create(r *rapid.T, rt *schema.ResourceType, doc map[string]any, memberIDs ...string) {
	encoded, err := schema.Encode(rt, doc)
	if err != nil {
		r.Fatal(err)
	}
	draft := scim.Draft{Document: doc, Encoded: encoded}
	if len(memberIDs) > 0 {
		draft.Edits = []patch.Edit{add(memberIDs...)}
	}
	rec, err := d.store.Create(d.ctx, d.dir, rt, draft, origin)
	if err != nil {
		r.Fatalf("create %s %s: %v", rt.Name, encoded, err)
	}
	one := &resource{kind: rt, record: rec, shown: maps.Clone(doc)}
	d.created = append(d.created, one)
	if len(memberIDs) > 0 {
		d.members[rec.ID] = memberIDs
	}
	one.shown["schemas"] = anyList(rt.SchemasOf(doc))
	one.shown["id"] = rec.ID
	one.shown["meta"] = map[string]any{
		"resourceType": rt.Name,
		"created":      rec.Created.Format(time.RFC3339Nano),
		"lastModified": rec.LastModified.Format(time.RFC3339Nano),
	}
}

// show adds what the server computes from memberships.
func (d *directory) show(one *resource) {
	var values []any
	if one.kind == groupType {
		for _, id := range d.members[one.record.ID] {
			member := d.find(id)
			value := map[string]any{"value": id, "type": member.kind.Name}
			if display := schema.Display(member.kind, member.shown); display != "" {
				value["display"] = display
			}
			values = append(values, value)
		}
		one.set("members", values)
		return
	}
	direct := d.groupsOf(one.record.ID)
	for _, group := range d.created {
		if group.kind != groupType || !d.holds(group.record.ID, one.record.ID) {
			continue
		}
		kind := "indirect"
		if slices.Contains(direct, group.record.ID) {
			kind = "direct"
		}
		values = append(values, map[string]any{
			"value": group.record.ID, "display": schema.Display(groupType, group.shown), "type": kind,
		})
	}
	one.set("groups", values)
}

func (o *resource) set(name string, values []any) {
	if len(values) > 0 {
		o.shown[name] = values
	}
}

func (d *directory) groupsOf(id string) []string {
	var groups []string
	for group, members := range d.members {
		if slices.Contains(members, id) {
			groups = append(groups, group)
		}
	}
	return groups
}

// holds is whether a group has a member, directly or through other groups.
func (d *directory) holds(group, id string) bool {
	for _, member := range d.members[group] {
		if member == id || d.holds(member, id) {
			return true
		}
	}
	return false
}

func (d *directory) find(id string) *resource {
	i := slices.IndexFunc(d.created, func(o *resource) bool { return o.record.ID == id })
	return d.created[i]
}

func (d *directory) ids() []string {
	ids := make([]string, len(d.created))
	for i, one := range d.created {
		ids[i] = one.record.ID
	}
	return ids
}

// pools are the values to compare computed attributes with.
func (d *directory) pools(rt *schema.ResourceType) []filtertest.Pool {
	ids := append(d.ids(), mustID(), "not-an-id", "")
	times := []string{"2024-02-29T12:00:00Z", "0001-01-03T00:00:00.0000000Z"}
	displays := []string{"", "Anna"}
	for _, one := range d.created {
		times = append(times, one.record.Created.Format("2006-01-02T15:04:05.000000Z"))
		displays = append(displays, schema.Display(one.kind, one.shown))
	}
	pools := []filtertest.Pool{
		{Attribute: "id", Values: ids},
		{Attribute: "meta.created", Values: times},
		{Attribute: "meta.lastModified", Values: times},
		{Attribute: "meta.resourceType", Values: []string{"User", "Group", "Device"}},
		{Attribute: "schemas", Values: []string{rt.Schema, schema.GroupURN, schema.EnterpriseUserURN}},
	}
	for _, extension := range rt.SchemaExtensions {
		pools = append(pools, filtertest.Pool{Attribute: "schemas", Values: []string{extension.Schema}})
	}
	switch rt {
	case userType:
		pools = append(pools,
			filtertest.Pool{Attribute: "groups.value", Values: ids},
			filtertest.Pool{Attribute: "groups", Values: ids},
			filtertest.Pool{Attribute: "groups.display", Values: displays},
			filtertest.Pool{Attribute: "groups.type", Values: []string{"direct", "indirect"}})
	case groupType:
		pools = append(pools,
			filtertest.Pool{Attribute: "members.value", Values: ids},
			filtertest.Pool{Attribute: "members", Values: ids},
			filtertest.Pool{Attribute: "members.display", Values: displays},
			filtertest.Pool{Attribute: "members.type", Values: []string{"User", "Group"}})
	}
	return pools
}

// lookup is a comparison that an index answers, with a value that some resource
// has, in the spelling of a client that does not care for case.
func (d *directory) lookup(r *rapid.T, rt *schema.ResourceType) string {
	lookups := []string{`id eq "` + mustID() + `"`}
	for _, one := range d.created {
		lookups = append(lookups, `id eq "`+one.record.ID+`"`)
		if rt == groupType {
			lookups = append(lookups, `members eq "`+one.record.ID+`"`, `members[value eq "`+one.record.ID+`"]`)
		} else {
			lookups = append(lookups, `groups.value eq "`+one.record.ID+`"`)
		}
		if one.kind != rt {
			continue
		}
		for _, ref := range indexedRefs(rt) {
			for _, v := range schema.Values(one.shown, ref) {
				text, _ := v.(string)
				if rapid.Bool().Draw(r, "upper") {
					text = strings.ToUpper(text)
				}
				lookups = append(lookups, ref.String()+" eq "+jsonText(text))
			}
		}
	}
	return rapid.SampledFrom(lookups).Draw(r, "lookup")
}

func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// compare asks the store and the oracle for all that match, and the store for a
// page of it and for the number alone.
func (d *directory) compare(r *rapid.T, rt *schema.ResourceType, text string) {
	e := bind(r, rt, text)
	want := []string{}
	for _, one := range d.created {
		if one.kind == rt && filter.Match(e, one.shown) {
			want = append(want, one.record.ID)
		}
	}
	start, count := rapid.IntRange(1, 8).Draw(r, "start"), rapid.IntRange(0, 4).Draw(r, "count")
	for _, q := range []scim.ListQuery{{Start: 1, Count: 100}, {Start: start, Count: count}} {
		q.Filter = e
		page, err := d.store.List(d.ctx, d.dir, rt, q)
		if err != nil {
			r.Fatalf("%s: %v", text, err)
		}
		if page.Total != len(want) {
			r.Errorf("%s: total is %d, want %d", text, page.Total, len(want))
		}
		if diff := cmp.Diff(cut(want, q), recordIDs(page)); diff != "" {
			r.Errorf("%s from %d, %d at most (-want +got):\n%s%s", text, q.Start, q.Count, diff, d.dump(rt))
		}
	}
}

// dump shows a directory to whoever reads the failure.
func (d *directory) dump(rt *schema.ResourceType) (text string) {
	for _, one := range d.created {
		if one.kind == rt {
			text += fmt.Sprintln(one.record.ID, one.shown)
		}
	}
	return text
}

func bind(tb rapid.TB, rt *schema.ResourceType, text string) filter.Expr {
	parsed, err := filter.Parse(text)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	e, err := parsed.Bind(rt, filter.BindOptions{})
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return e
}

// cut is the page of a list that a query asks for.
func cut(all []string, q scim.ListQuery) []string {
	from := min(q.Start-1, len(all))
	return all[from:min(from+q.Count, len(all))]
}

func recordIDs(page scim.Page) []string {
	ids := []string{}
	for _, rec := range page.Records {
		ids = append(ids, rec.ID)
	}
	return ids
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}

// deviceType has one attribute of every form that User and Group lack.
func deviceType(tb testing.TB) *schema.ResourceType {
	tb.Helper()
	attribute := func(name string, kind schema.DataType, multi bool, subs ...*schema.Attribute) *schema.Attribute {
		return &schema.Attribute{
			Name: name, Type: kind, MultiValued: multi, SubAttributes: subs,
			Mutability: schema.ReadWrite, Returned: schema.ReturnedDefault, Uniqueness: schema.UniqueNone,
		}
	}
	const urn = "urn:example:params:scim:schemas:core:2.0:Device"
	extension := urn + ":Warranty"
	schemas := []*schema.Schema{
		{ID: urn, Name: "Device", Attributes: []*schema.Attribute{
			attribute("weight", schema.Decimal, false),
			attribute("ports", schema.Integer, true),
			attribute("labels", schema.String, true),
			attribute("serviced", schema.DateTime, true),
			attribute("parts", schema.Complex, true,
				attribute("value", schema.String, false),
				attribute("codes", schema.String, true),
				attribute("size", schema.Integer, false)),
			attribute("owner", schema.Complex, false,
				attribute("value", schema.String, false),
				attribute("notes", schema.String, true)),
		}},
		{ID: extension, Name: "Warranty", Attributes: []*schema.Attribute{
			attribute("until", schema.DateTime, false),
			attribute("claims", schema.Complex, true, attribute("value", schema.Decimal, false)),
		}},
	}
	registry, err := schema.NewRegistry([]*schema.ResourceType{{
		ID: "Device", Name: "Device", Endpoint: "/Devices", Schema: urn,
		SchemaExtensions: []schema.ExtensionRef{{Schema: extension, Required: true}},
	}}, schemas)
	if err != nil {
		tb.Fatal(err)
	}
	return registry.ByName("Device")
}
