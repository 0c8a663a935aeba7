package scimhttp_test

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
)

// badgeBench serves a type that has an attribute of every "returned", and none
// of the RFC's names.
func badgeBench(t *testing.T) *bench {
	t.Helper()
	core, err := schema.ParseSchema([]byte(`{"id":"urn:example:Badge","name":"Badge","attributes":[
		{"name":"code","type":"string","returned":"always","required":true},
		{"name":"colour","type":"string"},
		{"name":"notes","type":"string","returned":"request"},
		{"name":"pin","type":"string","returned":"never"},
		{"name":"active","type":"boolean","mutability":"readOnly"},
		{"name":"doors","type":"complex","multiValued":true,"subAttributes":[
			{"name":"value","type":"string","returned":"always"},
			{"name":"label","type":"string"},
			{"name":"history","type":"string","returned":"request"},
			{"name":"secret","type":"string","returned":"never"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	extension, err := schema.ParseSchema([]byte(`{"id":"urn:example:Badge:Extra","name":"Extra","attributes":[
		{"name":"issuer","type":"string"},{"name":"remarks","type":"string","returned":"request"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.admission.Types, err = schema.NewRegistry([]*schema.ResourceType{{
		Name: "Badge", Endpoint: "/Badges", Schema: core.ID, SchemaExtensions: []schema.ExtensionRef{{Schema: extension.ID}},
	}}, []*schema.Schema{core, extension})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const badge = `{"code":"c1","externalId":"x","colour":"red","notes":"n","pin":"1234",
	"doors":[{"value":"d1","label":"Front","history":"h","secret":"s"}],"urn:example:Badge:Extra":{"issuer":"i","remarks":"r"}}`

// shape is the keys of a badge, of its first door and of its extension.
func shape(r map[string]any) string {
	text := keys(r)
	if doors, ok := r["doors"].([]any); ok {
		text += " | " + keys(doors[0].(map[string]any))
	}
	if extra, ok := r["urn:example:Badge:Extra"].(map[string]any); ok {
		text += " | " + keys(extra)
	}
	return text
}

// TestReturnedComesFromTheSchema: of reads, and of what a projection asks for.
func TestReturnedComesFromTheSchema(t *testing.T) {
	t.Parallel()
	b := badgeBench(t)
	id := b.want(t, 201, "POST", "/Badges", badge)["id"].(string)
	const extra = "urn:example:Badge:Extra"
	for query, want := range map[string]string{
		"":                                           "code colour doors externalId id meta schemas " + extra + " | label value | issuer",
		"attributes=colour":                          "code colour id schemas",
		"attributes=notes":                           "code id notes schemas",
		"attributes=pin":                             "code id schemas",
		"attributes=doors":                           "code doors id schemas | label value",
		"attributes=doors.history":                   "code doors id schemas | history value",
		"attributes=doors.secret,doors.label":        "code doors id schemas | label value",
		"attributes=externalId":                      "code externalId id schemas",
		"attributes=" + extra:                        "code id schemas " + extra + " | issuer remarks",
		"attributes=" + extra + ":remarks":           "code id schemas " + extra + " | remarks",
		"excludedAttributes=code,colour,meta":        "code doors externalId id schemas " + extra + " | label value | issuer",
		"excludedAttributes=doors.value,doors.label": "code colour doors externalId id meta schemas " + extra + " | value | issuer",
		"excludedAttributes=notes":                   "code colour doors externalId id meta schemas " + extra + " | label value | issuer",
	} {
		if got := shape(b.want(t, 200, "GET", "/Badges/"+id+"?"+query, "")); got != want {
			t.Errorf("?%s shows %s, want %s", query, got, want)
		}
		list := b.want(t, 200, "GET", "/?"+query, "")["Resources"].([]any)
		if got := shape(list[0].(map[string]any)); got != want {
			t.Errorf("list ?%s shows %s, want %s", query, got, want)
		}
	}
}

// TestWritesReturnWhatTheySpecify: what is returned on request alone is part of
// the answer to a write that names it (RFC 7643 section 7).
func TestWritesReturnWhatTheySpecify(t *testing.T) {
	t.Parallel()
	b := badgeBench(t)
	const extra = "urn:example:Badge:Extra"
	const usual = "code colour doors externalId id meta schemas " + extra + " | label value | issuer"
	const all = "code colour doors externalId id meta notes schemas " + extra + " | history label value | issuer remarks"
	created := b.want(t, 201, "POST", "/Badges", badge)
	at := "/Badges/" + created["id"].(string)
	if got := shape(created); got != all {
		t.Errorf("POST shows %s, want %s", got, all)
	}
	if got := shape(b.want(t, 200, "PUT", at+"?excludedAttributes=notes,"+extra, badge)); got != "code colour doors externalId id meta schemas | history label value" {
		t.Errorf("PUT with excludedAttributes shows %s", got)
	}
	if got := shape(b.want(t, 200, "PUT", at+"?attributes=colour", badge)); got != "code colour id schemas" {
		t.Errorf("PUT with attributes shows %s", got)
	}
	for ops, want := range map[string]string{
		`{"op":"replace","path":"colour","value":"blue"}`:                       usual,
		`{"op":"replace","path":"NOTES","value":"other"}`:                       strings.Replace(usual, "meta", "meta notes", 1),
		`{"op":"replace","value":{"notes":"again","colour":"green"}}`:           strings.Replace(usual, "meta", "meta notes", 1),
		`{"op":"replace","path":"doors[value eq \"d1\"].history","value":"x"}`:  strings.Replace(usual, "label", "history label", 1),
		`{"op":"replace","path":"doors.history","value":"y"}`:                   strings.Replace(usual, "label", "history label", 1),
		`{"op":"add","path":"doors","value":[{"value":"d1","history":"z"}]}`:    strings.Replace(usual, "label", "history label", 1),
		`{"op":"replace","path":"` + extra + `:remarks","value":"q"}`:           usual + " remarks",
		`{"op":"replace","value":{"` + extra + `":{"remarks":"p"}}}`:            usual + " remarks",
		`{"op":"replace","path":"` + extra + `","value":{"remarks":"o"}}`:       usual + " remarks",
		`{"op":"replace","path":"pin","value":"4321"}`:                          usual,
		`{"op":"replace","path":"doors[value eq \"d1\"].secret","value":"two"}`: usual,
	} {
		if got := shape(b.want(t, 200, "PATCH", at, `{"Operations":[`+ops+`]}`)); got != want {
			t.Errorf("PATCH %s shows %s, want %s", ops, got, want)
		}
	}
}

// TestNeverReturnedIsNeverTold: neither by a filter nor by an order.
func TestNeverReturnedIsNeverTold(t *testing.T) {
	t.Parallel()
	b := badgeBench(t)
	b.want(t, 201, "POST", "/Badges", badge)
	for _, query := range []string{
		"filter=pin+pr", "filter=pin+sw+%221%22", "filter=doors.secret+pr", "filter=doors%5Bsecret+pr%5D",
		"sortBy=pin", "sortBy=doors.secret",
	} {
		for _, endpoint := range []string{"/Badges", "/"} {
			if w := b.do("GET", endpoint+"?"+query, ""); w.Code != 400 {
				t.Errorf("%s?%s: %d %s", endpoint, query, w.Code, w.Body)
			}
		}
	}
}

// TestActiveIsDefaultedWhereClientsMayWriteIt: a readOnly attribute of that name
// is nothing that a POST sets.
func TestActiveIsDefaultedWhereClientsMayWriteIt(t *testing.T) {
	t.Parallel()
	b := badgeBench(t)
	if created := b.want(t, 201, "POST", "/Badges", `{"code":"c1","active":true}`); created["active"] != nil {
		t.Errorf("active is %v", created["active"])
	}
}
