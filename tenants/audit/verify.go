package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Verification is what became of checking one tenant's log.
type Verification struct {
	Rows      int64 // as many as the log has
	Unchained int64 // of them older than the chain; nothing can be said about those
	Head      Head
	Break     *Break // nil: every row is there and is what was written
}

// OK reports whether the log is what was written.
func (v *Verification) OK() bool { return v.Break == nil }

// Break is the first place where a log is not what was written.
type Break struct {
	Number int64  // of the row
	Reason string // a sentence
}

// errBroken ends the reading of a log.
var errBroken = errors.New("the chain is broken")

// Verify reads one tenant's log from its beginning and follows the chain. What
// it cannot see is a log that was replaced as a whole, numbers and all: for that,
// keep the Head elsewhere and compare.
func (l *Log) Verify(ctx context.Context, tenantID string) (*Verification, error) {
	head, err := l.store.AuditHead(ctx, tenantID)
	if err != nil {
		return nil, fmt.Errorf("verify audit log: %w", err)
	}
	v := &Verification{Head: head}
	c := chain{result: v}
	err = l.each(ctx, tenantID, head.Number, Filter{}, c.follow)
	switch {
	case errors.Is(err, errBroken):
	case err != nil:
		return nil, fmt.Errorf("verify audit log: %w", err)
	default:
		c.end(head)
	}
	return v, nil
}

// chain is how far a log was followed.
type chain struct {
	result *Verification
	number int64
	hash   []byte // empty: before the first row of the chain
}

func (c *chain) follow(e *Entry) error {
	c.result.Rows++
	switch {
	case e.Number != c.number+1:
		return c.broken(c.number+1, "The row is missing.")
	case len(e.Hash) == 0 && len(c.hash) == 0: // older than the chain
		c.result.Unchained++
		c.number = e.Number
		return nil
	case !bytes.Equal(e.Hash, Link(c.hash, e.Digest())):
		return c.broken(e.Number, "The row does not say what it said when it was written, or the one before it does not.")
	}
	c.number, c.hash = e.Number, e.Hash
	return nil
}

// end compares the last row with where the log should end.
func (c *chain) end(head Head) {
	switch {
	case c.number != head.Number:
		_ = c.broken(c.number+1, "The row is missing, and so is everything behind it.")
	case !bytes.Equal(c.hash, head.Hash):
		_ = c.broken(c.number, "The last row is not the one that the log ends with.")
	}
}

func (c *chain) broken(number int64, reason string) error {
	c.result.Break = &Break{Number: number, Reason: reason}
	return errBroken
}

// Compare holds a verified log against where it ended at an earlier time. Rows
// only ever come behind the others, so the row of that number is still the same.
func (l *Log) Compare(ctx context.Context, tenantID string, earlier Head, v *Verification) error {
	rows, err := l.store.AuditAfter(ctx, tenantID, earlier.Number-1, 1, Filter{})
	if err != nil {
		return fmt.Errorf("compare audit log: %w", err)
	}
	if len(rows) == 0 || rows[0].Number != earlier.Number || !bytes.Equal(rows[0].Hash, earlier.Hash) {
		v.Break = &Break{Number: earlier.Number, Reason: "The log is another one than that whose head was kept."}
	}
	return nil
}
