package storage

import (
	"database/sql"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// keptBuffer is how many bytes of parameters a statement keeps room for.
const keptBuffer = 16 << 10

// postgresValues are the parameters of a statement as they are sent. What most
// parameters are is written as it is; for the others pgx has a plan to look up.
type postgresValues struct {
	raw     [][]byte // nil: null
	formats []int16
	buffer  []byte // that raw is in
}

// build encodes the parameters, until it is called again.
func (v *postgresValues) build(types *pgtype.Map, about *pgconn.StatementDescription, args []any) error {
	if len(args) != len(about.ParamOIDs) {
		return fmt.Errorf("encode parameters: %d for %d", len(args), len(about.ParamOIDs))
	}
	v.raw, v.formats, v.buffer = v.raw[:0], v.formats[:0], v.buffer[:0]
	if v.buffer == nil || cap(v.buffer) > keptBuffer {
		v.buffer = make([]byte, 0, max(256, roomOf(args))) // not nil, which would make "" null
	}
	for i, arg := range args {
		if err := v.add(types, about.ParamOIDs[i], arg); err != nil {
			return fmt.Errorf("encode parameter %d: %w", i+1, err)
		}
	}
	return nil
}

func (v *postgresValues) add(types *pgtype.Map, oid uint32, arg any) error {
	switch arg := arg.(type) {
	case string:
		v.put(pgx.TextFormatCode, append(v.buffer, arg...))
		return nil
	case sql.NullString:
		if !arg.Valid {
			return v.encode(types, oid, nil)
		}
		v.put(pgx.TextFormatCode, append(v.buffer, arg.String...))
		return nil
	case interface{ UUID() string }: // an id, which the database knows as a UUID
		v.put(pgx.TextFormatCode, append(v.buffer, arg.UUID()...))
		return nil
	case int:
		if oid == pgtype.Int8OID {
			v.put(pgx.BinaryFormatCode, binary.BigEndian.AppendUint64(v.buffer, uint64(arg)))
			return nil
		}
	case int64:
		if oid == pgtype.Int8OID {
			v.put(pgx.BinaryFormatCode, binary.BigEndian.AppendUint64(v.buffer, uint64(arg)))
			return nil
		}
	}
	if done, err := v.addArray(oid, arg); done || err != nil {
		return err
	}
	return v.encode(types, oid, arg)
}

// encode has pgx encode a value, in the format that the type has where it can.
func (v *postgresValues) encode(types *pgtype.Map, oid uint32, arg any) error {
	format := types.FormatCodeForOID(oid)
	buffer, err := types.Encode(oid, format, arg, v.buffer)
	if err != nil && format != pgx.TextFormatCode {
		format = pgx.TextFormatCode
		buffer, err = types.Encode(oid, format, arg, v.buffer)
	}
	if err != nil {
		return err
	}
	v.put(format, buffer)
	return nil
}

// put adds a parameter that was put behind the others; nil is null.
func (v *postgresValues) put(format int16, buffer []byte) {
	v.formats = append(v.formats, format)
	if buffer == nil {
		v.raw = append(v.raw, nil)
		return
	}
	start := len(v.buffer)
	v.buffer = buffer
	v.raw = append(v.raw, buffer[start:len(buffer):len(buffer)])
}
