package storage

import (
	"time"

	"github.com/roster-scim/roster/scim"
)

// recordColumns is what scanRecord reads of `resources r`. memberships is an
// expression for a column of membershipsOf, or noMemberships.
func recordColumns(memberships string) string {
	return `r.id, r.version, r.created_at, r.modified_at, r.document, ` + memberships + ` as member_of`
}

// scanRecord reads recordColumns and whatever follows them into more.
func scanRecord(row scanner, more ...any) (*scim.Record, error) {
	r := &struct { // at once, of which pages have many
		scim.Record
		created, modified int64
		memberships       []byte
	}{}
	dest := append(make([]any, 0, 8), &r.ID, &r.Version, &r.created, &r.modified, (*[]byte)(&r.Document), &r.memberships)
	err := row.Scan(append(dest, more...)...)
	if err == nil {
		r.Memberships, err = decodeMemberships(r.memberships)
	}
	if err != nil {
		return nil, err
	}
	r.memberships = nil
	r.Created, r.LastModified = time.UnixMicro(r.created).UTC(), time.UnixMicro(r.modified).UTC()
	return &r.Record, nil
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
