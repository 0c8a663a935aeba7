package cache

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/roster-scim/roster/scim"
)

// recordFormat is the first byte of an encoded record. Replicas of different versions
// may share a cache: what one does not understand is a miss to it.
const recordFormat = 1

// encodeRecord writes a record: its type first, since an id of another type
// names nothing.
func encodeRecord(typ string, r *scim.Record) []byte {
	b := make([]byte, 0, 64+len(r.Document)+64*len(r.Memberships))
	b = append(b, recordFormat)
	b = appendText(b, typ)
	b = appendText(b, r.ID)
	b = binary.AppendVarint(b, r.Version)
	b = binary.AppendVarint(b, r.Created.UnixMicro())
	b = binary.AppendVarint(b, r.LastModified.UnixMicro())
	b = appendText(b, r.Document)
	b = binary.AppendUvarint(b, uint64(len(r.Memberships)))
	for _, m := range r.Memberships {
		b = appendText(b, m.GroupID)
		b = appendText(b, m.Display)
		direct := byte(0)
		if m.Direct {
			direct = 1
		}
		b = append(b, direct)
	}
	return b
}

var errMalformed = errors.New("malformed cache entry")

// decodeRecord reads what encodeRecord wrote.
func decodeRecord(data string) (typ string, r *scim.Record, err error) {
	d := decoder{rest: []byte(data)}
	if d.byte() != recordFormat {
		return "", nil, errMalformed
	}
	typ = string(d.text())
	r = &scim.Record{ID: string(d.text()), Version: d.varint()}
	r.Created = time.UnixMicro(d.varint()).UTC()
	r.LastModified = time.UnixMicro(d.varint()).UTC()
	r.Document = d.text()
	for n := d.uvarint(); n > 0 && !d.failed; n-- {
		r.Memberships = append(r.Memberships, scim.Membership{
			GroupID: string(d.text()), Display: string(d.text()), Direct: d.byte() == 1,
		})
	}
	if d.failed || len(d.rest) > 0 {
		return "", nil, errMalformed
	}
	return typ, r, nil
}

func appendText[T ~[]byte | ~string](b []byte, text T) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

// decoder reads values until one is not there.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) fail() {
	d.rest, d.failed = nil, true
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.fail()
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) text() []byte {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail()
		return nil
	}
	text := d.rest[:n:n]
	d.rest = d.rest[n:]
	return text
}
