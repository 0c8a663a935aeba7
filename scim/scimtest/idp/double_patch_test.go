package idp

import (
	"encoding/json"
	"slices"
	"strings"
)

// targetOf reads an attribute path as the providers write them.
func targetOf(path string) target {
	var t target
	path = strings.TrimPrefix(path, userSchema+":")
	path, t.extension = strings.CutPrefix(path, enterpriseSchema+":")
	if attribute, rest, ok := strings.Cut(path, "[type eq \""); ok {
		t.attribute = attribute
		t.kind, t.sub, _ = strings.Cut(rest, "\"].")
		return t
	}
	t.attribute, t.sub, _ = strings.Cut(path, ".")
	return t
}

// patch applies a PATCH request; its operations are among those that the
// providers send.
func (d *double) patch(id string, body document) {
	operations, _ := body["Operations"].([]any)
	for _, each := range operations {
		op, _ := each.(document)
		kind, path := strings.ToLower(text(op["op"])), text(op["path"])
		if path == "" {
			values, _ := op["value"].(document)
			for name, value := range values {
				d.assign(d.stored[id], name, value)
			}
			continue
		}
		if strings.HasPrefix(path, "members") {
			d.patchMembers(id, kind, path, op["value"])
			continue
		}
		d.assign(d.stored[id], path, op["value"])
	}
	if d.storing != nil {
		d.storing(d.stored[id])
	}
}

func (d *double) patchMembers(id, kind, path string, value any) {
	ids := memberIDs(document{"members": value})
	if _, member, ok := strings.Cut(path, `value eq "`); ok {
		ids = []string{strings.TrimSuffix(member, `"]`)}
	}
	switch kind {
	case "remove":
		d.teams[id] = slices.DeleteFunc(slices.Clone(d.teams[id]), func(each string) bool { return slices.Contains(ids, each) })
	case "replace":
		d.join(id, nil, true)
		fallthrough
	default:
		d.join(id, ids, false)
	}
}

func (d *double) assign(resource document, path string, value any) {
	switch {
	case path == "id":
	case path == "active":
		if s, ok := value.(string); ok {
			value = strings.EqualFold(s, "true")
		}
		resource["active"] = value
	case strings.HasSuffix(path, "manager"):
		if list, ok := value.([]any); ok {
			first, _ := list[0].(document)
			value = first["value"]
		}
		object(resource, enterpriseSchema)["manager"] = document{"value": value}
	case path == "roles":
		resource["roles"] = rolesOf(value)
	case strings.HasPrefix(path, `roles[primary eq "True"].`):
		list, _ := resource["roles"].([]any)
		if len(list) == 0 {
			list = []any{document{"primary": true}}
		}
		first, _ := list[0].(document)
		first[strings.TrimPrefix(path, `roles[primary eq "True"].`)] = value
		resource["roles"] = list
	default:
		assignValue(resource, path, value)
	}
}

// assignValue also takes whole values: an object is laid over what is there, or is
// the only entry of a list.
func assignValue(resource document, path string, value any) {
	switch v := value.(type) {
	case document:
		if path == "emails" {
			resource[path] = []any{v}
			return
		}
		for name, inner := range v {
			object(resource, path)[name] = inner
		}
	case string:
		targetOf(path).write(resource, v)
	default:
		resource[path] = v
	}
}

// rolesOf reads roles, also those whose value is JSON in a string.
func rolesOf(value any) any {
	list, _ := value.([]any)
	for _, each := range list {
		role, _ := each.(document)
		var inner struct{ Value, DisplayName string }
		if json.Unmarshal([]byte(text(role["value"])), &inner) == nil {
			role["value"], role["display"] = inner.Value, inner.DisplayName
		}
	}
	return list
}
