package schema_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

// body is a user as Entra ID creates one.
const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
"externalId":"e6f1c0de-3a55-4f0e-9d3c-7d0f5a3b1c11","userName":"lena.okafor@example.com","active":true,"displayName":"Lena Okafor",
"emails":[{"primary":true,"type":"work","value":"lena.okafor@example.com"},{"type":"home","value":"lena@example.org"}],
"meta":{"resourceType":"User"},"name":{"formatted":"Lena Okafor","familyName":"Okafor","givenName":"Lena"},
"phoneNumbers":[{"type":"work","value":"+49 30 5550100"},{"type":"mobile","value":"+49 170 5550100"}],
"addresses":[{"type":"work","formatted":"Lindenstraße 7\n10969 Berlin","locality":"Berlin","country":"DE"}],
"title":"Engineer","preferredLanguage":"de-DE","roles":[],
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Platform","employeeNumber":"4711","manager":{"value":"0198c0de-0000-7000-8000-000000000001"}}}`

func BenchmarkDecodeObject(b *testing.B) {
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schema.DecodeObject([]byte(body)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingJSON is what BenchmarkDecodeObject has to be measured against.
func BenchmarkEncodingJSON(b *testing.B) {
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v map[string]any
		decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNormalize(b *testing.B) {
	in := decode(b, body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := user.Normalize(in, schema.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	doc, err := user.Normalize(decode(b, body), schema.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schema.Encode(user, doc); err != nil {
			b.Fatal(err)
		}
	}
}
