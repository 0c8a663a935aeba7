package bench

import "strconv"

const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	patchSchema      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	bulkSchema       = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
)

var (
	givenNames  = []string{"Ada", "Zoë", "José", "Łukasz", "Søren", "Aoife", "Olena", "Mehmet", "Ngozi", "Priya", "Omar", "Sinéad", "João", "Amélie"}
	familyNames = []string{"Lindqvist", "Kowalczyk", "Jørgensen", "Ōtani", "Yılmaz", "Okonkwo", "Müller", "Lefèvre", "Mensah", "Ibáñez", "Dvořák"}
	titles      = []string{"Software Engineer", "Account Executive", "Product Designer", "Accountant", "Support Specialist", "Recruiter"}
	departments = []string{"Engineering", "Sales", "Design", "Finance", "Customer Success", "People & Culture"}
)

// appendUser appends a whole user, about as large as identity providers send
// them. id is "" in a POST; variant makes a PUT that changes something.
func appendUser(dst []byte, run string, t *target, number uint32, id string, variant int) []byte {
	n := int(number)
	given, family := givenNames[n%len(givenNames)], familyNames[n%len(familyNames)]
	dst = append(dst, `{"schemas":["`+userSchema+`","`+enterpriseSchema+`"],`...)
	if id != "" {
		dst = appendText(dst, `"id":"`, id, `",`)
	}
	dst = append(dst, `"userName":"`...)
	dst = appendUserName(dst, run, t, number)
	dst = append(dst, `","externalId":"`...)
	dst = appendName(dst, run, t, number)
	dst = appendText(dst, `","active":true,"name":{"givenName":"`, given, `","familyName":"`)
	dst = appendText(dst, "", family, `"},"displayName":"`)
	dst = appendText(dst, given, " ", family)
	dst = appendText(dst, `","title":"`, titles[(n+variant)%len(titles)], `","preferredLanguage":"en-US","timezone":"Europe/Berlin",`)
	dst = append(dst, `"emails":[{"type":"work","primary":true,"value":"`...)
	dst = appendUserName(dst, run, t, number)
	dst = append(dst, `"}],"phoneNumbers":[{"type":"work","value":"+49 30 5550 `...)
	dst = strconv.AppendInt(dst, int64(n%10000), 10)
	dst = append(dst, `"}],"addresses":[{"type":"work","streetAddress":"Strandgade 7","locality":"Hafen","postalCode":"10115","country":"DE"}],`...)
	dst = append(dst, `"`+enterpriseSchema+`":{"employeeNumber":"`...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = appendText(dst, `","costCenter":"4100","organization":"Nordlys Freight","department":"`, departments[(n+variant)%len(departments)], `"}}`)
	return dst
}

func appendText(dst []byte, before, text, after string) []byte {
	dst = append(dst, before...)
	dst = append(dst, text...)
	return append(dst, after...)
}

// appendPatch appends a PATCH body; operations are the elements of its list.
func appendPatch[T string | []byte](dst []byte, operations T) []byte {
	dst = append(dst, `{"schemas":["`+patchSchema+`"],"Operations":[`...)
	dst = append(dst, operations...)
	return append(dst, `]}`...)
}

// appendMembers appends a member operation about people of a target, in the form
// that all servers understand: add has a list, remove a path for each.
func appendMembers(dst []byte, add bool, p *people, from, count int) []byte {
	if add {
		dst = append(dst, `{"op":"add","path":"members","value":[`...)
	}
	for i := range count {
		if i > 0 {
			dst = append(dst, ',')
		}
		if add {
			dst = append(append(append(dst, `{"value":"`...), p.id(from+i)...), `"}`...)
		} else {
			dst = append(append(append(dst, `{"op":"remove","path":"members[value eq \"`...), p.id(from+i)...), `\"]"}`...)
		}
	}
	if add {
		dst = append(dst, `]}`...)
	}
	return dst
}
