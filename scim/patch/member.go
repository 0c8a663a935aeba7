package patch

import (
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// MaxMembers is how many members one request may name.
const MaxMembers = 200_000

// ParseMembers reads the members that a client names, in a PATCH as in the body
// of a POST or PUT: an array of them, or one alone; each an object with `value`,
// or the bare id. A member without `value` is known by its `$ref`, if that ends
// in /Users/{id} or /Groups/{id}. An object {"members": […]} stands for its list.
// null and "" are no members. A member named twice counts once; what else a
// client says about it (`display`, another `$ref`) is the server's to know.
func ParseMembers(value any, o schema.Options) ([]Member, error) {
	set, err := readMembers(value, o)
	if err != nil {
		return nil, err
	}
	return set.members, nil
}

func readMembers(value any, o schema.Options) (*memberSet, error) {
	list, err := memberValues(value, o)
	if err != nil {
		return nil, err
	}
	if len(list) > MaxMembers {
		return nil, tooManyMembers()
	}
	set := newMemberSet(len(list))
	for _, item := range list {
		if item == nil {
			continue
		}
		m, err := parseMember(item, o)
		if err != nil {
			return nil, err
		}
		if err := set.add(m); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// memberValues returns the list that a value for the members stands for.
func memberValues(value any, o schema.Options) ([]any, error) {
	if object, ok := value.(map[string]any); ok && len(object) == 1 {
		list, wrapped, err := member(object, "members")
		if err != nil {
			return nil, err
		}
		if wrapped {
			value = list
		}
	}
	switch v := value.(type) {
	case nil:
		return nil, nil
	case []any:
		return v, nil
	case string:
		if v == "" && !o.KeepEmptyStrings {
			return nil, nil
		}
	}
	return []any{value}, nil
}

func parseMember(item any, o schema.Options) (Member, error) {
	switch v := item.(type) {
	case string:
		return identified(Member{ID: v})
	case map[string]any:
		return parseMemberObject(v, o)
	}
	return Member{}, schema.Errorf(schema.InvalidValue,
		"a member must be an object with the member's id as value, not %s", show(item))
}

func parseMemberObject(object map[string]any, o schema.Options) (Member, error) {
	var m Member
	var ref, kind string
	for name, v := range object {
		var target *string
		switch strings.ToLower(name) {
		case "value":
			target = &m.ID
		case "type":
			target = &kind
		case "$ref":
			target = &ref
		case "display":
			continue
		default:
			if o.RefuseUnknown {
				return Member{}, schema.Errorf(schema.InvalidSyntax, "a member has no attribute %s", quote(name))
			}
			continue
		}
		s, ok := v.(string)
		if !ok && v != nil {
			return Member{}, schema.Errorf(schema.InvalidValue, "a member's %s must be a string, not %s", quote(name), show(v))
		}
		switch {
		case s == "":
		case *target != "":
			return Member{}, schema.Errorf(schema.InvalidSyntax, "a member's %s is given twice", strings.ToLower(name))
		default:
			*target = s
		}
	}
	var err error
	if m.Type, err = memberType(kind, o); err != nil {
		return Member{}, err
	}
	if m.ID == "" {
		m.ID, kind = fromReference(ref)
		if m.Type == "" {
			m.Type = kind
		}
	}
	return identified(m)
}

// memberType reads `type`. Clients put other labels there ("direct"), which say
// nothing about the kind of resource.
func memberType(s string, o schema.Options) (string, error) {
	for _, known := range []string{"User", "Group"} {
		if strings.EqualFold(s, known) {
			return known, nil
		}
	}
	if s != "" && o.StrictTypes {
		return "", schema.Errorf(schema.InvalidValue, "a member's type must be User or Group, not %s", quote(s))
	}
	return "", nil
}

// fromReference reads the id and type at the end of a reference:
// "https://example.com/v2/Users/2819c223". Both are "" if it ends otherwise.
func fromReference(ref string) (id, kind string) {
	endpoint, id, ok := cutLast(ref, "/")
	if !ok {
		return "", ""
	}
	if _, last, ok := cutLast(endpoint, "/"); ok {
		endpoint = last
	}
	switch {
	case strings.EqualFold(endpoint, "Users"):
		return id, "User"
	case strings.EqualFold(endpoint, "Groups"):
		return id, "Group"
	}
	return "", ""
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+len(sep):], true
}

func identified(m Member) (Member, error) {
	if m.ID == "" {
		return Member{}, schema.Errorf(schema.InvalidValue, "a member needs its id as value")
	}
	return m, nil
}

// memberSet is a list of members without duplicates.
type memberSet struct {
	members []Member
	at      map[string]int // id → index in members
}

func newMemberSet(size int) *memberSet {
	return &memberSet{members: make([]Member, 0, size), at: make(map[string]int, size)}
}

// add puts m in unless its id is there. A type that only one of the two
// mentions holds for both.
func (s *memberSet) add(m Member) error {
	i, ok := s.at[m.ID]
	if !ok {
		s.at[m.ID] = len(s.members)
		s.members = append(s.members, m)
		return nil
	}
	known := &s.members[i]
	switch {
	case known.Type == "":
		known.Type = m.Type
	case m.Type != "" && m.Type != known.Type:
		return schema.Errorf(schema.InvalidValue, "the member %s is named both as a User and as a Group", quote(m.ID))
	}
	return nil
}

func tooManyMembers() error { return tooLarge("a request may name at most %d members", MaxMembers) }
