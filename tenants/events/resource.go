package events

import (
	"maps"
	"strings"
)

const active = "active"

// Created is the event of a new resource. Its data is the document with the id.
func Created(s Subject, doc map[string]any) Draft {
	return Draft{Type: s.event("created"), Subject: s, Data: s.document(doc)}
}

// Updated returns the events of a changed document, at least one: deactivated or
// reactivated where active was switched, updated where anything else changed.
// Each change is the previous of exactly one event; the data of all is the
// document as it is now.
func Updated(s Subject, after map[string]any, changes Changes) []Draft {
	var drafts []Draft
	data := s.document(after)
	switched := s.switched(changes)
	others := changes
	if switched != "" {
		drafts = append(drafts, Draft{
			Type: switched, Subject: s, Data: data,
			Previous: map[string]any{active: changes[active].From},
		})
		others = maps.Clone(changes)
		delete(others, active)
	}
	if len(others) > 0 || switched == "" {
		drafts = append(drafts, Draft{
			Type: s.event("updated"), Subject: s, Data: data, Previous: others.previous(),
		})
	}
	return drafts
}

// Deleted is the event of a removed resource. Its data is the document as it
// was last: nobody can ask for it any more.
func Deleted(s Subject, doc map[string]any) Draft {
	return Draft{Type: s.event("deleted"), Subject: s, Data: s.document(doc)}
}

// switched returns the event of active having been switched off or on again,
// "" if it was not. Without a value somebody counts as active.
func (s Subject) switched(changes Changes) Type {
	change := changes[active]
	switch {
	case change.To == false:
		return s.event("deactivated")
	case change.From == false:
		return s.event("reactivated")
	}
	return ""
}

func (s Subject) event(what string) Type {
	return Type(strings.ToLower(s.ResourceType) + "." + what)
}

func (s Subject) document(doc map[string]any) map[string]any {
	data := make(map[string]any, len(doc)+1)
	maps.Copy(data, doc)
	data["id"] = s.ID
	return data
}
