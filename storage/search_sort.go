package storage

import "strconv"

// arm is one selection of a search that sorts several together.
type arm struct {
	*selection
	index int
	key   string // "" if nothing of the type can be sorted by
	as    representation
}

// keyTypes are the types of sort keys; the rest are bigint.
var keyTypes = map[representation]string{asText: "text", asNumber: "text", asBoolean: "boolean"}

// selectArms are the statements that find what the arms select: the ids,
// positions and sort keys. All sort keys are of one type, since they come in one
// column and a client may have an attribute be a number here and a text there.
func selectArms(d queryDialect, arms []arm) []string {
	as, mixed := commonKind(arms)
	missing := "cast(null as text)"
	if kind, ok := keyTypes[as]; !mixed && ok {
		missing = "cast(null as " + kind + ")"
	} else if !mixed {
		missing = "cast(null as bigint)"
	}
	statements := make([]string, len(arms))
	for i, a := range arms {
		key := a.key
		switch {
		case key == "":
			key = missing
		case mixed:
			key = d.mixedKey(key, a.as)
		}
		statements[i] = "select r.id, r.position, " + strconv.Itoa(a.index) + " as selection, " + key + " as sort_key" +
			" from " + a.from + " where " + a.where
	}
	return statements
}

// commonKind is the kind of the sort keys that there are; mixed says that they
// are of several.
func commonKind(arms []arm) (as representation, mixed bool) {
	first := true
	for _, a := range arms {
		kind := a.as
		if kind == asTimeText || kind == asVersion {
			kind = asMicros // whole numbers all of them
		}
		switch {
		case a.key == "":
		case first:
			as, first = kind, false
		case kind != as:
			return asText, true
		}
	}
	return as, false
}
