package storage

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// TestCancelledBegin ends the context of a transaction while it begins, at
// random moments, and checks that the connection is good for the next one: there
// is but one that writes.
func TestCancelledBegin(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]mode{"write": readWrite, "read": readOnly} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1})
			for i := range 3000 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(60_000)))
				_ = db.transact(ctx, "", m, func(*tx) error { return errRollback }) // either way is fine
				cancel()
				if err := db.transact(t.Context(), "", m, func(*tx) error { return nil }); err != nil {
					t.Fatalf("after %d cancelled transactions: %v", i+1, err)
				}
			}
		})
	}
}
