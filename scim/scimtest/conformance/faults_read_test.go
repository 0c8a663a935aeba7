package conformance_test

import (
	"strconv"
	"strings"
)

var listFaults = []fault{
	{name: "startIndex counts from 0", found: "7644-3.4.2.4-03,7644-3.4.2.4-10", before: func(x *traffic) {
		if start, err := strconv.Atoi(x.query.Get("startIndex")); err == nil {
			x.query.Set("startIndex", strconv.Itoa(start+1))
		}
	}},
	{name: "startIndex counts pages", found: "7644-3.4.2.4-03", before: func(x *traffic) {
		start, _ := strconv.Atoi(x.query.Get("startIndex"))
		count, _ := strconv.Atoi(x.query.Get("count"))
		if start > 1 {
			x.query.Set("startIndex", strconv.Itoa((start-1)*count+1))
		}
	}},
	{name: "count is ignored", found: "7644-3.4.2.4-02,7644-3.4.2.4-07,7644-3.4.2.4-06", before: func(x *traffic) { x.query.Del("count") }},
	{name: "totalResults counts the page", found: "7644-3.4.2.4-01", after: func(x *traffic) {
		if list, ok := x.out["Resources"].([]any); ok {
			x.out["totalResults"] = len(list)
		}
	}},
	{name: "totalResults is a string", found: "7644-3.4.2-02", after: func(x *traffic) {
		if x.out["totalResults"] != nil {
			x.out["totalResults"] = "1"
		}
	}},
	{name: "nothing found is 404", found: "7644-3.4.2-04", after: func(x *traffic) {
		if x.out["totalResults"] == 0.0 {
			x.status = 404
		}
	}},
	{name: "ne means eq", found: "7644-3.4.2.2-02", before: onFilter(" ne ", " eq ")},
	{name: "not is ignored", found: "7644-3.4.2.2-06,7644-3.4.2.2-17,7644-3.4.2.2-19", before: onFilter("not (", "(")},
	{name: "gt includes the value", found: "7644-3.4.2.2-07", before: onFilter(" gt ", " ge ")},
	{name: "le leaves out the value", found: "7644-3.4.2.2-10", before: onFilter(" le ", " lt ")},
	{name: "co looks at the beginning", found: "7644-3.4.2.2-03", before: onFilter(" co ", " sw ")},
	{name: "or means and", found: "7644-3.4.2.2-16,7644-3.4.2.2-20", before: onFilter(" or ", " and ")},
	{name: "precedence is from left to right", found: "7644-3.4.2.2-18", before: onFilter(
		`name.familyName eq "Abel" or name.familyName eq "Baker" and name.givenName eq "Xia"`,
		`(name.familyName eq "Abel" or name.familyName eq "Baker") and name.givenName eq "Xia"`)},
	{name: "brackets do not mean one value", found: "7644-3.4.2.2-23", before: onFilter(
		`emails[type eq "work" and value co "@home."]`, `emails.type eq "work" and emails.value co "@home."`)},
	{name: "userName is looked for with case", found: "7644-3.4.2.2-28", after: func(x *traffic) {
		filter := x.query.Get("filter")
		if strings.HasPrefix(filter, "userName eq ") && strings.Contains(filter, "@EXAMPLE") {
			x.out["totalResults"], x.out["Resources"] = 0, []any{}
		}
	}},
	{name: "externalId is looked for without case", found: "7644-3.4.2.2-29", before: func(x *traffic) {
		x.filter(func(f string) string {
			const mine = `externalId eq "X-ADA-`
			if rest, ok := strings.CutPrefix(f, mine); ok {
				return mine + strings.ToLower(rest)
			}
			return f
		})
	}},
	{name: "times are compared as texts", found: "7644-3.4.2.2-12", after: func(x *traffic) {
		if strings.Contains(x.query.Get("filter"), "+05:00") {
			x.out["totalResults"], x.out["Resources"] = 0, []any{}
		}
	}},
	{name: "an invalid filter means all", found: "7644-3.4.2.2-37,7644-3.4.2.2-38,7644-3.4.2.2-39,7644-3.4.2.2-43,7644-3.4.2.2-45", after: func(x *traffic) {
		if x.kind() == "invalidFilter" {
			all := x.send("GET", x.URL.Path, nil)
			x.status, x.out = all.status, all.out
		}
	}},
	{name: "invalid filters are invalid values", found: "7644-3.4.2.2-37,7644-3.4.2.2-41", after: func(x *traffic) {
		if x.kind() == "invalidFilter" {
			x.out["scimType"] = "invalidValue"
		}
	}},
	{name: "sortOrder is ignored", found: "7644-3.4.2.3-02,7644-3.4.2.3-05,7644-3.4.2.3-08", before: func(x *traffic) { x.query.Del("sortOrder") }},
	{name: "sortBy is ignored", found: "7644-3.4.2.3-01,7644-3.4.2.3-04", before: func(x *traffic) { x.query.Del("sortBy") }},
	{name: "attributes is ignored", found: "7644-3.9-01,7644-3.9-03,7644-3.4.2.5-01,7644-3.9-08", before: func(x *traffic) { x.query.Del("attributes") }},
	{name: "excludedAttributes is ignored", found: "7644-3.9-05,7644-3.9-07,7644-3.4.2.5-02,7644-3.9-12", before: func(x *traffic) {
		x.query.Del("excludedAttributes")
	}},
	{name: "excludedAttributes takes the id", found: "7644-3.9-06", after: func(x *traffic) {
		if x.query.Get("excludedAttributes") == "id" {
			delete(x.out, "id")
		}
	}},
	{name: "unknown parameters are refused", found: "7644-3.4.2-05", before: func(x *traffic) {
		if x.query.Has("x-unknown") {
			x.answer(400)
		}
	}},
}

func onFilter(from, to string) func(*traffic) {
	return func(x *traffic) {
		x.filter(func(f string) string { return strings.ReplaceAll(f, from, to) })
	}
}

var otherFaults = []fault{
	{name: "the status of errors is a number", found: "7644-3.12-05", after: func(x *traffic) {
		if text, ok := x.out["status"].(string); ok {
			x.out["status"], _ = strconv.Atoi(text)
		}
	}},
	{name: "errors are plain text", found: "7644-3.12-04,7644-8.1-01", after: func(x *traffic) {
		if x.status >= 400 {
			x.raw = []byte("Something is wrong.")
			x.header.Set("Content-Type", "text/plain")
		}
	}},
	{name: "plain JSON media type", found: "7644-3.8-01", after: func(x *traffic) {
		x.header.Set("Content-Type", "application/json")
	}},
	{name: "another charset", found: "7644-3.8-07", after: func(x *traffic) {
		x.header.Set("Content-Type", "application/scim+json; charset=iso-8859-1")
	}},
	{name: "no challenge", found: "7644-2-01,7644-2-02", after: func(x *traffic) { x.header.Del("WWW-Authenticate") }},
	{name: "anybody is let in", found: "7644-2-01,7644-2-02,7644-2-03,7644-2-04", before: func(x *traffic) {
		x.Header.Set("Authorization", "Bearer "+token)
	}},
	{name: "schemas does not name extensions", found: "7643-3.3-02,7644-3.5.2-26", after: func(x *traffic) {
		x.resources(func(r object) {
			if list, _ := r["schemas"].([]any); len(list) > 1 {
				r["schemas"] = list[:1]
			}
		})
	}},
	{name: "schemas is missing", found: "7643-3-01", after: func(x *traffic) {
		x.resources(func(r object) { delete(r, "schemas") })
	}},
	{name: "users do not show their groups", found: "7643-4.1.2-04,7643-4.1.2-03", after: func(x *traffic) {
		x.resources(func(r object) { delete(r, "groups") })
	}},
	{name: "the configuration can be posted to", found: "7644-4-02", after: func(x *traffic) {
		if strings.HasSuffix(x.URL.Path, "/ServiceProviderConfig") {
			x.status = 200
		}
	}},
	{name: "schemas are filtered and paged", found: "7644-4-11,7644-4-12", before: func(x *traffic) {
		if x.on("GET", "/Schemas") {
			x.query.Del("filter")
		}
	}, after: func(x *traffic) {
		if list, ok := x.out["Resources"].([]any); ok && x.on("GET", "/Schemas") && x.query.Has("count") {
			x.out["Resources"] = list[:1]
		}
	}},
	{name: "a resource type's schema is not listed", found: "7643-6-02", after: func(x *traffic) {
		if list, ok := x.out["Resources"].([]any); ok && x.on("GET", "/Schemas") {
			x.out["Resources"] = withoutGroup(list)
		}
	}},
	{name: "bulk limits are missing", found: "7643-5-02,7644-3.7.4-01", after: func(x *traffic) {
		if bulk, ok := x.out["bulk"].(object); ok {
			delete(bulk, "maxOperations")
		}
	}},
	{name: "a search answers 201", found: "7644-3.4.3-01", after: func(x *traffic) {
		if x.on("POST", "/Users/.search") {
			x.status = 201
		}
	}},
	{name: "a search ignores its filter", found: "7644-3.4.3-02,7644-3.4.3-08", before: func(x *traffic) {
		if x.on("POST", "/.search") && x.in["count"] == nil {
			delete(x.in, "filter")
		}
	}},
	{name: "base queries find users alone", found: "7644-3.4.2.1-02", after: func(x *traffic) {
		if list, ok := x.out["Resources"].([]any); ok && strings.Contains(x.query.Get("filter"), " or id eq ") {
			x.out["Resources"], x.out["totalResults"] = list[:1], 1
		}
	}},
	{name: "the last page has a nextCursor", found: "9865-2-02,9865-2-11", after: func(x *traffic) {
		if x.query.Has("cursor") && x.out["Resources"] != nil && x.out["nextCursor"] == nil {
			x.out["nextCursor"] = "more"
		}
	}},
	{name: "no cursor is given", found: "9865-2-01,9865-2-03", after: func(x *traffic) { delete(x.out, "nextCursor") }},
	{name: "a wrong cursor means the first page", found: "9865-2.1-01,9865-2.1-02", after: func(x *traffic) {
		if x.kind() == "invalidCursor" {
			x.query.Set("cursor", "")
			x.status = 0
			x.pass(nil)
		}
	}},
	{name: "cursors hold reserved characters", found: "9865-2-08", after: func(x *traffic) {
		if next, ok := x.out["nextCursor"].(string); ok {
			x.out["nextCursor"] = next + "=="
		}
	}},
}

func withoutGroup(list []any) []any {
	var out []any
	for _, s := range list {
		if id, _ := s.(object)["id"].(string); !strings.HasSuffix(id, ":Group") {
			out = append(out, s)
		}
	}
	return out
}
