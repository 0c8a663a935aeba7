package storage

import (
	"database/sql"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// textElements are what the arrays that lists of texts are written as have in them.
var textElements = map[uint32]uint32{
	pgtype.TextArrayOID: pgtype.TextOID,
	pgtype.JSONArrayOID: pgtype.JSONOID,
	pgtype.UUIDArrayOID: pgtype.UUIDOID,
}

// addArray adds a parameter that is an array, and reports false if it is none of
// those that are written as they are.
func (v *postgresValues) addArray(oid uint32, list any) (done bool, err error) {
	buffer, element := v.buffer, textElements[oid]
	switch list := list.(type) {
	case []string:
		if list == nil || element == 0 {
			return false, nil
		}
		buffer = appendDimension(buffer, element, len(list))
		for i := 0; i < len(list) && err == nil; i++ {
			buffer, err = appendText(buffer, element, list[i])
		}
	case []sql.NullString:
		if list == nil || element == 0 {
			return false, nil
		}
		buffer = appendDimension(buffer, element, len(list))
		for i := 0; i < len(list) && err == nil; i++ {
			if !list[i].Valid {
				buffer = append(buffer, 0xff, 0xff, 0xff, 0xff) // null
				continue
			}
			buffer, err = appendText(buffer, element, list[i].String)
		}
	case []int64:
		if list == nil || oid != pgtype.Int8ArrayOID {
			return false, nil
		}
		buffer = appendDimension(buffer, pgtype.Int8OID, len(list))
		for _, number := range list {
			buffer = binary.BigEndian.AppendUint64(append(buffer, 0, 0, 0, 8), uint64(number))
		}
	default:
		return false, nil
	}
	if err != nil {
		return false, err
	}
	v.put(pgx.BinaryFormatCode, buffer)
	return true, nil
}

// roomOf is how many bytes the lists among parameters take.
func roomOf(args []any) int {
	room := 0
	for _, arg := range args {
		switch list := arg.(type) {
		case []string:
			for _, text := range list {
				room += 4 + len(text)
			}
		case []sql.NullString:
			for _, text := range list {
				room += 4 + len(text.String)
			}
		case []int64:
			room += 12 * len(list)
		}
	}
	return room + 32*len(args)
}

// appendDimension is the head of an array in binary, in which nulls need not be
// announced.
func appendDimension(buffer []byte, element uint32, length int) []byte {
	dimensions := uint32(1)
	if length == 0 {
		dimensions = 0
	}
	for _, word := range []uint32{dimensions, 0, element} {
		buffer = binary.BigEndian.AppendUint32(buffer, word)
	}
	if length == 0 {
		return buffer
	}
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(buffer, uint32(length)), 1) // from 1 on
}

// appendText is an element that has a text.
func appendText(buffer []byte, element uint32, text string) ([]byte, error) {
	if element != pgtype.UUIDOID {
		return append(binary.BigEndian.AppendUint32(buffer, uint32(len(text))), text...), nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return append(append(buffer, 0, 0, 0, 16), id[:]...), nil
}
