package patch_test

import (
	"testing"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// The examples of RFC 7644 sections 3.5.2.1 to 3.5.2.3, in their order.
func TestRFCExamples(t *testing.T) {
	t.Parallel()
	const (
		tourGuides = `{"displayName":"Tour Guides"}`
		babs       = `{"display":"Babs Jensen","$ref":"https://example.com/v2/Users/2819c223...413861904646","value":"2819c223-7f76-453a-919d-413861904646"}`
		james      = `{"display":"James Smith","$ref":"https://example.com/v2/Users/08e1d05d...473d93df9210","value":"08e1d05d-121c-4561-8b96-473d93df9210"}`
	)
	var (
		babsID  = patch.Member{ID: "2819c223-7f76-453a-919d-413861904646"}
		jamesID = patch.Member{ID: "08e1d05d-121c-4561-8b96-473d93df9210"}
	)
	runCases(t, []patchCase{
		{
			name: "add a member", on: groupType, doc: tourGuides,
			ops:   `[{"op":"add","path":"members","value":[` + babs + `]}]`,
			edits: []patch.Edit{{Kind: patch.AddMembers, Members: []patch.Member{babsID}}},
		},
		{
			name: "add attributes without a path",
			doc:  `{"userName":"babs","emails":[{"value":"bjensen@example.com","type":"work"}]}`,
			ops:  `[{"op":"add","value":{"emails":[{"value":"babs@jensen.org","type":"home"}],"nickname":"Babs"}}]`,
			want: `{"userName":"babs","nickName":"Babs","emails":[{"value":"bjensen@example.com","type":"work"},{"value":"babs@jensen.org","type":"home"}]}`,
		},
		{
			name: "remove a single member", on: groupType, doc: tourGuides,
			ops:   `[{"op":"remove","path":"members[value eq \"2819c223-7f76-...413861904646\"]"}]`,
			edits: []patch.Edit{{Kind: patch.RemoveMembers, Members: []patch.Member{{ID: "2819c223-7f76-...413861904646"}}}},
		},
		{
			name: "remove all members", on: groupType, doc: tourGuides,
			ops:   `[{"op":"remove","path":"members"}]`,
			edits: []patch.Edit{{Kind: patch.ReplaceMembers}},
		},
		{
			name: "remove a value of a complex multi-valued attribute",
			doc:  `{"userName":"babs","emails":[{"value":"bjensen@example.com","type":"work"},{"value":"b@example.org","type":"work"},{"value":"babs@example.com","type":"home"}]}`,
			ops:  `[{"op":"remove","path":"emails[type eq \"work\" and value ew \"example.com\"]"}]`,
			want: `{"userName":"babs","emails":[{"value":"b@example.org","type":"work"},{"value":"babs@example.com","type":"home"}]}`,
		},
		{
			name: "remove and add a member", on: groupType, doc: tourGuides,
			ops: `[{"op":"remove","path":"members[value eq\"2819c223...919d-413861904646\"]"},{"op":"add","path":"members","value":[` + james + `]}]`,
			edits: []patch.Edit{
				{Kind: patch.RemoveMembers, Members: []patch.Member{{ID: "2819c223...919d-413861904646"}}},
				{Kind: patch.AddMembers, Members: []patch.Member{jamesID}},
			},
		},
		{
			name: "replace all members by remove and add", on: groupType, doc: tourGuides,
			ops:   `[{"op":"remove","path":"members"},{"op":"add","path":"members","value":[` + babs + `,` + james + `]}]`,
			edits: []patch.Edit{{Kind: patch.ReplaceMembers, Members: []patch.Member{babsID, jamesID}}},
		},
		{
			name: "replace all members", on: groupType, doc: tourGuides,
			ops:   `[{"op":"replace","path":"members","value":[` + babs + `,` + james + `]}]`,
			edits: []patch.Edit{{Kind: patch.ReplaceMembers, Members: []patch.Member{babsID, jamesID}}},
		},
		{
			name: "replace the work address",
			doc: `{"userName":"babs","addresses":[
				{"type":"home","locality":"Reno","primary":true},
				{"type":"work","streetAddress":"100 Universal City Plaza","locality":"Hollywood"}]}`,
			ops: `[{"op":"replace","path":"addresses[type eq \"work\"]","value":{
				"type":"work","streetAddress":"911 Universal City Plaza","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US",
				"formatted":"911 Universal City Plaza\nHollywood, CA 91608 US","primary":true}}]`,
			want: `{"userName":"babs","addresses":[
				{"type":"home","locality":"Reno","primary":false},
				{"type":"work","streetAddress":"911 Universal City Plaza","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US",
				"formatted":"911 Universal City Plaza\nHollywood, CA 91608 US","primary":true}]}`,
		},
		{
			name: "replace the street of the work address",
			doc:  `{"userName":"babs","addresses":[{"type":"work","streetAddress":"100 Universal City Plaza","country":"US"}]}`,
			ops:  `[{"op":"replace","path":"addresses[type eq \"work\"].streetAddress","value":"1010 Broadway Ave"}]`,
			want: `{"userName":"babs","addresses":[{"type":"work","streetAddress":"1010 Broadway Ave","country":"US"}]}`,
		},
		{
			name: "replace attributes without a path",
			doc:  `{"userName":"babs","title":"Guide","emails":[{"value":"old@example.com","type":"other"}],"nickName":"Barbara"}`,
			ops:  `[{"op":"replace","value":{"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"}],"nickname":"Babs"}}]`,
			want: `{"userName":"babs","title":"Guide","nickName":"Babs","emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"}]}`,
		},
	})
}

// The rules in the text of section 3.5.2 that its examples do not show.
func TestRFCRules(t *testing.T) {
	t.Parallel()
	const two = `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","primary":true},{"value":"b@x.example","type":"home"}]}`
	runCases(t, []patchCase{
		{name: "add a value that is there", doc: `{"userName":"ada","title":"Dr"}`, ops: `[{"op":"add","path":"title","value":"Dr"}]`},
		{name: "add an element that is there", doc: two, ops: `[{"op":"add","path":"emails","value":[{"type":"home","value":"b@x.example"}]}]`},
		{
			name: "add replaces a single value", doc: `{"userName":"ada","title":"Dr"}`,
			ops: `[{"op":"add","path":"title","value":"Prof"}]`, want: `{"userName":"ada","title":"Prof"}`,
		},
		{
			name: "add and replace merge a complex value", doc: `{"userName":"ada","name":{"givenName":"Ada","familyName":"King"}}`,
			ops:  `[{"op":"add","path":"name","value":{"familyName":"Lovelace"}},{"op":"replace","path":"name","value":{"middleName":"Byron"}}]`,
			want: `{"userName":"ada","name":{"givenName":"Ada","familyName":"Lovelace","middleName":"Byron"}}`,
		},
		{
			name: "replace of what is missing adds",
			ops:  `[{"op":"replace","path":"name.givenName","value":"Ada"},{"op":"replace","path":"title","value":"Dr"},{"op":"replace","path":"emails","value":[{"value":"a@x.example"}]}]`,
			want: `{"userName":"ada","name":{"givenName":"Ada"},"title":"Dr","emails":[{"value":"a@x.example"}]}`,
		},
		{
			name: "replace a multi-valued attribute", doc: two,
			ops:  `[{"op":"replace","path":"emails","value":[{"value":"c@x.example"}]}]`,
			want: `{"userName":"ada","emails":[{"value":"c@x.example"}]}`,
		},
		{
			name: "replace every matching element", doc: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work"},{"value":"b@x.example","type":"work"},{"value":"c@x.example","type":"home"}]}`,
			ops:  `[{"op":"replace","path":"emails[type eq \"work\"].display","value":"Work"}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","display":"Work"},{"value":"b@x.example","type":"work","display":"Work"},{"value":"c@x.example","type":"home"}]}`,
		},
		{
			name: "an update keeps what it does not mention", doc: two,
			ops:  `[{"op":"replace","path":"emails[value eq \"A@X.example\"]","value":{"display":"Ada"}}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","primary":true,"display":"Ada"},{"value":"b@x.example","type":"home"}]}`,
		},
		{
			name: "elements that became identical are one", doc: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work"},{"value":"b@x.example","type":"work"}]}`,
			ops:  `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"c@x.example"}]`,
			want: `{"userName":"ada","emails":[{"value":"c@x.example","type":"work"}]}`,
		},
		{
			name: "a sub-attribute of all elements", doc: two,
			ops:  `[{"op":"replace","path":"emails.display","value":"Ada"}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","primary":true,"display":"Ada"},{"value":"b@x.example","type":"home","display":"Ada"}]}`,
		},
		{
			name: "a sub-attribute of no elements", ops: `[{"op":"add","path":"emails.value","value":"a@x.example"}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example"}]}`,
		},
		{
			name: "remove a sub-attribute of all elements", doc: two, ops: `[{"op":"remove","path":"emails.type"}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","primary":true},{"value":"b@x.example"}]}`,
		},
		{name: "remove a sub-attribute of no elements", ops: `[{"op":"remove","path":"emails.type"}]`},
		{name: "remove what is not there", ops: `[{"op":"remove","path":"title"},{"op":"remove","path":"name.givenName"},{"op":"remove","path":"emails"}]`},
		{
			name: "remove attributes", doc: `{"userName":"ada","title":"Dr","name":{"givenName":"Ada"},"emails":[{"value":"a@x.example"}]}`,
			ops: `[{"op":"remove","path":"title"},{"op":"remove","path":"name"},{"op":"remove","path":"emails"}]`, want: `{"userName":"ada"}`,
		},
		{
			name: "the last sub-attribute takes the attribute along", doc: `{"userName":"ada","name":{"givenName":"Ada"}}`,
			ops: `[{"op":"remove","path":"name.givenName"}]`, want: `{"userName":"ada"}`,
		},
		{
			name: "the last element takes the attribute along", doc: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work"}]}`,
			ops: `[{"op":"remove","path":"emails[type eq \"work\"]"}]`, want: `{"userName":"ada"}`,
		},
		{
			name: "remove a sub-attribute of matching elements", doc: `{"userName":"ada","emails":[{"value":"a@x.example","display":"A"},{"value":"b@x.example","display":"B"}]}`,
			ops:  `[{"op":"remove","path":"emails[display eq \"A\"].display"}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example"},{"value":"b@x.example","display":"B"}]}`,
		},
		{
			name: "an element with nothing but its label left disappears", doc: two, ops: `[{"op":"remove","path":"emails[type eq \"work\"].value"}]`,
			want: `{"userName":"ada","emails":[{"value":"b@x.example","type":"home"}]}`,
		},
		{name: "remove without a match", doc: two, ops: `[{"op":"remove","path":"emails[type eq \"other\"]"}]`, refused: schema.NoTarget, says: "operation 1: "},
		{name: "replace without a match", doc: two, ops: `[{"op":"replace","path":"emails[value sw \"z\"].display","value":"Z"}]`, refused: schema.NoTarget},
		{name: "remove without a path", ops: `[{"op":"remove","value":{"title":"Dr"}}]`, refused: schema.NoTarget},
		{name: "remove a required attribute", ops: `[{"op":"remove","path":"userName"}]`, refused: schema.Mutable, says: "userName is required"},
		{name: "remove a readOnly attribute", ops: `[{"op":"remove","path":"groups"}]`, refused: schema.Mutable},
		{
			name: "primary clears the others", doc: two, ops: `[{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","primary":false},{"value":"b@x.example","type":"home","primary":true}]}`,
		},
		{
			name: "a new primary clears the others", doc: two, ops: `[{"op":"add","path":"emails","value":{"value":"c@x.example","primary":true}}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","primary":false},{"value":"b@x.example","type":"home"},{"value":"c@x.example","primary":true}]}`,
		},
		{
			name: "adding an element again as primary", doc: two, ops: `[{"op":"add","path":"emails","value":[{"value":"B@x.example","type":"Home","primary":true}]}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","primary":false},{"value":"B@x.example","type":"Home","primary":true}]}`,
		},
		{
			name: "primary for all elements goes to the first", doc: two, ops: `[{"op":"replace","path":"emails.primary","value":true}]`,
			want: `{"userName":"ada","emails":[{"value":"a@x.example","type":"work","primary":true},{"value":"b@x.example","type":"home","primary":false}]}`,
		},
		{name: "two primaries at once", ops: `[{"op":"replace","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}]`, refused: schema.InvalidValue},
		{
			name: "operations build on each other",
			ops:  `[{"op":"add","path":"emails","value":[{"value":"a@x.example","type":"work"}]},{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@x.example"},{"op":"remove","path":"emails[value eq \"b@x.example\"].type"}]`,
			want: `{"userName":"ada","emails":[{"value":"b@x.example"}]}`,
		},
		{
			name: "one failure fails all", ops: `[{"op":"add","path":"title","value":"Dr"},{"op":"replace","path":"active","value":"perhaps"},{"op":"add","path":"nickName","value":"A"}]`,
			refused: schema.InvalidValue, says: "operation 2: active",
		},
		{name: "wrong type", ops: `[{"op":"add","path":"title","value":{"a":1}}]`, refused: schema.InvalidValue},
		{name: "wrong type of an element", ops: `[{"op":"add","path":"emails","value":[5]}]`, refused: schema.InvalidValue},
		{name: "wrong type of a sub-attribute", ops: `[{"op":"add","path":"name","value":{"givenName":[1]}}]`, refused: schema.InvalidValue},
		{name: "wrong type behind a filter", ops: `[{"op":"add","path":"emails[type eq \"work\"].value","value":{"value":"a"}}]`, refused: schema.InvalidValue},
		{name: "malformed path", ops: `[{"op":"add","path":"emails[type eq","value":"x"}]`, refused: schema.InvalidFilter},
		{name: "filter on a simple attribute", ops: `[{"op":"add","path":"title[value eq \"x\"]","value":"x"}]`, refused: schema.InvalidPath},
		{name: "filter by an unknown sub-attribute", ops: `[{"op":"replace","path":"emails[kind eq \"x\"].value","value":"x"}]`, refused: schema.InvalidFilter},
	})
}
