package storage

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestJudge: an attempt whose commit may have taken effect is neither repeated
// nor called a failure.
func TestJudge(t *testing.T) {
	t.Parallel()
	db := &DB{engine: &postgresEngine{}}
	late := fmt.Errorf("timeout: %w", context.DeadlineExceeded)
	stopped := &pgconn.PgError{Code: "57P01"}
	for name, c := range map[string]struct {
		err  error
		want verdict
	}{
		"a late statement":            {late, failed},
		"a late commit":               {&commitError{late}, uncertain},
		"a broken statement":          {io.ErrUnexpectedEOF, dbAway},
		"a broken commit":             {&commitError{io.ErrUnexpectedEOF}, uncertain},
		"a server that stops":         {stopped, dbAway},
		"… in the middle of a commit": {&commitError{stopped}, uncertain},
		"a commit that loses":         {&commitError{&pgconn.PgError{Code: stateSerialization}}, lostRace},
		"a race":                      {fmt.Errorf("write: %w", errConflict), lostRace},
	} {
		if got := db.judge(c.err); got != c.want {
			t.Errorf("%s: verdict %d, want %d", name, got, c.want)
		}
	}
}

// TestPrimaryIsFoundAmongHosts: an address may ask for the server that writes can
// go to.
func TestPrimaryIsFoundAmongHosts(t *testing.T) {
	t.Parallel()
	db := openPostgresAt(t, withParameter(t, postgresCopy(t), "target_session_attrs", "read-write"), Options{})
	err := db.update(t.Context(), "", func(tx *tx) error {
		_, err := tx.exec(t.Context(), `update tenants set name = name where false`)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
