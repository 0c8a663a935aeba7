package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/tenants"
)

// CredentialChanges tells how often what tokens are worth has changed. Its one
// statement is small, and does not queue for a connection behind requests.
type CredentialChanges struct{ db *DB }

// NewCredentialChanges returns the count of a database.
func NewCredentialChanges(db *DB) *CredentialChanges { return &CredentialChanges{db: db.aside()} }

// CredentialChange reads the count: all changes that were committed before.
func (c *CredentialChanges) CredentialChange(ctx context.Context) (tenants.CredentialChange, error) {
	change := tenants.CredentialChange{Number: -1}
	err := c.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&change.Number, &change.Run) },
			"select number, "+tx.serverRun()+" from credential_changes")
		return tx.last(ctx, b)
	})
	if err == nil && change.Number < 0 {
		err = errors.New("the database has none; migrate it")
	}
	if err != nil {
		return tenants.CredentialChange{}, fmt.Errorf("read the number of changes of credentials: %w", err)
	}
	return change, nil
}

// countCredentials raises the count if the transaction has changed what a token is
// worth. It comes behind everything else, so that the row, which all who change a
// credential want, is locked while the change is announced and committed, and by
// nobody who goes on to lock something else.
func (t *tx) countCredentials(ctx context.Context) error {
	if len(t.touched.connections) == 0 {
		return nil
	}
	t.state = nil // is to be read behind what may have had to wait
	if _, err := t.exec(ctx, `update credential_changes set number = number + 1`); err != nil {
		return fmt.Errorf("count a change of credentials: %w", err)
	}
	return nil
}
