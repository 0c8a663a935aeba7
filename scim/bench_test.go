package scim_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
)

// fixed answers every read with one record: what is measured is the engine.
type fixed struct {
	scim.Store
	record *scim.Record
}

func (f fixed) Get(context.Context, scim.Directory, *schema.ResourceType, string, scim.With) (*scim.Record, error) {
	return f.record, nil
}

type allowed struct{}

func (allowed) Allow(scim.Action, *schema.ResourceType) error { return nil }

// person is a user of about 1.5 KB as Entra ID sends one.
const person = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
"externalId":"0b2c1a9e-5d1f-4a1e-9d59-7a5a0f3b6c11","userName":"ngozi.adeyemi@harbour-vale.example","active":true,
"displayName":"Ngozi Adeyemi","title":"Principal Engineer, Storage and Retrieval","preferredLanguage":"en-GB","locale":"en-GB","timezone":"Europe/London",
"name":{"formatted":"Dr. Ngozi Adeyemi","givenName":"Ngozi","familyName":"Adeyemi","middleName":"Chidinma","honorificPrefix":"Dr."},
"emails":[{"primary":true,"type":"work","value":"ngozi.adeyemi@harbour-vale.example"},{"type":"home","value":"ngozi@home.example"}],
"phoneNumbers":[{"type":"work","value":"+44 20 7946 0321"},{"type":"mobile","value":"+44 7700 900123"},{"type":"fax","value":"+44 20 7946 0322"}],
"addresses":[{"type":"work","streetAddress":"14 Quayside Lane","locality":"Bristol","region":"Avon","postalCode":"BS1 4XX","country":"GB","formatted":"14 Quayside Lane\nBristol BS1 4XX"}],
"roles":[{"value":"editor","display":"Editor","primary":true},{"value":"reviewer","display":"Reviewer"}],
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130","organization":"Harbour & Vale","division":"Logistics","department":"Platform","manager":{"value":"0194b0e2-8a39-7b60-8e57-2f2d6d7c9b10"}},
"meta":{"resourceType":"User"}}`

func benchCaller() *scim.Caller {
	return &scim.Caller{BaseURL: "https://scim.example.com/scim/v2/con1", Types: schema.Default(),
		Settings: quirk.For(quirk.Entra), Guard: allowed{}}
}

func stored(b *testing.B, t *schema.ResourceType) *scim.Record {
	b.Helper()
	return &scim.Record{ID: "0194b0e2-8a39-7b60-8e57-2f2d6d7c9b10", Version: 3,
		Created: time.Now(), LastModified: time.Now(), Document: canonical(b, t)}
}

func canonical(b *testing.B, t *schema.ResourceType) []byte {
	b.Helper()
	in, err := schema.DecodeObject([]byte(person))
	if err != nil {
		b.Fatal(err)
	}
	doc, err := t.Normalize(in, schema.Options{})
	if err != nil {
		b.Fatal(err)
	}
	encoded, err := schema.Encode(t, doc)
	if err != nil {
		b.Fatal(err)
	}
	return encoded
}

// BenchmarkRoundTrip decodes, validates and encodes a user of 1.5 KB.
func BenchmarkRoundTrip(b *testing.B) {
	t := schema.Default().ByName("User")
	b.SetBytes(int64(len(person)))
	b.ReportAllocs()
	for b.Loop() {
		canonical(b, t)
	}
}

// BenchmarkGet answers a read from the stored bytes, and with a projection, for
// which they are decoded.
func BenchmarkGet(b *testing.B) {
	for name, attributes := range map[string]string{"stored bytes": "", "projected": "userName,emails.value"} {
		b.Run(name, func(b *testing.B) {
			t, c := schema.Default().ByName("User"), benchCaller()
			e := scim.New(fixed{record: stored(b, t)})
			var projection scim.Projection
			if attributes != "" {
				var err error
				if projection, err = scim.NewProjection(strings.Split(attributes, ","), nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				response, err := e.Get(b.Context(), c, t, "0194b0e2-8a39-7b60-8e57-2f2d6d7c9b10", projection, scim.Preconditions{})
				if err != nil || len(response.Body) < 100 {
					b.Fatal(err)
				}
			}
		})
	}
}

func (f fixed) List(context.Context, scim.Directory, *schema.ResourceType, scim.ListQuery) (scim.Page, error) {
	page := scim.Page{Total: scim.DefaultCount, Records: make([]*scim.Record, scim.DefaultCount)}
	for i := range page.Records {
		page.Records[i] = f.record
	}
	return page, nil
}

// BenchmarkPage answers a page of 100 from the stored bytes, of users with an
// extension and without.
func BenchmarkPage(b *testing.B) {
	t, c := schema.Default().ByName("User"), benchCaller()
	whole, small := stored(b, t), stored(b, t)
	small.Document = []byte(`{"active":true,"emails":[{"primary":true,"type":"work","value":"ngozi@home.example"}],"name":{"givenName":"Ngozi"},"userName":"ngozi"}`)
	for name, record := range map[string]*scim.Record{"extended": whole, "small": small} {
		b.Run(name, func(b *testing.B) {
			e := scim.New(fixed{record: record})
			b.ReportAllocs()
			for b.Loop() {
				response, err := e.List(b.Context(), c, t, scim.Search{Start: 1, Count: scim.DefaultCount})
				if err != nil || len(response.Body) < 100*len(record.Document) {
					b.Fatal(err)
				}
			}
		})
	}
}
