package storage

import (
	"slices"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

// effectIDs is how many members an effect names on each side.
const effectIDs = 20

// does notes what the write comes to, for the request log. changes are those of
// the document; net may be nil.
func (w *write) does(action scim.EffectAction, doc map[string]any, changes events.Changes, net *memberChange) {
	if w.record.origin.Effects == nil {
		return
	}
	e := &scim.Effect{Action: action, ResourceType: w.typ.Name, ID: w.id, Name: nameOf(w.typ, doc)}
	for name := range changes {
		e.Attributes = append(e.Attributes, name)
	}
	slices.Sort(e.Attributes)
	if change, ok := changes["active"]; ok && action == scim.EffectUpdated {
		switch {
		case change.To == false:
			e.Action = scim.EffectDeactivated
		case change.From == false:
			e.Action = scim.EffectReactivated
		}
	}
	if net != nil {
		e.Added, e.Removed, e.Pending = len(net.in), len(net.out), len(net.waiting)
		e.AddedIDs, e.RemovedIDs = someIDs(net.added()), someIDs(net.removed())
	}
	if action != scim.EffectDeleted {
		e.Person = scim.PersonOf(w.typ, doc)
	}
	w.did = e
}

// nameOf is what people look for a resource by: a user's name, else what is shown.
func nameOf(t *schema.ResourceType, doc map[string]any) string {
	if name, ok := doc["userName"].(string); ok && t.Schema == schema.UserURN {
		return name
	}
	return schema.Display(t, doc)
}

func someIDs(members []events.Member) []string {
	ids := make([]string, min(len(members), effectIDs))
	for i := range ids {
		ids[i] = members[i].ID
	}
	return ids
}
