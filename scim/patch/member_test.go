package patch_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	only := func(kind patch.EditKind, ids ...string) []patch.Edit {
		var members []patch.Member
		for _, id := range ids {
			members = append(members, patch.Member{ID: id})
		}
		return []patch.Edit{{Kind: kind, Members: members}}
	}
	matching := func(text string) []patch.Edit {
		p, err := filter.ParsePath(groupType, text)
		if err != nil {
			t.Fatal(err)
		}
		return []patch.Edit{{Kind: patch.RemoveMatching, Filter: p.Filter}}
	}
	cases := []patchCase{
		{
			name: "Entra: several additions in one request", ops: `[{"op":"Add","path":"members","value":[{"$ref":null,"value":"u1"}]},
				{"op":"Add","path":"members","value":[{"$ref":null,"value":"u2"}]},{"op":"Add","path":"members","value":[{"$ref":null,"value":"u1"}]}]`,
			edits: only(patch.AddMembers, "u1", "u2"),
		},
		{
			name: "Entra: removal by value, legacy", ops: `[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"u1"}]},{"op":"Remove","path":"members","value":[{"value":"u2"}]}]`,
			edits: only(patch.RemoveMembers, "u1", "u2"),
		},
		{name: "Entra: removal by path", ops: `[{"op":"Remove","path":"members[value eq \"U1\"]"}]`, edits: only(patch.RemoveMembers, "U1")},
		{
			name: "removal of several by path", ops: `[{"op":"remove","path":"members[value eq \"u1\" or value eq \"u2\" or value eq \"u1\"]"}]`,
			edits: only(patch.RemoveMembers, "u1", "u2"),
		},
		{name: "removal by an empty id", ops: `[{"op":"remove","path":"members[value eq \"\"]"}]`, refused: schema.InvalidValue},
		{name: "removal by type", ops: `[{"op":"remove","path":"members[type eq \"Group\"]"}]`, edits: matching(`members[type eq "Group"]`)},
		{
			name: "removal by display and value", ops: `[{"op":"remove","path":"members[value eq \"u1\" and display sw \"A\"]"}]`,
			edits: matching(`members[value eq "u1" and display sw "A"]`),
		},
		{name: "removal by an empty value for what matches", ops: `[{"op":"replace","path":"members[value eq \"u1\"]","value":""}]`, edits: only(patch.RemoveMembers, "u1")},
		{name: "an object", ops: `[{"op":"add","path":"members","value":{"value":"u1"}}]`, edits: only(patch.AddMembers, "u1")},
		{name: "a bare id", ops: `[{"op":"remove","path":"members","value":"u1"}]`, edits: only(patch.RemoveMembers, "u1")},
		{name: "bare ids", ops: `[{"op":"replace","path":"members","value":["u1","u2"]}]`, edits: only(patch.ReplaceMembers, "u1", "u2")},
		{name: "without a path", ops: `[{"op":"replace","value":{"Members":[{"value":"u1"}]}}]`, edits: only(patch.ReplaceMembers, "u1")},
		{name: "with the schema's URN", ops: `[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:Group:members","value":["u1"]}]`, edits: only(patch.AddMembers, "u1")},
		{name: "replaced by none", ops: `[{"op":"replace","path":"members","value":[]}]`, edits: only(patch.ReplaceMembers)},
		{name: "replaced by null", ops: `[{"op":"replace","value":{"members":null}}]`, edits: only(patch.ReplaceMembers)},
		{name: "removed by null", ops: `[{"op":"remove","path":"members","value":null}]`, edits: only(patch.ReplaceMembers)},
		{name: "none added", ops: `[{"op":"add","path":"members","value":[]},{"op":"add","path":"members","value":null},{"op":"add","path":"members","value":""}]`},
		{name: "none removed", ops: `[{"op":"remove","path":"members","value":[]}]`},
		{name: "removal of an empty string", ops: `[{"op":"remove","path":"members","value":""}]`, refused: schema.InvalidValue},
		{name: "an empty string that is kept", ops: `[{"op":"replace","path":"members","value":""}]`, options: keepEmpty, refused: schema.InvalidValue},
		{
			name: "in order", ops: `[{"op":"add","path":"members","value":["u1"]},{"op":"remove","path":"members","value":["u2"]},{"op":"add","path":"members","value":["u2"]},
				{"op":"replace","path":"members","value":["u3"]},{"op":"add","path":"members","value":["u4"]},{"op":"remove","path":"members[type eq \"User\"]"},{"op":"remove","path":"members","value":["u5"]}]`,
			edits: []patch.Edit{
				{Kind: patch.AddMembers, Members: []patch.Member{{ID: "u1"}}},
				{Kind: patch.RemoveMembers, Members: []patch.Member{{ID: "u2"}}},
				{Kind: patch.AddMembers, Members: []patch.Member{{ID: "u2"}}},
				{Kind: patch.ReplaceMembers, Members: []patch.Member{{ID: "u3"}, {ID: "u4"}}},
				matching(`members[type eq "User"]`)[0],
				{Kind: patch.RemoveMembers, Members: []patch.Member{{ID: "u5"}}},
			},
		},
		{
			name: "with a change of the group", ops: `[{"op":"replace","value":{"displayName":"New","members":["u1"]}}]`,
			want: `{"displayName":"New"}`, edits: only(patch.ReplaceMembers, "u1"),
		},
		{name: "saying again who is meant", ops: `[{"op":"replace","path":"members[value eq \"u1\"].value","value":"u1"},{"op":"add","path":"members[value eq \"u1\"]","value":{"value":"u1","display":"One"}}]`},
		{name: "changing who is meant", ops: `[{"op":"replace","path":"members[value eq \"u1\"].value","value":"u2"}]`, refused: schema.Mutable, says: "added or removed"},
		{name: "changing a whole member", ops: `[{"op":"replace","path":"members[value eq \"u1\"]","value":{"value":"u2"}}]`, refused: schema.Mutable},
		{name: "changing members by type", ops: `[{"op":"replace","path":"members[type eq \"User\"]","value":{"value":"u2"}}]`, refused: schema.Mutable},
		{name: "changing a type", ops: `[{"op":"add","path":"members[value eq \"u1\"].type","value":"Group"}]`, refused: schema.Mutable},
		{name: "changing a display", ops: `[{"op":"add","path":"members[value eq \"u1\"].display","value":"One"}]`, refused: schema.Mutable},
		{name: "changing all types", ops: `[{"op":"add","path":"members.type","value":"Group"}]`, refused: schema.Mutable},
		{name: "removing a sub-attribute", ops: `[{"op":"remove","path":"members[value eq \"u1\"].value"}]`, refused: schema.Mutable},
		{name: "an unknown sub-attribute", ops: `[{"op":"replace","path":"members[value eq \"u1\"].displayName","value":"One"}]`},
		{name: "no id", ops: `[{"op":"add","path":"members","value":[{"display":"One"}]}]`, refused: schema.InvalidValue, says: "operation 1: a member needs its id"},
		{
			name: "both a user and a group", ops: `[{"op":"add","path":"members","value":{"value":"u1","type":"User"}},{"op":"add","path":"members","value":{"value":"u1","type":"Group"}}]`,
			refused: schema.InvalidValue, says: `operation 2: the member "u1"`,
		},
	}
	for i := range cases {
		cases[i].on, cases[i].doc = groupType, `{"displayName":"Old"}`
	}
	runCases(t, cases)
}

// A User's groups are no members: only a Group has a set that storage owns.
func TestMembersOfATypeWithoutMembers(t *testing.T) {
	t.Parallel()
	patchCase{ops: `[{"op":"add","path":"members","value":["u1"]}]`}.run(t)
}

func TestParseMembers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value string
		options     schema.Options
		want        []patch.Member
		refused     schema.ErrorType
	}{
		{name: "null", value: `null`},
		{name: "none", value: `[]`},
		{name: "empty string", value: `""`},
		{name: "nulls among them", value: `[null,"u1",null]`, want: []patch.Member{{ID: "u1"}}},
		{name: "types in any case", value: `[{"value":"u1","type":"user"},{"Value":"g1","TYPE":"GROUP"}]`, want: []patch.Member{{"u1", "User"}, {"g1", "Group"}}},
		{name: "a label for a type", value: `{"value":"u1","type":"direct"}`, want: []patch.Member{{ID: "u1"}}},
		{name: "a label for a type, strict", value: `{"value":"u1","type":"direct"}`, options: strict.Options, refused: schema.InvalidValue},
		{name: "twice", value: `["u1",{"value":"u1","type":"User"},"u2",{"value":"u1"}]`, want: []patch.Member{{"u1", "User"}, {ID: "u2"}}},
		{name: "ids in another case are others", value: `["U1","u1"]`, want: []patch.Member{{ID: "U1"}, {ID: "u1"}}},
		{name: "two types", value: `[{"value":"u1","type":"User"},{"value":"u1","type":"Group"}]`, refused: schema.InvalidValue},
		{name: "in an object", value: `{"MEMBERS":["u1"]}`, want: []patch.Member{{ID: "u1"}}},
		{name: "in an object in an object", value: `{"members":{"members":["u1"]}}`, refused: schema.InvalidValue},
		{name: "in an object, null", value: `{"members":null}`},
		{name: "reference to a user", value: `{"$ref":"https://example.com/scim/v2/c1/Users/u1"}`, want: []patch.Member{{"u1", "User"}}},
		{name: "reference to a group, relative", value: `{"value":null,"$REF":"../Groups/g1"}`, want: []patch.Member{{"g1", "Group"}}},
		{name: "shortest reference", value: `{"value":"","$ref":"users/u1"}`, want: []patch.Member{{"u1", "User"}}},
		{name: "reference beside an id", value: `{"value":"u1","$ref":"../Groups/g1"}`, want: []patch.Member{{ID: "u1"}}},
		{name: "reference and another type", value: `{"type":"Group","$ref":"../Users/u1"}`, want: []patch.Member{{"u1", "Group"}}},
		{name: "reference to something else", value: `{"$ref":"https://example.com/Devices/d1"}`, refused: schema.InvalidValue},
		{name: "reference without an id", value: `{"$ref":"https://example.com/Users/"}`, refused: schema.InvalidValue},
		{name: "reference without a path", value: `{"$ref":"u1"}`, refused: schema.InvalidValue},
		{name: "no id", value: `{}`, refused: schema.InvalidValue},
		{name: "empty id", value: `[""]`, refused: schema.InvalidValue},
		{name: "id of the wrong type", value: `[{"value":5}]`, refused: schema.InvalidValue},
		{name: "type of the wrong type", value: `[{"value":"u1","type":{}}]`, refused: schema.InvalidValue},
		{name: "id twice", value: `{"value":"u1","VALUE":"u2"}`, refused: schema.InvalidSyntax},
		{name: "list twice", value: `{"members":["u1"],"Members":["u2"]}`, refused: schema.InvalidValue},
		{name: "a number", value: `[5]`, refused: schema.InvalidValue},
		{name: "a boolean", value: `true`, refused: schema.InvalidValue},
		{name: "a list in the list", value: `[["u1"]]`, refused: schema.InvalidValue},
		{name: "unknown attribute", value: `{"value":"u1","nick":"x","display":5}`, want: []patch.Member{{ID: "u1"}}},
		{name: "unknown attribute, refused", value: `{"value":"u1","nick":"x"}`, options: strict.Options, refused: schema.InvalidSyntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			value := object(t, `{"v":`+tt.value+`}`)["v"]
			got, err := patch.ParseMembers(value, tt.options)
			if tt.refused != "" {
				checkRefusal(t, err, tt.refused, "")
				return
			}
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if len(got)+len(tt.want) > 0 {
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("members (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestMemberLimits(t *testing.T) {
	t.Parallel()
	ids := make([]any, patch.MaxMembers+1)
	for i := range ids {
		ids[i] = fmt.Sprintf("u%d", i)
	}
	members, err := patch.ParseMembers(ids[1:], schema.Options{})
	if err != nil || len(members) != patch.MaxMembers {
		t.Errorf("as many members as may be: %d, %v", len(members), err)
	}
	_, err = patch.ParseMembers(ids, schema.Options{})
	checkTooLarge(t, err)

	half := len(ids) / 2
	_, err = patch.Apply(groupType, map[string]any{"displayName": "G"}, resourceID, []patch.Op{
		{Kind: patch.Add, Path: "members", Value: ids[:half]},
		{Kind: patch.Remove, Path: "members", Value: ids[half:]},
	}, patch.Options{})
	checkTooLarge(t, err)
	var refusal *schema.Error
	if errors.As(err, &refusal) && refusal.Detail != "operation 2: a request may name at most 200000 members" {
		t.Errorf("the refusal says %q", refusal.Detail)
	}
}

// A request cannot make storage carry out more edits than it may hold operations.
func TestEditLimit(t *testing.T) {
	t.Parallel()
	keys := make(map[string]any, patch.MaxOperations+1)
	for i := range patch.MaxOperations + 1 {
		keys[fmt.Sprintf(`members[display eq "%d"]`, i)] = nil
	}
	_, err := patch.Apply(groupType, map[string]any{"displayName": "G"}, resourceID, []patch.Op{{Kind: patch.Replace, Value: keys}}, patch.Options{})
	checkTooLarge(t, err)
}
