package patch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

const device = `{"serial":"S1","label":"L","urn:example:Asset":{"number":"7"}}`

func TestMutability(t *testing.T) {
	t.Parallel()
	const (
		owned   = `{"serial":"S1","label":"L","owner":{"value":"u1","since":"2026-01-01T00:00:00Z","note":"n"},"urn:example:Asset":{"number":"7"}}`
		vendor  = `{"serial":"S1","label":"L","vendor":{"name":"Acme"},"urn:example:Asset":{"number":"7"}}`
		stocked = `{"serial":"S1","label":"L","urn:example:Asset":{"number":"7"},"urn:example:Stock":{"shelf":"A1","origin":"NL"}}`
		ported  = `{"serial":"S1","label":"L","ports":[{"value":"p1","mac":"00:01"},{"value":"p2"}],"urn:example:Asset":{"number":"7"}}`
		locked  = `{"serial":"S1","label":"L","locks":[{"value":"k1"}],"urn:example:Asset":{"number":"7"}}`
	)
	runCases(t, []patchCase{
		{name: "immutable elements, the same again", on: deviceType, doc: locked, ops: `[{"op":"add","path":"locks","value":{"value":"k1"}}]`},
		{name: "immutable elements, one more", on: deviceType, doc: locked, ops: `[{"op":"add","path":"locks","value":{"value":"k2"}}]`, refused: schema.Mutable},
		{name: "immutable elements, more about one", on: deviceType, doc: locked, ops: `[{"op":"add","path":"locks","value":{"value":"k1","display":"One"}}]`, refused: schema.Mutable},
		{name: "immutable elements, one changed", on: deviceType, doc: locked, ops: `[{"op":"replace","path":"locks[value eq \"k1\"].display","value":"One"}]`, refused: schema.Mutable},
		{name: "immutable elements, one removed", on: deviceType, doc: locked, ops: `[{"op":"remove","path":"locks[value eq \"k1\"]"}]`, refused: schema.Mutable},
		{name: "readOnly by path", on: deviceType, doc: device, ops: `[{"op":"replace","path":"health","value":"ok"}]`, refused: schema.Mutable, says: `"health" is readOnly`},
		{name: "readOnly as a key", on: deviceType, doc: device, ops: `[{"op":"replace","value":{"health":"ok"}}]`},
		{name: "readOnly sub-attribute by path", ops: `[{"op":"replace","path":"manager.displayName","value":"B"}]`, refused: schema.Mutable},
		{name: "readOnly sub-attribute as a key", ops: `[{"op":"replace","value":{"manager.displayName":"B"}}]`},
		{name: "meta by path", ops: `[{"op":"add","path":"meta.version","value":"1"}]`, refused: schema.Mutable},
		{name: "the own id by path", ops: `[{"op":"replace","path":"id","value":"` + resourceID + `"}]`},
		{name: "another id by path", ops: `[{"op":"replace","path":"id","value":"x"}]`, refused: schema.Mutable},
		{name: "an id that is no string", ops: `[{"op":"replace","value":{"id":{"a":"b"}}}]`, refused: schema.Mutable},
		{name: "removing the id", ops: `[{"op":"remove","path":"id"}]`, refused: schema.Mutable},
		{name: "adding to schemas", ops: `[{"op":"add","path":"schemas","value":["` + enterprise + `"]}]`},
		{name: "removing from schemas", ops: `[{"op":"remove","path":"schemas","value":["` + enterprise + `"]}]`, refused: schema.Mutable},
		{name: "immutable, the same", on: deviceType, doc: device, ops: `[{"op":"replace","path":"serial","value":"S1"}]`},
		{name: "immutable, another", on: deviceType, doc: device, ops: `[{"op":"replace","value":{"serial":"S2"}}]`, refused: schema.Mutable, says: "serial is immutable"},
		{name: "immutable, removed", on: deviceType, doc: device, ops: `[{"op":"remove","path":"serial"}]`, refused: schema.Mutable},
		{
			name: "immutable, not yet set", on: deviceType, doc: device,
			ops: `[{"op":"add","path":"vendor","value":{"name":"Acme"}}]`, want: vendor,
		},
		{name: "immutable, more of it", on: deviceType, doc: vendor, ops: `[{"op":"add","path":"vendor.site","value":"X"}]`, refused: schema.Mutable, says: "vendor"},
		{name: "immutable, nothing to remove", on: deviceType, doc: device, ops: `[{"op":"remove","path":"vendor"}]`},
		{name: "immutable sub-attribute, the same", on: deviceType, doc: owned, ops: `[{"op":"add","path":"owner","value":{"since":"2026-01-01T00:00:00Z"}}]`},
		{
			name: "immutable sub-attribute, another", on: deviceType, doc: owned, ops: `[{"op":"add","path":"owner","value":{"since":"2027-01-01T00:00:00Z"}}]`,
			refused: schema.Mutable, says: "owner.since",
		},
		{name: "immutable sub-attribute, removed", on: deviceType, doc: owned, ops: `[{"op":"remove","path":"owner.since"}]`, refused: schema.Mutable},
		{name: "immutable sub-attribute of an element", on: deviceType, doc: ported, ops: `[{"op":"replace","path":"ports[value eq \"p1\"].mac","value":"00:02"}]`, refused: schema.Mutable},
		{name: "immutable sub-attribute of an element added again", on: deviceType, doc: ported, ops: `[{"op":"add","path":"ports","value":{"value":"p1","mac":"00:02"}}]`, refused: schema.Mutable},
		{
			name: "immutable sub-attribute of an element, not yet set", on: deviceType, doc: ported,
			ops:  `[{"op":"replace","path":"ports[value eq \"p2\"].mac","value":"00:02"}]`,
			want: `{"serial":"S1","label":"L","ports":[{"value":"p1","mac":"00:01"},{"value":"p2","mac":"00:02"}],"urn:example:Asset":{"number":"7"}}`,
		},
		{
			name: "an element with an immutable sub-attribute can go", on: deviceType, doc: ported, ops: `[{"op":"remove","path":"ports[value eq \"p1\"]"}]`,
			want: `{"serial":"S1","label":"L","ports":[{"value":"p2"}],"urn:example:Asset":{"number":"7"}}`,
		},
		{name: "an extension with an immutable attribute cannot", on: deviceType, doc: stocked, ops: `[{"op":"remove","path":"urn:example:Stock"}]`, refused: schema.Mutable, says: "urn:example:Stock:origin"},
		{name: "writeOnly sub-attribute is not kept", on: deviceType, doc: owned, ops: `[{"op":"add","path":"owner.pin","value":"1"},{"op":"add","path":"owner","value":{"pin":"1"}},{"op":"remove","path":"owner.pin"}]`},
	})
}

func TestRequired(t *testing.T) {
	t.Parallel()
	const (
		owned  = `{"serial":"S1","label":"L","owner":{"value":"u1","note":"n"},"urn:example:Asset":{"number":"7"}}`
		ported = `{"serial":"S1","label":"L","ports":[{"value":"p1","type":"lan","speed":10}],"urn:example:Asset":{"number":"7"}}`
	)
	runCases(t, []patchCase{
		{name: "removed", on: deviceType, doc: device, ops: `[{"op":"remove","path":"label"}]`, refused: schema.Mutable, says: "operation 1: label is required"},
		{name: "emptied", on: deviceType, doc: device, ops: `[{"op":"replace","path":"label","value":""}]`, refused: schema.InvalidValue, says: "label"},
		{
			name: "emptied and set again", on: deviceType, doc: device, ops: `[{"op":"replace","path":"label","value":null},{"op":"add","path":"label","value":"M"}]`,
			want: `{"serial":"S1","label":"M","urn:example:Asset":{"number":"7"}}`,
		},
		{name: "sub-attribute removed", on: deviceType, doc: owned, ops: `[{"op":"remove","path":"owner.value"}]`, refused: schema.Mutable, says: "owner.value"},
		{name: "sub-attribute emptied", on: deviceType, doc: owned, ops: `[{"op":"replace","path":"owner.value","value":""}]`, refused: schema.InvalidValue, says: "owner.value"},
		{name: "sub-attribute never given", on: deviceType, doc: device, ops: `[{"op":"add","path":"owner.note","value":"n"}]`, refused: schema.InvalidValue, says: "owner.value"},
		{name: "the whole attribute can go", on: deviceType, doc: owned, ops: `[{"op":"remove","path":"owner"}]`, want: device},
		{
			name: "sub-attribute of an element removed", on: deviceType, doc: ported, ops: `[{"op":"remove","path":"ports[type eq \"lan\"].value"}]`,
			refused: schema.Mutable, says: "ports.value",
		},
		{
			name: "an element built by several operations", on: deviceType, doc: device,
			ops:  `[{"op":"add","path":"ports[type eq \"lan\"].speed","value":10},{"op":"add","path":"ports[type eq \"lan\"].value","value":"p1"}]`,
			want: ported,
		},
		{name: "an element left incomplete", on: deviceType, doc: device, ops: `[{"op":"add","path":"ports[type eq \"lan\"].speed","value":10}]`, refused: schema.InvalidValue, says: "ports"},
		{name: "an incomplete element of a list", on: deviceType, doc: device, ops: `[{"op":"replace","path":"ports","value":[{"value":"p1"},{"speed":5}]}]`, refused: schema.InvalidValue, says: "ports"},
		{name: "an extension's attribute never given", on: deviceType, doc: device, ops: `[{"op":"add","path":"urn:example:Lease:months","value":12}]`, refused: schema.InvalidValue, says: "urn:example:Lease:contract"},
		{name: "a required extension removed", on: deviceType, doc: device, ops: `[{"op":"remove","path":"urn:example:Asset"}]`, refused: schema.Mutable, says: "urn:example:Asset is required"},
		{name: "a required extension emptied", on: deviceType, doc: device, ops: `[{"op":"replace","path":"urn:example:Asset:number","value":""}]`, refused: schema.InvalidValue, says: "urn:example:Asset"},
	})
}

// A document that lacks what its schema has come to require is no reason to
// refuse changes of something else.
func TestRequiredButNeverThere(t *testing.T) {
	t.Parallel()
	before := object(t, `{"serial":"S1"}`)
	got, err := send(t, deviceType, before, `[{"op":"add","path":"tags","value":["a"]}]`, patch.Options{})
	if err != nil || !got.Changed {
		t.Errorf("Changed %v, error %v", got.Changed, err)
	}
}

func TestExtensions(t *testing.T) {
	t.Parallel()
	const leased = `{"serial":"S1","label":"L","urn:example:Asset":{"number":"7"},"urn:example:Lease":{"contract":"C","months":12}}`
	runCases(t, []patchCase{
		{
			name: "comes with its first attribute", ops: `[{"op":"add","path":"` + enterprise + `:department","value":"R&D"}]`,
			want: `{"userName":"ada","` + enterprise + `":{"department":"R&D"}}`,
		},
		{
			name: "goes with its last attribute", doc: `{"userName":"ada","` + enterprise + `":{"department":"R&D"}}`,
			ops: `[{"op":"remove","path":"URN:ietf:params:scim:schemas:extension:enterprise:2.0:user:Department"}]`, want: `{"userName":"ada"}`,
		},
		{
			name: "keeps its other attributes", doc: `{"userName":"ada","` + enterprise + `":{"department":"R&D","division":"N"}}`,
			ops: `[{"op":"remove","path":"` + enterprise + `:department"}]`, want: `{"userName":"ada","` + enterprise + `":{"division":"N"}}`,
		},
		{
			name: "by its URN", on: deviceType, doc: device, ops: `[{"op":"add","path":"urn:example:Lease","value":{"contract":"C","Months":"12","health":"x"}}]`, want: leased,
		},
		{
			name: "removed by its URN, required attributes and all", on: deviceType, doc: leased, ops: `[{"op":"remove","path":"urn:example:Lease"}]`, want: device,
		},
		{name: "null for all of it", on: deviceType, doc: leased, ops: `[{"op":"replace","path":"urn:example:Lease","value":null}]`, want: device},
		{name: "null for all of it as a key", on: deviceType, doc: leased, ops: `[{"op":"replace","value":{"urn:example:lease":null}}]`, want: device},
		{name: "removed though it is not there", ops: `[{"op":"remove","path":"` + enterprise + `"}]`},
		{name: "nothing for it", ops: `[{"op":"add","path":"` + enterprise + `","value":{}}]`},
		{name: "not an object", ops: `[{"op":"add","path":"` + enterprise + `","value":"x"}]`, refused: schema.InvalidValue, says: enterprise},
		{name: "a wrong value inside", ops: `[{"op":"add","path":"` + enterprise + `","value":{"department":1}}]`, refused: schema.InvalidValue, says: "department"},
		{
			name: "a bare name that one extension has", on: deviceType, doc: device, ops: `[{"op":"add","path":"shelf","value":"A1"}]`,
			want: `{"serial":"S1","label":"L","urn:example:Asset":{"number":"7"},"urn:example:Stock":{"shelf":"A1"}}`,
		},
		{name: "a bare name that two extensions have", on: deviceType, doc: device, ops: `[{"op":"add","path":"shared","value":"A1"}]`, options: strict, refused: schema.InvalidPath},
	})
}

func TestUnknownAttributes(t *testing.T) {
	t.Parallel()
	var cases []patchCase
	for i, op := range []string{
		`{"op":"replace","path":"shoeSize","value":45}`,
		`{"op":"add","path":"name.nick","value":"A"}`,
		`{"op":"remove","path":"urn:example:none:attr"}`,
		`{"op":"add","path":"emails[type eq \"work\"].kind","value":"x"}`,
		`{"op":"replace","value":{"shoeSize":45}}`,
		`{"op":"replace","value":{"name.nick":"x"}}`,
		`{"op":"replace","value":{"not a name":"x"}}`,
		`{"op":"replace","value":{"":"x"}}`,
		`{"op":"replace","value":{"a.b.c":{"d":1}}}`,
		`{"op":"add","path":"` + enterprise + `","value":{"shoeSize":45}}`,
		`{"op":"replace","path":"name","value":{"nick":"x"}}`,
		`{"op":"replace","path":"emails[type eq \"work\"]","value":{"kind":"x"}}`,
	} {
		kind := schema.InvalidPath
		if strings.Contains(op, `"name","value"`) || strings.Contains(op, `"]"`) || strings.Contains(op, `\"]"`) {
			kind = schema.InvalidSyntax
		}
		cases = append(cases,
			patchCase{name: fmt.Sprintf("ignored %d", i), ops: `[` + op + `]`},
			patchCase{name: fmt.Sprintf("refused %d", i), ops: `[` + op + `]`, options: strict, refused: kind},
		)
	}
	runCases(t, append(cases,
		patchCase{name: "a broken filter in a key is refused all the same", ops: `[{"op":"replace","value":{"emails[type eq":"x"}}]`, refused: schema.InvalidFilter},
		patchCase{name: "one attribute in two spellings", ops: `[{"op":"replace","value":{"title":"A","Title":"B"}}]`, refused: schema.InvalidSyntax, says: "title is named twice"},
		patchCase{name: "one attribute under two names", ops: `[{"op":"replace","value":{"manager":"A","` + enterprise + `:manager":"B"}}]`, refused: schema.InvalidSyntax},
		patchCase{name: "a value that is no object", ops: `[{"op":"add","value":["title"]}]`, refused: schema.InvalidValue, says: "not an array"},
		patchCase{name: "no value", ops: `[{"op":"add","value":null}]`, refused: schema.InvalidValue, says: "not null"},
		patchCase{name: "nothing to change", ops: `[{"op":"replace","value":{}}]`},
	))
}

// Attributes with several simple values, and removal by value.
func TestLists(t *testing.T) {
	t.Parallel()
	listed := func(tags, keys, levels string) string {
		text := `{"serial":"S1","label":"L","urn:example:Asset":{"number":"7"}`
		for name, list := range map[string]string{"tags": tags, "keys": keys, "levels": levels} {
			if list != "" {
				text += `,"` + name + `":` + list
			}
		}
		return text + `}`
	}
	emails := func(list string) string { return `{"userName":"ada","emails":[` + list + `]}` }
	const (
		work  = `{"value":"a@x.example","type":"work"}`
		home  = `{"value":"a@x.example","type":"home"}`
		other = `{"value":"b@x.example","display":"B","primary":true}`
	)
	runCases(t, []patchCase{
		{
			name: "add", on: deviceType, doc: listed(`["a","b"]`, `["k"]`, ``),
			ops:  `[{"op":"add","path":"tags","value":["B","c","C"]},{"op":"add","path":"keys","value":"K"},{"op":"add","path":"levels","value":[1,"2",1]}]`,
			want: listed(`["a","b","c"]`, `["k","K"]`, `[1,2]`),
		},
		{name: "add what is there", on: deviceType, doc: listed(`["a"]`, `["k"]`, `[1]`), ops: `[{"op":"add","value":{"tags":"A","keys":["k"],"levels":1}}]`},
		{name: "add nothing", on: deviceType, doc: listed(`["a"]`, ``, ``), ops: `[{"op":"add","path":"tags","value":[]},{"op":"add","path":"tags","value":null},{"op":"add","path":"tags","value":""}]`},
		{
			name: "replace", on: deviceType, doc: listed(`["a","b"]`, ``, `[1]`), ops: `[{"op":"replace","path":"tags","value":["c"]},{"op":"replace","path":"levels","value":[]}]`,
			want: listed(`["c"]`, ``, ``),
		},
		{
			name: "remove the listed", on: deviceType, doc: listed(`["a","b"]`, `["k"]`, `[1,2]`),
			ops:  `[{"op":"remove","path":"tags","value":["A"]},{"op":"remove","path":"keys","value":"K"},{"op":"remove","path":"levels","value":[2]}]`,
			want: listed(`["b"]`, `["k"]`, `[1]`),
		},
		{name: "remove all", on: deviceType, doc: listed(`["a","b"]`, ``, ``), ops: `[{"op":"remove","path":"tags"}]`, want: device},
		{name: "remove one after the other", on: deviceType, doc: listed(`["a","b"]`, ``, ``), ops: `[{"op":"remove","path":"tags","value":"a"},{"op":"remove","path":"tags","value":"b"}]`, want: device},
		{name: "remove none", on: deviceType, doc: listed(`["a"]`, ``, ``), ops: `[{"op":"remove","path":"tags","value":[]}]`},
		{name: "remove an empty string", on: deviceType, doc: listed(`["a"]`, ``, ``), ops: `[{"op":"remove","path":"tags","value":""}]`, refused: schema.InvalidValue, says: "tags"},
		{name: "remove of the wrong type", on: deviceType, doc: listed(``, ``, `[1]`), ops: `[{"op":"remove","path":"levels","value":["x"]}]`, refused: schema.InvalidValue},
		{
			name: "several values of a sub-attribute", on: deviceType, doc: `{"serial":"S1","label":"L","owner":{"value":"u","nicks":["a"]},"urn:example:Asset":{"number":"7"}}`,
			ops:  `[{"op":"add","path":"owner.nicks","value":"b"},{"op":"add","path":"owner","value":{"nicks":["c"]}},{"op":"remove","path":"owner.nicks","value":["a"]}]`,
			want: `{"serial":"S1","label":"L","owner":{"value":"u","nicks":["b","c"]},"urn:example:Asset":{"number":"7"}}`,
		},
		{name: "elements: remove by value", doc: emails(work + `,` + home + `,` + other), ops: `[{"op":"remove","path":"emails","value":[{"value":"A@X.example"}]}]`, want: emails(other)},
		{name: "elements: remove by the bare value", doc: emails(work + `,` + other), ops: `[{"op":"remove","path":"emails","value":"b@x.example"}]`, want: emails(work)},
		{name: "elements: remove by value and type", doc: emails(work + `,` + home), ops: `[{"op":"remove","path":"emails","value":{"type":"HOME","value":"a@x.example"}}]`, want: emails(work)},
		{name: "elements: remove by value whatever else is said", doc: emails(work + `,` + other), ops: `[{"op":"remove","path":"emails","value":[{"value":"b@x.example","display":"?"}]}]`, want: emails(work)},
		{name: "elements: remove what is not there", doc: emails(work), ops: `[{"op":"remove","path":"emails","value":[{"value":"a@x.example","type":"home"},{"value":"z"},{"display":"Z"},{"primary":true}]}]`},
		{name: "elements: remove by all that is given", doc: emails(work + `,` + other), ops: `[{"op":"remove","path":"emails","value":[{"display":"b","primary":true}]}]`, want: emails(work)},
		{name: "elements: remove all", doc: emails(work + `,` + other), ops: `[{"op":"remove","path":"emails","value":null}]`, want: `{"userName":"ada"}`},
		{name: "elements: remove none", doc: emails(work), ops: `[{"op":"remove","path":"emails","value":[]}]`},
		{name: "elements: remove an empty string", doc: emails(work), ops: `[{"op":"remove","path":"emails","value":""}]`, refused: schema.InvalidValue},
		{name: "elements: remove of the wrong type", doc: emails(work), ops: `[{"op":"remove","path":"emails","value":[7]}]`, refused: schema.InvalidValue},
		{name: "elements: add nothing", doc: emails(work), ops: `[{"op":"add","path":"emails","value":[]},{"op":"add","path":"emails","value":null}]`},
		{
			name: "elements: the same value with more to say", doc: emails(work + `,` + home), ops: `[{"op":"add","path":"emails","value":[{"value":"A@x.example","type":"home","display":"Ada"}]}]`,
			want: emails(work + `,{"value":"A@x.example","type":"home","display":"Ada"}`),
		},
		{
			name: "elements without a value", doc: `{"userName":"ada","addresses":[{"locality":"Reno","primary":true}]}`,
			ops:  `[{"op":"add","path":"addresses","value":[{"locality":"Reno"},{"locality":"Reno","country":"US"}]}]`,
			want: `{"userName":"ada","addresses":[{"locality":"Reno","primary":true},{"locality":"Reno","country":"US"}]}`,
		},
		{name: "elements in another order are the same", doc: emails(work + `,` + other), ops: `[{"op":"replace","path":"emails","value":[` + work + `,` + other + `]}]`},
		{name: "elements: one value for a matching element", doc: emails(work), ops: `[{"op":"replace","path":"emails[type eq \"work\"]","value":[` + home + `,` + other + `]}]`, refused: schema.InvalidValue, says: "expected one value, got 2"},
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	element := func(i int) string { return fmt.Sprintf(`{"value":"a%d@x.example"}`, i) }
	list := func(n int, item func(int) string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = item(i)
		}
		return `[` + strings.Join(items, ",") + `]`
	}
	full := object(t, `{"userName":"ada","emails":`+list(1000, element)+`}`)

	_, err := send(t, userType, full, `[{"op":"add","path":"emails","value":[{"value":"one more"}]}]`, patch.Options{})
	checkRefusal(t, err, schema.InvalidValue, "emails")

	work := list(1000, func(i int) string {
		return fmt.Sprintf(`{"op":"replace","path":"emails[value eq \"a%d@x.example\"].display","value":"x"}`, i)
	})
	_, err = send(t, userType, full, work, patch.Options{})
	checkTooLarge(t, err)

	// Where attributes have few elements, as many operations are fine.
	few := object(t, `{"userName":"ada","emails":`+list(50, element)+`}`)
	work = strings.ReplaceAll(work, "a%", "a1")
	if _, err := send(t, userType, few, strings.ReplaceAll(work, "replace", "add"), patch.Options{}); err == nil {
		t.Error("value paths without a match succeeded")
	}
	same := list(1000, func(i int) string {
		return fmt.Sprintf(`{"op":"replace","path":"emails[value eq \"a%d@x.example\"].display","value":"x%d"}`, i%50, i)
	})
	got, err := send(t, userType, few, same, patch.Options{})
	if err != nil || !got.Changed {
		t.Errorf("1000 small operations: Changed %v, error %v", got.Changed, err)
	}

	junk := make(map[string]any)
	for i := range 250_000 {
		junk[fmt.Sprintf("not a name %d", i)] = i
	}
	_, err = patch.Apply(userType, few, resourceID, []patch.Op{{Kind: patch.Add, Value: junk}}, patch.Options{})
	checkTooLarge(t, err)
}

func checkTooLarge(t *testing.T, err error) {
	t.Helper()
	var refusal *schema.Error
	if !errors.As(err, &refusal) || refusal.Status != 413 {
		t.Errorf("error %v, want a refusal with status 413", err)
	}
}

// Operations that did not come through Parse are checked as well.
func TestApplyChecksOperations(t *testing.T) {
	t.Parallel()
	doc := object(t, `{"userName":"ada"}`)
	for _, tt := range []struct {
		op   patch.Op
		want schema.ErrorType
	}{
		{patch.Op{Kind: "move", Path: "title", Value: "x"}, schema.InvalidSyntax},
		{patch.Op{Kind: patch.Remove}, schema.NoTarget},
		{patch.Op{Kind: patch.Add, Path: "title", Value: 3}, schema.InvalidValue},
		{patch.Op{Kind: patch.Add, Value: 3}, schema.InvalidValue},
	} {
		_, err := patch.Apply(userType, doc, resourceID, []patch.Op{tt.op}, patch.Options{})
		checkRefusal(t, err, tt.want, "operation 1: ")
	}
	got, err := patch.Apply(userType, doc, resourceID, nil, patch.Options{})
	if err != nil || got.Changed || len(got.Document) != 1 {
		t.Errorf("no operations: %+v, %v", got, err)
	}
}
