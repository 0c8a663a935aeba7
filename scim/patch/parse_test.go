package patch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

func TestParse(t *testing.T) {
	t.Parallel()
	const urn = `"urn:ietf:params:scim:api:messages:2.0:PatchOp"`
	tests := []struct {
		name, body string
		options    patch.Options
		want       []patch.Op
		refused    schema.ErrorType
		says       string
	}{
		{
			name: "as the RFC has it", body: `{"schemas":[` + urn + `],"Operations":[{"op":"add","path":"title","value":"Dr"},{"op":"remove","path":"title"},{"op":"replace","value":{"active":false}}]}`,
			want: []patch.Op{
				{Kind: patch.Add, Path: "title", Value: "Dr"}, {Kind: patch.Remove, Path: "title"},
				{Kind: patch.Replace, Value: map[string]any{"active": false}},
			},
		},
		{
			name: "any case, more members, no schemas", body: `{"operations":[{"Op":"REPLACE","Path":"a","VALUE":5,"name":"x"}],"x":1}`,
			want: []patch.Op{{Kind: patch.Replace, Path: "a", Value: json.Number("5")}},
		},
		{name: "schemas in another case among others", body: `{"Schemas":["urn:x",5,"URN:ietf:params:scim:api:messages:2.0:patchop"],"Operations":[{"op":"Remove","path":"a","value":null}]}`, want: []patch.Op{{Kind: patch.Remove, Path: "a"}}},
		{name: "null schemas, null path, null value", body: `{"schemas":null,"Operations":[{"op":"add","path":null,"value":null}]}`, want: []patch.Op{{Kind: patch.Add}}},
		{name: "nothing, accepted", body: `{"Operations":[]}`, options: patch.Options{AllowEmpty: true}},
		{name: "not even operations, accepted", body: `{}`, options: patch.Options{AllowEmpty: true}},
		{name: "nothing", body: `{"Operations":[]}`, refused: schema.InvalidSyntax, says: "at least one"},
		{name: "no operations", body: `{}`, refused: schema.InvalidSyntax},
		{name: "operations are null", body: `{"Operations":null}`, refused: schema.InvalidSyntax},
		{name: "operations are an object", body: `{"Operations":{"op":"add"}}`, options: patch.Options{AllowEmpty: true}, refused: schema.InvalidSyntax, says: "an array"},
		{name: "operations twice", body: `{"Operations":[],"operations":[]}`, refused: schema.InvalidSyntax, says: "twice"},
		{name: "another message", body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[]}`, refused: schema.InvalidValue, says: patch.MessageURN},
		{name: "no schema", body: `{"schemas":[],"Operations":[]}`, refused: schema.InvalidValue},
		{name: "schemas is a string", body: `{"schemas":` + urn + `,"Operations":[]}`, refused: schema.InvalidSyntax},
		{name: "schemas twice", body: `{"schemas":[` + urn + `],"SCHEMAS":[]}`, refused: schema.InvalidSyntax},
		{name: "an operation is a string", body: `{"Operations":[{"op":"remove","path":"a"},"remove"]}`, refused: schema.InvalidSyntax, says: "operation 2: "},
		{name: "no op", body: `{"Operations":[{"path":"a"}]}`, refused: schema.InvalidSyntax, says: "operation 1: op is missing"},
		{name: "unknown op", body: `{"Operations":[{"op":"move","path":"a"}]}`, refused: schema.InvalidSyntax, says: `not "move"`},
		{name: "long op", body: `{"Operations":[{"op":"` + strings.Repeat("ä", 100) + `"}]}`, refused: schema.InvalidSyntax, says: strings.Repeat("ä", 40) + "…"},
		{name: "op is a number", body: `{"Operations":[{"op":1}]}`, refused: schema.InvalidSyntax, says: "not 1"},
		{name: "op is a boolean", body: `{"Operations":[{"op":true}]}`, refused: schema.InvalidSyntax, says: "not true"},
		{name: "op is an array", body: `{"Operations":[{"op":[]}]}`, refused: schema.InvalidSyntax, says: "not an array"},
		{name: "op is an object", body: `{"Operations":[{"op":{}}]}`, refused: schema.InvalidSyntax, says: "not an object"},
		{name: "op twice", body: `{"Operations":[{"op":"add","OP":"remove","path":"a"}]}`, refused: schema.InvalidSyntax, says: "op is given twice"},
		{name: "path is a number", body: `{"Operations":[{"op":"add","path":5,"value":1}]}`, refused: schema.InvalidSyntax, says: "path must be a string"},
		{name: "path twice", body: `{"Operations":[{"op":"add","path":"a","Path":"b","value":1}]}`, refused: schema.InvalidSyntax},
		{name: "value twice", body: `{"Operations":[{"op":"add","path":"a","value":1,"Value":2}]}`, refused: schema.InvalidSyntax},
		{name: "remove without a path", body: `{"Operations":[{"op":"remove","value":"a"}]}`, refused: schema.NoTarget, says: "operation 1: "},
		{name: "remove with an empty path", body: `{"Operations":[{"op":"remove","path":""}]}`, refused: schema.NoTarget},
		{name: "add without a value", body: `{"Operations":[{"op":"add","path":"a"}]}`, refused: schema.InvalidSyntax, says: "add needs a value"},
		{name: "replace without a value", body: `{"Operations":[{"op":"replace","path":"a"}]}`, refused: schema.InvalidSyntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := patch.Parse(object(t, tt.body), tt.options)
			if tt.refused != "" {
				checkRefusal(t, err, tt.refused, tt.says)
				return
			}
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseLimit(t *testing.T) {
	t.Parallel()
	list := make([]any, patch.MaxOperations+1)
	for i := range list {
		list[i] = map[string]any{"op": "remove", "path": "title"}
	}
	if ops, err := patch.Parse(map[string]any{"Operations": list[1:]}, patch.Options{}); err != nil || len(ops) != patch.MaxOperations {
		t.Errorf("as many operations as may be: %d, %v", len(ops), err)
	}
	_, err := patch.Parse(map[string]any{"Operations": list}, patch.Options{})
	checkTooLarge(t, err)
}
