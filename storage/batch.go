package storage

// batch is the statements of one operation that need no answer in between. A
// database on the other side of a network gets them at once.
type batch struct {
	statements []*statement
	// final says that nothing follows in the transaction, which only reads, so
	// that its end can go with the batch.
	final bool
	// brief says that it finds a few rows by their keys: nobody needs to interrupt it.
	brief bool
	// commits says the same of a transaction that writes, which is durable when the
	// batch has been sent without an error: see tx.commitWith.
	commits bool
}

// statement is one statement of a batch and what to do with its outcome.
type statement struct {
	query string
	args  []any

	// scan, if set, is called with every row that the statement returns.
	scan func(scanner) error
	// conflict, if set, is the error when the statement violates a unique index.
	conflict error
	// refusal, if set, is the error when the statement finds a row: see tx.refuse.
	refusal error
	// plain statements have neither parameters nor rows, and are sent as they are.
	plain bool
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
