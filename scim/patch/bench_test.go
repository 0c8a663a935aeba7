package patch_test

import (
	"testing"

	"github.com/roster-scim/roster/scim/patch"
)

// employee is a user of about 1.5 KB, as identity providers fill them in.
const employee = `{
	"externalId":"00u1a2b3c4d5e6f7g8h9","userName":"ada.lovelace@analytical.example","active":true,"displayName":"Ada Lovelace","nickName":"Ada",
	"name":{"formatted":"Ms. Ada King Lovelace","familyName":"Lovelace","givenName":"Ada","middleName":"King","honorificPrefix":"Ms."},
	"profileUrl":"https://people.analytical.example/ada.lovelace","title":"Principal Engineer","userType":"Employee",
	"preferredLanguage":"en-GB","locale":"en-GB","timezone":"Europe/London",
	"emails":[{"value":"ada.lovelace@analytical.example","type":"work","primary":true},{"value":"ada@lovelace.example","type":"home"}],
	"phoneNumbers":[{"value":"+44 20 5550 0101","type":"work","primary":true},{"value":"+44 77 5550 0102","type":"mobile"}],
	"addresses":[
		{"type":"work","streetAddress":"12 St James's Square","locality":"London","region":"Greater London","postalCode":"SW1Y 4JH","country":"GB","formatted":"12 St James's Square\nLondon SW1Y 4JH","primary":true},
		{"type":"home","streetAddress":"1 Ockham Park","locality":"Ockham","region":"Surrey","postalCode":"GU23 6NQ","country":"GB"}],
	"roles":[{"value":"engineering-lead","display":"Engineering lead","type":"WindowsAzureActiveDirectoryRole","primary":true},{"value":"reviewer","display":"Reviewer"}],
	"` + enterprise + `":{"employeeNumber":"100042","costCenter":"CC-7731","organization":"Analytical Engines","division":"Research","department":"Number Theory",
		"manager":{"value":"0193a1b2-0000-7000-8000-00000000beef","$ref":"../Users/0193a1b2-0000-7000-8000-00000000beef"}}}`

func BenchmarkPatch(b *testing.B) {
	for name, operations := range map[string]string{
		"attribute":  `[{"op":"replace","path":"title","value":"Distinguished Engineer"}]`,
		"value path": `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"ada@analytical.example"}]`,
		"no change":  `[{"op":"Replace","path":"active","value":"True"}]`,
	} {
		b.Run(name, func(b *testing.B) {
			doc, body := object(b, employee), object(b, message+operations+`}`)
			b.ReportAllocs()
			for b.Loop() {
				ops, err := patch.Parse(body, patch.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := patch.Apply(userType, doc, resourceID, ops, patch.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
