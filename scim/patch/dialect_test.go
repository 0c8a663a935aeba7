package patch_test

import (
	"testing"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// What Microsoft Entra ID sends.
func TestEntraRequests(t *testing.T) {
	t.Parallel()
	const managed = `{"userName":"ada","` + enterprise + `":{"manager":{"value":"boss"}}}`
	const unmanaged = `{"userName":"ada"}`
	runCases(t, []patchCase{
		{
			name: "null and an extension that does not exist",
			doc:  `{"userName":"ada","title":"Dr","addresses":[{"locality":"Reno"}],"` + enterprise + `":{"department":"R&D","division":"North"}}`,
			ops: `[{"op":"Replace","value":{"addresses":null,"title":null,"urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department":"x",
				"` + enterprise + `":{"department":null,"manager":null}}}]`,
			want: `{"userName":"ada","` + enterprise + `":{"division":"North"}}`,
		},
		{
			name: "capitalised operation on a value path", doc: `{"userName":"ada","emails":[{"type":"work","value":"a@x.example"}]}`,
			ops:  `[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"b@x.example"}]`,
			want: `{"userName":"ada","emails":[{"type":"work","value":"b@x.example"}]}`,
		},
		{
			name: "disable, legacy", doc: `{"userName":"ada","active":true}`,
			ops: `[{"op":"Replace","path":"active","value":"False"}]`, want: `{"userName":"ada","active":false}`,
		},
		{
			name: "disable", doc: `{"userName":"ada","active":true}`,
			ops: `[{"op":"replace","path":"active","value":false}]`, want: `{"userName":"ada","active":false}`,
		},
		{name: "a string is no boolean when types are strict", ops: `[{"op":"Replace","path":"active","value":"False"}]`, options: strict, refused: schema.InvalidValue},
		{
			name: "dotted and qualified keys", doc: `{"userName":"ada","name":{"givenName":"Ada","middleName":"B"},"emails":[{"type":"work","value":"a@x.example"}]}`,
			ops: `[{"op":"replace","value":{"displayName":"Bjfe","name.givenName":"Kkom","name.familyName":"Unua","` + enterprise + `:employeeNumber":"Aklq",
				"` + enterprise + `:manager.value":"boss","emails[type eq \"work\"].value":"b@x.example","emails[type eq \"home\"].value":"h@x.example"}}]`,
			want: `{"userName":"ada","displayName":"Bjfe","name":{"givenName":"Kkom","middleName":"B","familyName":"Unua"},
				"emails":[{"type":"work","value":"b@x.example"},{"type":"home","value":"h@x.example"}],
				"` + enterprise + `":{"employeeNumber":"Aklq","manager":{"value":"boss"}}}`,
		},
		{
			name: "value paths to what does not exist", doc: `{"userName":"ada","emails":[{"value":"a@x.example","primary":true}]}`,
			ops: `[{"op":"Add","path":"phoneNumbers[type eq \"work\"].value","value":"555"},
				{"op":"Replace","path":"addresses[type eq \"work\"].formatted","value":"1 Road"},
				{"op":"Add","path":"addresses[type eq \"work\"].country","value":"US"},
				{"op":"Replace","path":"emails[type eq \"Other\"].value","value":"o@x.example"}]`,
			want: `{"userName":"ada","phoneNumbers":[{"type":"work","value":"555"}],"addresses":[{"type":"work","formatted":"1 Road","country":"US"}],
				"emails":[{"value":"a@x.example","primary":true},{"type":"other","value":"o@x.example"}]}`,
		},
		{
			name: "a whole element that does not exist",
			ops:  `[{"op":"Add","path":"phoneNumbers[type eq \"fax\" and primary eq true]","value":[{"value":"555"}]},{"op":"Add","path":"ims[type eq \"qq\"]","value":"1234"}]`,
			want: `{"userName":"ada","phoneNumbers":[{"type":"fax","primary":true,"value":"555"}],"ims":[{"type":"qq","value":"1234"}]}`,
		},
		{
			name: "a new element is primary if its filter says so", doc: `{"userName":"ada","emails":[{"type":"work","value":"a@x.example","primary":true}]}`,
			ops:  `[{"op":"Add","path":"emails[type eq \"home\" and primary eq true].value","value":"h@x.example"}]`,
			want: `{"userName":"ada","emails":[{"type":"work","value":"a@x.example","primary":false},{"type":"home","value":"h@x.example","primary":true}]}`,
		},
		{
			name: "a new element is primary if its value says so", doc: `{"userName":"ada","emails":[{"type":"work","value":"a@x.example","primary":true}]}`,
			ops:  `[{"op":"Add","path":"emails[type eq \"home\"]","value":{"value":"h@x.example","primary":"True"}}]`,
			want: `{"userName":"ada","emails":[{"type":"work","value":"a@x.example","primary":false},{"type":"home","value":"h@x.example","primary":true}]}`,
		},
		{name: "nothing is made of nothing", ops: `[{"op":"Add","path":"emails[type eq \"home\"]","value":{"kind":"x"}},{"op":"Add","path":"emails[type eq \"home\"].value","value":{}}]`},
		{name: "no element for a type that is none", ops: `[{"op":"Replace","path":"emails[type eq \"nonexistent\"].value","value":"x"}]`, refused: schema.NoTarget},
		{name: "no element for a role without a type", ops: `[{"op":"Replace","path":"roles[type eq \"\"].value","value":"x"}]`, refused: schema.NoTarget},
		{name: "no element for another condition", ops: `[{"op":"Replace","path":"addresses[type eq \"work\" and country eq \"US\"].locality","value":"x"}]`, refused: schema.NoTarget},
		{name: "no element for either of two types", ops: `[{"op":"Replace","path":"emails[type eq \"work\" or type eq \"home\"].value","value":"x"}]`, refused: schema.NoTarget},
		{name: "no element that is not primary", ops: `[{"op":"Replace","path":"emails[primary eq false].value","value":"x"}]`, refused: schema.NoTarget},
		{name: "no element for another operator", ops: `[{"op":"Add","path":"emails[type sw \"wo\"].value","value":"x"}]`, refused: schema.NoTarget},
		{
			name: "three operations make one role",
			ops: `[{"op":"Add","path":"roles[primary eq \"True\"].display","value":"Editor"},{"op":"Add","path":"roles[primary eq \"True\"].value","value":"editor"},
				{"op":"Add","path":"roles[primary eq \"True\"].type","value":"WindowsAzureActiveDirectoryRole"}]`,
			want: `{"userName":"ada","roles":[{"primary":true,"display":"Editor","value":"editor","type":"WindowsAzureActiveDirectoryRole"}]}`,
		},
		{
			name: "three operations change one role", doc: `{"userName":"ada","roles":[{"value":"viewer"},{"value":"author","display":"Author","primary":true}]}`,
			ops: `[{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"editor"},{"op":"Replace","path":"roles[primary eq \"True\"].display","value":"Editor"},
				{"op":"Replace","path":"roles[primary eq \"True\"].type","value":"AppRole"}]`,
			want: `{"userName":"ada","roles":[{"value":"viewer"},{"value":"editor","display":"Editor","type":"AppRole","primary":true}]}`,
		},
		{
			name: "the type of a new role stays as written",
			ops:  `[{"op":"Add","path":"roles[type eq \"WindowsAzureActiveDirectoryRole\"].value","value":"editor"}]`,
			want: `{"userName":"ada","roles":[{"type":"WindowsAzureActiveDirectoryRole","value":"editor"}]}`,
		},
		{
			name: "a role packed into a string", doc: `{"userName":"ada","roles":[{"value":"Author"}]}`,
			ops:  `[{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"r1\",\"value\":\"Admin\",\"displayName\":\"Administrator\"}"}]}]`,
			want: `{"userName":"ada","roles":[{"value":"Author"},{"value":"Admin","display":"Administrator"}]}`,
		},
		{
			name: "all roles, several of one type", doc: `{"userName":"ada","roles":[{"value":"Author"}]}`,
			ops: `[{"op":"replace","path":"roles","value":[{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"Admin","value":"admin"},
				{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"Editor","value":"editor"}]}]`,
			want: `{"userName":"ada","roles":[{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"Admin","value":"admin"},
				{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"Editor","value":"editor"}]}`,
		},
		{
			name: "displayName of a role", doc: `{"userName":"ada","roles":[{"value":"admin"}]}`,
			ops:  `[{"op":"replace","path":"roles[value eq \"admin\"]","value":{"displayName":"Admin"}}]`,
			want: `{"userName":"ada","roles":[{"value":"admin","display":"Admin"}]}`,
		},
		{name: "manager: an id", doc: unmanaged, ops: `[{"op":"Add","path":"` + enterprise + `:manager","value":"boss"}]`, want: managed},
		{
			name: "manager: an array, and the name alone", doc: unmanaged, ops: `[{"op":"Add","path":"manager","value":[{"$ref":"https://example.com/Users/boss","value":"boss"}]}]`,
			want: `{"userName":"ada","` + enterprise + `":{"manager":{"value":"boss","$ref":"https://example.com/Users/boss"}}}`,
		},
		{name: "manager: an object without a path", doc: unmanaged, ops: `[{"op":"Add","value":{"manager":{"value":"boss","displayName":"B"}}}]`, want: managed},
		{name: "manager: the same again", doc: managed, ops: `[{"op":"Replace","path":"manager","value":"boss"},{"op":"Add","path":"manager","value":{"value":"boss"}}]`},
		{
			name: "manager: another, without the reference to the one before", doc: `{"userName":"ada","` + enterprise + `":{"manager":{"value":"x","$ref":"https://example.com/Users/x"}}}`,
			ops: `[{"op":"Replace","path":"` + enterprise + `:manager","value":"boss"}]`, want: managed,
		},
		{
			name: "manager: another, with its reference", doc: `{"userName":"ada","` + enterprise + `":{"manager":{"value":"x","$ref":"../Users/x"}}}`,
			ops:  `[{"op":"Replace","path":"manager","value":{"$ref":"../Users/y","value":"y"}}]`,
			want: `{"userName":"ada","` + enterprise + `":{"manager":{"value":"y","$ref":"../Users/y"}}}`,
		},
		{name: "manager: removed by an empty string", doc: managed, ops: `[{"op":"Replace","path":"` + enterprise + `:manager","value":""}]`, want: unmanaged},
		{
			name: "manager: removed by an empty value", doc: `{"userName":"ada","` + enterprise + `":{"manager":{"value":"x","$ref":"../Users/x"}}}`,
			ops: `[{"op":"Replace","path":"manager","value":{"value":""}}]`, want: unmanaged,
		},
		{name: "manager: removed by null", doc: managed, ops: `[{"op":"Add","path":"manager","value":null}]`, want: unmanaged},
		{name: "manager: removed by an empty list", doc: managed, ops: `[{"op":"Replace","path":"manager","value":[]}]`, want: unmanaged},
		{name: "manager: removed with a value", doc: managed, ops: `[{"op":"Remove","path":"manager","value":"boss"}]`, want: unmanaged},
		{name: "manager: two", doc: unmanaged, ops: `[{"op":"Add","path":"manager","value":[{"value":"a"},{"value":"b"}]}]`, refused: schema.InvalidValue},
		{
			name: "the core schema's URN", ops: `[{"op":"Add","path":"urn:ietf:params:scim:schemas:core:2.0:User:displayName","value":"Ada"}]`,
			want: `{"userName":"ada","displayName":"Ada"}`,
		},
		{name: "an unknown attribute under the core schema's URN", ops: `[{"op":"Add","path":"urn:ietf:params:scim:schemas:core:2.0:User:role","value":"x"}]`},
		{
			name: "an unknown attribute, refused", ops: `[{"op":"Add","path":"urn:ietf:params:scim:schemas:core:2.0:User:role","value":"x"}]`,
			options: strict, refused: schema.InvalidPath, says: "role",
		},
		{name: "active again", doc: `{"userName":"ada","active":true}`, ops: `[{"op":"Replace","path":"active","value":"True"}]`},
		{
			name: "everything optional emptied, one operation each",
			doc: `{"userName":"ada","title":"Dr","name":{"givenName":"Ada"},"emails":[{"type":"work","value":"a@x.example","primary":true},{"type":"home","value":"h@x.example"}],
				"` + enterprise + `":{"department":"R&D"}}`,
			ops: `[{"op":"replace","path":"title","value":""},{"op":"replace","path":"name.givenName","value":""},{"op":"replace","path":"emails[type eq \"work\"].value","value":""},
				{"op":"replace","path":"phoneNumbers[type eq \"work\"].value","value":""},{"op":"replace","path":"` + enterprise + `:department","value":""}]`,
			want: `{"userName":"ada","emails":[{"type":"home","value":"h@x.example"}]}`,
		},
		{
			name: "everything optional emptied in one",
			doc:  `{"userName":"ada","title":"Dr","name":{"givenName":"Ada"},"emails":[{"type":"work","value":"a@x.example"}],"` + enterprise + `":{"department":"R&D"}}`,
			ops: `[{"op":"replace","value":{"title":null,"name.givenName":null,"emails[type eq \"work\"].value":null,"phoneNumbers[type eq \"fax\"]":null,
				"` + enterprise + `:department":null}}]`,
			want: `{"userName":"ada"}`,
		},
		{
			name: "an empty string keeps the rest of the element", doc: `{"userName":"ada","addresses":[{"type":"work","locality":"Reno","country":"US"}]}`,
			ops:  `[{"op":"replace","path":"addresses[type eq \"work\"].locality","value":""}]`,
			want: `{"userName":"ada","addresses":[{"type":"work","country":"US"}]}`,
		},
		{
			name: "an empty value for a whole element removes it", doc: `{"userName":"ada","emails":[{"type":"work","value":"a@x.example"},{"type":"home","value":"h@x.example"}]}`,
			ops:  `[{"op":"replace","path":"emails[type eq \"work\"]","value":""}]`,
			want: `{"userName":"ada","emails":[{"type":"home","value":"h@x.example"}]}`,
		},
		{
			name: "empty strings that are kept", options: keepEmpty,
			ops:  `[{"op":"replace","path":"title","value":""},{"op":"replace","path":"name.givenName","value":""},{"op":"add","path":"emails[type eq \"work\"].value","value":""}]`,
			want: `{"userName":"ada","title":"","name":{"givenName":""},"emails":[{"type":"work","value":""}]}`,
		},
		{name: "empty userName", ops: `[{"op":"replace","path":"userName","value":""}]`, refused: schema.InvalidValue, says: "userName"},
		{name: "empty userName that would be kept", ops: `[{"op":"replace","path":"userName","value":""}]`, options: keepEmpty, refused: schema.InvalidValue, says: "userName"},
		{
			name: "add, replace and remove of one attribute in one request", doc: `{"userName":"ada","title":"Dr"}`,
			ops: `[{"op":"Add","path":"title","value":"A"},{"op":"Replace","path":"title","value":"B"},{"op":"Remove","path":"title"}]`, want: `{"userName":"ada"}`,
		},
	})
}

// What Okta and other providers send.
func TestOtherProvidersRequests(t *testing.T) {
	t.Parallel()
	runCases(t, []patchCase{
		{
			name: "Okta: deactivate", doc: `{"userName":"ada","active":true}`,
			ops: `[{"op":"replace","value":{"active":false}}]`, want: `{"userName":"ada","active":false}`,
		},
		{name: "Okta: password", ops: `[{"op":"replace","value":{"password":"Secret-1"}},{"op":"replace","path":"password","value":"Secret-2"},{"op":"remove","path":"password"}]`},
		{name: "Okta: password of the wrong type", ops: `[{"op":"replace","path":"password","value":5}]`, refused: schema.InvalidValue, says: "password"},
		{
			name: "Okta: rename a group with its own id", on: groupType, doc: `{"displayName":"Old"}`,
			ops: `[{"op":"replace","value":{"id":"` + resourceID + `","displayName":"New"}}]`, want: `{"displayName":"New"}`,
		},
		{name: "Okta: a rename that is none", on: groupType, doc: `{"displayName":"Old"}`, ops: `[{"op":"replace","value":{"id":"` + resourceID + `","displayName":"Old"}}]`},
		{
			name: "another id", on: groupType, doc: `{"displayName":"Old"}`, ops: `[{"op":"replace","value":{"id":"0193a1b2-0000-7000-8000-000000000002","displayName":"New"}}]`,
			refused: schema.Mutable, says: "id",
		},
		{
			name: "Okta: remove and add a member", on: groupType, doc: `{"displayName":"G"}`,
			ops: `[{"op":"remove","path":"members[value eq \"u1\"]"},{"op":"add","path":"members","value":[{"value":"u2","display":"Two"}]}]`,
			edits: []patch.Edit{
				{Kind: patch.RemoveMembers, Members: []patch.Member{{ID: "u1"}}}, {Kind: patch.AddMembers, Members: []patch.Member{{ID: "u2"}}},
			},
		},
		{name: "OneLogin: null id and a manager by other names", ops: `[{"op":"replace","value":{"id":null,"manager":{"managerId":"m","displayName":"M"}}}]`},
		{
			name: "OneLogin: emails as one object", doc: `{"userName":"ada","emails":[{"value":"a@x.example"}]}`,
			ops: `[{"op":"replace","path":"emails","value":{"value":"b@x.example","primary":"true"}}]`, want: `{"userName":"ada","emails":[{"value":"b@x.example","primary":true}]}`,
		},
		{
			name: "JumpCloud: empty lists and nulls", doc: `{"userName":"ada","emails":[{"value":"a@x.example"}],"phoneNumbers":[{"value":"5"}]}`,
			ops: `[{"op":"replace","path":"phoneNumbers","value":[]},{"op":"replace","path":"emails","value":null}]`, want: `{"userName":"ada"}`,
		},
		{
			name: "JumpCloud: remove the listed members", on: groupType, doc: `{"displayName":"G"}`, ops: `[{"op":"remove","path":"members","value":[{"value":"u1"},{"value":"u2"}]}]`,
			edits: []patch.Edit{{Kind: patch.RemoveMembers, Members: []patch.Member{{ID: "u1"}, {ID: "u2"}}}},
		},
		{
			name: "Salesforce: remove the members in an object", on: groupType, doc: `{"displayName":"G"}`,
			ops:   `[{"op":"remove","path":"members","value":{"members":[{"$ref":null,"value":"u1"}]}}]`,
			edits: []patch.Edit{{Kind: patch.RemoveMembers, Members: []patch.Member{{ID: "u1"}}}},
		},
		{
			name: "authentik: several attributes without a path",
			ops:  `[{"op":"replace","value":{"userName":"grace","DISPLAYNAME":"Grace","schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"meta":{"resourceType":"User"},"groups":[]}}]`,
			want: `{"userName":"grace","displayName":"Grace"}`,
		},
		{
			name: "a whole resource with its extension", doc: `{"userName":"ada","title":"Dr","` + enterprise + `":{"division":"North"}}`,
			ops:  `[{"op":"add","value":{"userName":"ada","` + enterprise + `":{"department":"R&D","manager":"boss"}}}]`,
			want: `{"userName":"ada","title":"Dr","` + enterprise + `":{"division":"North","department":"R&D","manager":{"value":"boss"}}}`,
		},
	})
}
