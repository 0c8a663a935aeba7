package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

func versionOf(doc map[string]any) any { return doc["meta"].(map[string]any)["version"] }

// successor is a document that may replace another one.
func successor(kind *schema.ResourceType, n int) map[string]any {
	doc := document(kind, n)
	for _, l := range leaves(kind) {
		if l.def().Mutability == schema.Immutable {
			l.unset(doc)
		}
	}
	return doc
}

// typePut: a PUT replaces everything, but for immutable attributes, which it may
// repeat or leave out.
func typePut(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	next := successor(b.kind, 3)
	for _, l := range leaves(b.kind) {
		if l.def().Mutability != schema.Immutable {
			continue
		}
		changed := document(b.kind, 2)
		l.set(changed, l.sample(3))
		if got := b.send(t, "PUT", at, literal(changed)); got.refusal(t, 400) != "mutability" {
			t.Errorf("PUT with another %s: %s", l, got.body)
		}
	}
	b.want(t, 200, "PUT", at, literal(next))
	whole := b.all(t, at)
	for _, l := range leaves(b.kind) {
		switch {
		case !l.kept() || l.hidden():
		case l.def().Mutability == schema.Immutable:
			l.holds(t, whole, l.sample(2))
		default:
			l.holds(t, whole, l.sample(3))
		}
	}
	again := b.want(t, 200, "PUT", at, literal(next))
	if versionOf(again) != versionOf(whole) {
		t.Error("the same PUT again made a new version")
	}
	b.want(t, 200, "PUT", at, literal(requiredOnly(b.kind, 3)))
	whole = b.all(t, at)
	for _, l := range leaves(b.kind) {
		if l.Sub == nil && l.def().Mutability == schema.ReadWrite && l.String() != "active" {
			want := l.get(requiredOnly(b.kind, 3))
			if l.hidden() {
				want = nil
			}
			l.holds(t, whole, want)
		}
	}
	for _, l := range leaves(b.kind) {
		if l.URN == "" && l.Sub == nil && l.def().Required {
			doc := document(b.kind, 3)
			l.unset(doc)
			b.send(t, "PUT", at, literal(doc)).refusal(t, 400)
		}
	}
}

// typePatch changes, repeats, removes and adds every attribute by its path.
func typePatch(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	bare, _ := b.create(t, requiredOnly(b.kind, 7))
	for _, l := range leaves(b.kind) {
		before := b.all(t, at)
		patch := func(op string, value any) reply { return b.send(t, "PATCH", at, operation(op, l.path(2), value)) }
		shown := func(v any) any {
			if l.hidden() {
				return nil
			}
			return v
		}
		if l.def().Mutability == schema.Immutable {
			for _, op := range []string{"replace", "add", "remove"} {
				if got := patch(op, map[string]any{"replace": l.sample(3), "add": l.sample(3)}[op]); got.refusal(t, 400) != "mutability" {
					t.Errorf("%s %s: %s", op, l, got.body)
				}
			}
			l.holds(t, b.all(t, at), l.sample(2))
			if !l.element() {
				b.want(t, 200, "PATCH", bare, operation("add", l.path(2), l.sample(4)))
				b.send(t, "PATCH", bare, operation("replace", l.path(2), l.sample(5))).refusal(t, 400)
				l.holds(t, b.all(t, bare), l.sample(4))
			}
			continue
		}
		if got := patch("replace", l.sample(3)); got.status >= 300 {
			t.Errorf("replace %s: %d %s", l, got.status, got.body)
			continue
		}
		replaced := b.all(t, at)
		if !l.kept() {
			l.holds(t, replaced, nil)
			if versionOf(replaced) != versionOf(before) {
				t.Errorf("%s, which is not kept, made a new version", l)
			}
			continue
		}
		l.holds(t, replaced, shown(l.sample(3)))
		patch("replace", l.sample(3))
		if now := b.all(t, at); versionOf(now) != versionOf(replaced) || versionOf(now) == versionOf(before) {
			t.Errorf("%s: versions %v, %v, %v", l, versionOf(before), versionOf(replaced), versionOf(now))
		}
		if got := patch("remove", nil); l.def().Required {
			if kind := got.refusal(t, 400); kind != "mutability" && kind != "invalidValue" {
				t.Errorf("remove %s: %s", l, got.body)
			}
			l.holds(t, b.all(t, at), shown(l.sample(3)))
			patch("replace", l.sample(2))
		} else {
			l.holds(t, b.all(t, at), nil)
			if got := patch("add", l.sample(2)); got.status >= 300 {
				t.Errorf("add %s: %d %s", l, got.status, got.body)
			}
		}
		l.holds(t, b.all(t, at), shown(l.sample(2)))
		if got := patch("replace", l.wrong()); got.refusal(t, 400) != "invalidValue" {
			t.Errorf("%s = %s: %s", l, literal(l.wrong()), got.body)
		}
	}
	for _, a := range b.kind.Attributes() {
		if a.Mutability == schema.ReadOnly && a.Name != "schemas" {
			if got := b.send(t, "PATCH", at, operation("replace", a.Name, "x")); got.refusal(t, 400) != "mutability" {
				t.Errorf("replace %s: %s", a.Name, got.body)
			}
		}
	}
}

// typePatchLists adds to lists and takes out of them, by value and by filter.
func typePatchLists(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	count := func(ref schema.Ref) int {
		list, _ := leaf{ref}.get(b.all(t, at)).([]any)
		return len(list)
	}
	lists := 0
	for i, l := range leaves(b.kind) {
		list := schema.Ref{URN: l.URN, Attr: l.Attr}
		if !l.Attr.MultiValued || i > 0 && leaves(b.kind)[i-1].Attr == l.Attr {
			continue
		}
		lists++
		more := leaf{list}.get(document(b.kind, 3))
		if l.URN != "" {
			more = document(b.kind, 3)[l.URN].(map[string]any)[l.Attr.Name]
		}
		patch := func(op, path string, value any, want int) map[string]any {
			t.Helper()
			if got := b.send(t, "PATCH", at, operation(op, path, value)); got.status >= 300 {
				t.Errorf("%s %s: %d %s", op, path, got.status, got.body)
			}
			if n := count(list); n != want {
				t.Errorf("%s %s leaves %d values, want %d", op, path, n, want)
			}
			return b.all(t, at)
		}
		added := patch("add", list.String(), more, 2)
		if again := patch("add", list.String(), more, 2); versionOf(again) != versionOf(added) {
			t.Errorf("adding to %s again made a new version", list)
		}
		patch("remove", list.String(), more, 1)
		patch("add", list.String(), more, 2)
		if l.Sub != nil {
			unmatched := fmt.Sprintf("%s[%s eq %s]", list, l.Sub.Name, literal(l.single(8)))
			if got := b.send(t, "PATCH", at, operation("remove", unmatched, nil)); got.refusal(t, 400) != "noTarget" {
				t.Errorf("remove %s: %s", unmatched, got.body)
			}
			patch("remove", fmt.Sprintf("%s[%s eq %s]", list, l.Sub.Name, literal(l.single(3))), nil, 1)
			fives := leaf{list}.get(document(b.kind, 5))
			patch("add", list.String(), fives, 2)
			patch("add", list.String(), more, 3)
			if primary := l.Attr.Sub("primary"); primary != nil {
				if found := b.find(t, fmt.Sprintf("%s[primary eq true and %s eq %s]", list, l.Sub.Name, literal(l.single(5))), at); found != "" {
					t.Errorf("%s has two primary elements", list)
				}
			}
		}
		patch("remove", list.String(), nil, 0)
		patch("replace", list.String(), more, 1)
	}
	if b.kind.Members() == nil && lists == 0 {
		t.Error("the type has no list")
	}
}

func typePatchExtensions(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	listed := func(urn string) bool {
		return slices.Contains(b.want(t, 200, "GET", at, "")["schemas"].([]any), any(urn))
	}
	for i, extension := range b.kind.Extensions() {
		urn := extension.ID
		had := b.all(t, at)[urn]
		if b.kind.SchemaExtensions[i].Required {
			for _, message := range []string{
				operation("remove", urn, nil), patchOp(fmt.Sprintf(`{"op":"replace","path":%q,"value":null}`, urn)),
				patchOp(fmt.Sprintf(`{"op":"replace","value":{%q:null}}`, urn)),
			} {
				b.send(t, "PATCH", at, message).refusal(t, 400)
			}
			if !same(b.all(t, at)[urn], had) || !listed(urn) {
				t.Errorf("a refused PATCH changed %s", urn)
			}
			continue
		}
		b.want(t, 200, "PATCH", at, operation("remove", urn, nil))
		if b.all(t, at)[urn] != nil || listed(urn) {
			t.Errorf("%s is still there", urn)
		}
		b.want(t, 200, "PATCH", at, operation("add", urn, document(b.kind, 2)[urn]))
		if !same(b.all(t, at)[urn], had) || !listed(urn) {
			t.Errorf("%s is not back: %s", urn, literal(b.all(t, at)))
		}
		b.want(t, 200, "PATCH", at, patchOp(fmt.Sprintf(`{"op":"replace","value":{%q:%s}}`, urn, literal(document(b.kind, 3)[urn]))))
		for _, l := range leaves(b.kind) {
			if l.URN == urn {
				l.holds(t, b.all(t, at), l.sample(3))
			}
		}
	}
}

func typeDelete(b *specimen) {
	t := b.t
	at, _ := b.create(t, document(b.kind, 2))
	other, _ := b.create(t, document(b.kind, 5))
	if got := b.send(t, "DELETE", at, "", "If-Match", `W/"9"`); got.status != 412 {
		t.Errorf("DELETE of another version: %d", got.status)
	}
	b.want(t, 204, "DELETE", at, "")
	for _, method := range []string{"GET", "DELETE"} {
		b.send(t, method, at, "").refusal(t, 404)
	}
	b.send(t, "PUT", at, literal(document(b.kind, 2))).refusal(t, 404)
	if found := b.find(t, "id pr", other); found != "A" {
		t.Errorf("%q is left", found)
	}
}

// typeJournal: each write has its events and its audit row, under the type's name
// and without what is never returned.
func typeJournal(b *specimen) {
	t := b.t
	at, answer := b.create(t, document(b.kind, 2))
	id := answer["id"].(string)
	if got := b.send(t, "PATCH", at, operation("replace", "displayName", "Another name")); got.status >= 300 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	b.want(t, 200, "PUT", at, literal(successor(b.kind, 3)))
	b.want(t, 204, "DELETE", at, "")
	db := b.server.site.rows(t)
	var told, audited []string
	text := ""
	read := func(into *[]string) func(scan func(...any) error) error {
		return func(scan func(...any) error) error {
			var kind, data, more string
			err := scan(&kind, &data, &more)
			*into = append(*into, kind)
			text += data + more
			return err
		}
	}
	where := fmt.Sprintf(` where tenant_id = '%s' and %%s = '%s' order by %%s`, b.tenant.UUID(), id)
	each(t, db, `select type, data, coalesce(cast(previous as text), '') from events`+fmt.Sprintf(where, "resource_id", "sequence"), read(&told))
	each(t, db, `select action, changes, actor from audit`+fmt.Sprintf(where, "target_id", "id"), read(&audited))
	name := strings.ToLower(b.kind.Name)
	want := []string{name + ".created", name + ".updated", name + ".updated", name + ".deleted"}
	if name == "user" { // whom the PUT activates
		want = []string{"user.created", "user.updated", "user.reactivated", "user.updated", "user.deleted"}
	}
	if !slices.Equal(told, want) {
		t.Errorf("events %v, want %v", told, want)
	}
	if len(audited) != 4 || audited[0] != name+".created" || audited[3] != name+".deleted" {
		t.Errorf("audit rows %v", audited)
	}
	for _, l := range leaves(b.kind) {
		for _, n := range []int{2, 3} {
			if secret, ok := l.single(n).(string); ok && l.hidden() && strings.Contains(text, secret) {
				t.Errorf("the journal tells %s", l)
			}
		}
	}
	if !strings.Contains(text, "Another name") {
		t.Error("the journal does not tell what changed")
	}
}
