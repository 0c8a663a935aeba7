package storage

// batch is the statements of one operation that need no answer in between. A
// database on the other side of a network gets them at once.
type batch struct {
	statements []*statement
	// final says that nothing follows in the transaction, which only reads, so
	// that its end can go with the batch.
	final bool
}

// statement is one statement of a batch and what to do with its outcome.
type statement struct {
	query string
	args  []any

	// scan, if set, is called with every row that the statement returns.
	scan func(scanner) error
	// conflict, if set, is the error when the statement violates a unique index.
	conflict error
	// affected is how many rows the statement changed, once it was carried out.
	affected int64
}

// exec adds a statement that returns no rows.
func (b *batch) exec(query string, args ...any) *statement {
	s := &statement{query: query, args: args}
	b.statements = append(b.statements, s)
	return s
}

// query adds a statement whose rows go to scan.
func (b *batch) query(scan func(scanner) error, query string, args ...any) {
	b.exec(query, args...).scan = scan
}
