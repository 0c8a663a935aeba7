package storage

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/roster-scim/roster/scim"
)

// memberRow reads rows with a member's id, type and name. There may be 100,000,
// so nothing is allocated for what the driver has in memory already: an id is
// taken as PostgreSQL sends it, and texts are looked at where they are.
type memberRow struct {
	group, id    idScan
	typ, display textScan
}

// addTo puts the row's member behind the others.
func (r *memberRow) addTo(m *scim.Members) { m.Add(r.id, r.typ, r.display) }

// idScan takes an id, whichever way the driver has it.
type idScan [16]byte

var _ pgtype.UUIDScanner = (*idScan)(nil)

// ScanUUID implements pgtype.UUIDScanner.
func (s *idScan) ScanUUID(v pgtype.UUID) error {
	*s = v.Bytes
	return nil
}

// Scan implements sql.Scanner.
func (s *idScan) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("an id cannot be a %T", src)
	}
	id, err := uuid.Parse(text)
	*s = idScan(id)
	return err
}

// textScan takes a text until the next row is read.
type textScan []byte

var _ pgtype.BytesScanner = (*textScan)(nil)

// ScanBytes implements pgtype.BytesScanner.
func (s *textScan) ScanBytes(v []byte) error {
	*s = v
	return nil
}

// Scan implements sql.Scanner.
func (s *textScan) Scan(src any) error {
	switch src := src.(type) {
	case string:
		*s = append((*s)[:0], src...)
	case []byte:
		*s = append((*s)[:0], src...)
	default:
		return fmt.Errorf("a text cannot be a %T", src)
	}
	return nil
}
