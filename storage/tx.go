package storage

import (
	"context"
	"database/sql"
	"time"
)

// tx is a transaction with the clock reading that all its rows share.
type tx struct {
	session
	dialect
	now time.Time // UTC, whole microseconds
}

// micros is the transaction's time as the tables keep it.
func (t *tx) micros() int64 { return t.now.UnixMicro() }

// scanner is one row of a result.
type scanner interface {
	Scan(dest ...any) error
}

// get reads the one row of a query, or returns sql.ErrNoRows.
func (t *tx) get(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	found := false
	err := t.each(ctx, func(row scanner) error {
		found = true
		return scan(row)
	}, query, args...)
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// each calls scan with every row of a query.
func (t *tx) each(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	return scanAll(rows, scan)
}

// scanAll calls scan with every row and closes the rows.
func scanAll(rows *sql.Rows, scan func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
