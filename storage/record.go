package storage

import (
	"encoding/json"
	"time"

	"github.com/roster-scim/roster/scim"
)

// recordColumns is what scanRecord reads of `resources r`. memberships is an
// expression for a column of membershipsOf, or noMemberships.
func recordColumns(memberships string) string {
	return `r.id, r.version, r.created_at, r.modified_at, r.document, ` + memberships
}

// scanRecord reads recordColumns and whatever follows them into more.
func scanRecord(row scanner, more ...any) (*scim.Record, error) {
	var (
		rec               scim.Record
		created, modified int64
		document          string
		memberships       []byte
	)
	dest := append([]any{&rec.ID, &rec.Version, &created, &modified, &document, &memberships}, more...)
	err := row.Scan(dest...)
	if err == nil {
		rec.Memberships, err = decodeMemberships(memberships)
	}
	if err != nil {
		return nil, err
	}
	rec.Created = time.UnixMicro(created).UTC()
	rec.LastModified = time.UnixMicro(modified).UTC()
	rec.Document = json.RawMessage(document)
	return &rec, nil
}

// isID says whether a text is an id in the only form that Roster gives out: a
// UUID in lower case. Anything else names nothing, and need not be asked for.
func isID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}
