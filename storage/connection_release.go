package storage

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// people makes of the next people what was chosen when their connection was
// deleted.
func (s *purge) people(ctx context.Context) error {
	some, err := s.next(ctx, "User", peoplePerStep)
	if err != nil {
		return err
	}
	if s.connection.People == tenants.RemovePeople {
		for _, rec := range some {
			if err := s.remove(ctx, "User", rec); err != nil {
				return err
			}
		}
		return nil
	}
	taken, err := s.takenNames(ctx, some)
	if err != nil {
		return err
	}
	for _, rec := range some {
		if err := s.release(ctx, rec, taken); err != nil {
			return err
		}
	}
	return nil
}

// takenNames are the unique values of people that somebody whom the vendor has
// registered has already.
func (s *purge) takenNames(ctx context.Context, some []*scim.Record) (map[valueKey]bool, error) {
	var asked []valueRow
	t := s.types.ByName("User")
	for _, rec := range some {
		doc, err := decodeDocument(rec.Document)
		if err != nil {
			return nil, err
		}
		for _, row := range valueRows(t, doc, nil) {
			if row.unique {
				asked = append(asked, row)
			}
		}
	}
	taken := map[valueKey]bool{}
	err := s.each(ctx, func(row scanner) error {
		var key valueKey
		err := row.Scan(&key.attribute, &key.value)
		taken[key] = true
		return err
	}, `
		select v.attribute, v.value
		from `+s.jsonRows("$4", "k", "attribute text", "value text")+` cross join resource_values v
		where v.tenant_id = $1 and v.connection_id = $2 and v.resource_type = $3 and v.is_unique
			and v.attribute = k.attribute and v.value = k.value`,
		s.dir.TenantID, manualDirectory, t.Name, jsonParam(asked))
	return taken, err
}

// release makes somebody one of the people whom the vendor manages: the id stays.
// If one of those has the same userName, both keep it: a person must not be lost
// over a name. The next change of either name must be to one that is free.
func (s *purge) release(ctx context.Context, rec *scim.Record, taken map[valueKey]bool) error {
	t := s.types.ByName("User")
	w := newWrite(s.tx, scim.Directory{TenantID: s.dir.TenantID, ConnectionID: manualDirectory}, t, rec.ID, s.origin)
	w.record.dir.ConnectionID = s.dir.ConnectionID // which it is that lets go
	stored, err := decodeDocument(rec.Document)
	if err != nil {
		return err
	}
	before := defined(t, stored)
	after := maps.Clone(before)
	if s.connection.People == tenants.DeactivatePeople {
		after[activeAttribute] = false
	}
	encoded, err := schema.Encode(t, after)
	if err != nil {
		return err
	}
	w.moveRow(s.dir, stored, scim.Draft{Document: after, Encoded: encoded})
	rows := valueRows(t, after, nil)
	for i := range rows {
		rows[i].unique = rows[i].unique && !taken[rows[i].key()]
	}
	w.insertValues(rows)

	doc, changes := w.compare(before, after)
	doc = maps.Clone(doc)
	doc[managedAttribute], changes[managedAttribute] = false, events.Change{From: true, To: false}
	w.record.changed(actionUpdated, changes, events.Updated(w.subject(), doc, changes)...)
	return w.finish(ctx)
}

const activeAttribute = "active"

// dropUndefined takes out of a record what its type does not define.
func dropUndefined(t *schema.ResourceType, rec *scim.Record) error {
	doc, err := decodeDocument(rec.Document)
	if err != nil {
		return err
	}
	if kept := defined(t, doc); len(kept) != len(doc) {
		rec.Document, err = schema.Encode(t, kept)
	}
	return err
}

// defined is a document without the extensions that the tenant does not define
// any more: for them there is no telling what may be shown. Definitions may go
// while a deleted connection still has data of them.
func defined(t *schema.ResourceType, doc map[string]any) map[string]any {
	kept := maps.Clone(doc)
	maps.DeleteFunc(kept, func(name string, _ any) bool {
		return strings.Contains(name, ":") && !slices.ContainsFunc(t.Extensions(), func(e *schema.Schema) bool { return e.ID == name })
	})
	return kept
}
