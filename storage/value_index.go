package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// maxIndexKey is the length in bytes from which on a value is indexed by its digest.
const maxIndexKey = 256

// valueRow is a row of resource_values.
type valueRow struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`

	sent   string // the value as the client wrote it
	unique bool
	// bySetting: unique because the connection says so, not the schema. Rows
	// from before the setting are not marked, so those must be asked for.
	bySetting bool
}

// valueKey is what a row is known by among those of its resource.
type valueKey struct{ attribute, value string }

func (r valueRow) key() valueKey { return valueKey{r.Attribute, r.Value} }

// indexKey is the value under which resource_values has a text. Two values of
// an attribute are equal to SCIM only if their keys are equal, and always if those
// are no digests.
func indexKey(leaf *schema.Attribute, value string) string {
	if !leaf.CaseExact {
		value = schema.Fold(value)
	}
	if len(value) <= maxIndexKey {
		return value
	}
	digest := sha256.Sum256([]byte(value))
	return digestPrefix + hex.EncodeToString(digest[:])
}

const digestPrefix = "sha256:"

// isDigest says that several values may have the key: it is that of a long one, or
// looks like it.
func isDigest(key string) bool { return strings.HasPrefix(key, digestPrefix) }

// indexedAttribute says whether resource_values has a row for every value of
// the attribute, so that equality can be looked up there by indexKey.
func indexedAttribute(t *schema.ResourceType, ref schema.Ref) bool {
	leaf := ref.Leaf()
	if leaf == nil {
		return false
	}
	switch leaf.Type {
	case schema.String, schema.Reference, schema.Binary:
		return stored(t, ref) && (isUnique(leaf) || hot(t, ref))
	}
	return false // numbers and times have rows under another text than their own
}

// hot says whether identity providers look resources up by the attribute.
func hot(t *schema.ResourceType, ref schema.Ref) bool {
	sub := ""
	if ref.Sub != nil {
		sub = ref.Sub.Name
	}
	switch ref.URN {
	case "":
		switch ref.Attr.Name {
		case "externalId", "userName":
			return sub == ""
		case "emails":
			return sub == "value"
		case "displayName":
			return sub == "" && t.Core().ID == schema.GroupURN
		}
	case schema.EnterpriseUserURN:
		return ref.Attr.Name == "employeeNumber" && sub == ""
	}
	return false
}

// stored says whether the attribute's values are in the document.
func stored(t *schema.ResourceType, ref schema.Ref) bool {
	if ref.URN != "" {
		return true
	}
	switch ref.Attr.Name {
	case "id", "schemas", "meta":
		return false
	}
	return ref.Attr != t.Members()
}

// indexedRefs are the attributes of a type that have rows in resource_values.
func indexedRefs(t *schema.ResourceType) []schema.Ref {
	refs := appendIndexed(nil, t, "", t.Attributes())
	for _, extension := range t.Extensions() {
		refs = appendIndexed(refs, t, extension.ID, extension.Attributes)
	}
	return refs
}

func appendIndexed(refs []schema.Ref, t *schema.ResourceType, urn string, attributes []*schema.Attribute) []schema.Ref {
	for _, a := range attributes {
		ref := schema.Ref{URN: urn, Attr: a}
		if !stored(t, ref) {
			continue
		}
		if a.Type != schema.Complex {
			if isUnique(a) || hot(t, ref) {
				refs = append(refs, ref)
			}
			continue
		}
		for _, sub := range a.SubAttributes {
			ref.Sub = sub
			if isUnique(sub) || hot(t, ref) {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

func isUnique(a *schema.Attribute) bool {
	return a.Uniqueness == schema.UniqueServer || a.Uniqueness == schema.UniqueGlobal
}

// valueRows are the rows of a document, each once, in the order of the schema.
func valueRows(t *schema.ResourceType, doc map[string]any, bySetting []schema.Ref) []valueRow {
	var rows []valueRow
	index := map[valueKey]int{}
	add := func(ref schema.Ref, setting bool) {
		leaf := ref.Leaf()
		name := ref.String()
		for _, v := range schema.Values(doc, ref) {
			sent, text, ok := valueText(leaf, v)
			if !ok {
				continue
			}
			row := valueRow{
				Attribute: name, Value: indexKey(leaf, text), sent: sent,
				unique: setting || isUnique(leaf), bySetting: setting,
			}
			if i, ok := index[row.key()]; ok {
				rows[i].unique = rows[i].unique || row.unique
				rows[i].bySetting = rows[i].bySetting || row.bySetting
				continue
			}
			index[row.key()] = len(rows)
			rows = append(rows, row)
		}
	}
	for _, ref := range indexedRefs(t) {
		add(ref, false)
	}
	for _, ref := range bySetting {
		if leaf := ref.Leaf(); leaf != nil && leaf.Type != schema.Complex && stored(t, ref) {
			add(ref, true)
		}
	}
	return append(rows, peopleRows(t, doc)...)
}

// valueText is a simple value as the client wrote it, and as the text that all
// equal values share.
func valueText(leaf *schema.Attribute, v any) (sent, text string, ok bool) {
	switch v := v.(type) {
	case string:
		if leaf.Type == schema.DateTime {
			if at, err := schema.ParseTime(v); err == nil {
				return v, strconv.FormatInt(at.UnixMicro(), 10), true
			}
		}
		return v, v, true
	case json.Number:
		return v.String(), schema.CanonicalNumber(v), true
	case bool:
		text = strconv.FormatBool(v)
		return text, text, true
	}
	return "", "", false
}
