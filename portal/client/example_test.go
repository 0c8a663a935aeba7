package client_test

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"net/http"
	"os"

	"github.com/roster-scim/roster/portal/client"
	"github.com/roster-scim/roster/portal/client/api"
)

// An app that keeps the cursor in the transaction of its data applies each event
// exactly once.
func ExampleLoadOnly() {
	var db *sql.DB
	consumer := &client.TenantConsumer{
		Client: &client.Client{URL: "https://roster.example.com", Key: os.Getenv("API_KEY")},
		Tenant: "ten01m81c6t0yehv834aq6jehj7w7",
		Cursor: client.LoadOnly(func(ctx context.Context) (place string, err error) {
			err = db.QueryRowContext(ctx, `select place from roster_cursor`).Scan(&place)
			if errors.Is(err, sql.ErrNoRows) {
				return "", nil
			}
			return place, err
		}),
		Snapshot: func(ctx context.Context, s *client.Snapshot) error {
			return inTransaction(ctx, db, s.Cursor, func(tx *sql.Tx) error {
				for line, err := range s.Lines() {
					if err != nil {
						return err
					}
					if line.Type == client.LineUser {
						if _, err := tx.ExecContext(ctx, `insert into people (document) values ($1)`, string(line.Data)); err != nil {
							return err
						}
					}
				}
				return nil
			})
		},
		Apply: func(ctx context.Context, b client.Batch) error {
			return inTransaction(ctx, db, b.Cursor, func(*sql.Tx) error { return nil /* apply b.Events */ })
		},
	}
	log.Fatal(consumer.Run(context.Background()))
}

func inTransaction(ctx context.Context, db *sql.DB, cursor string, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return client.Temporary(err) // the database will be back
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `update roster_cursor set place = $1`, cursor); err != nil {
		return err
	}
	return client.Temporary(tx.Commit())
}

// A receiver of webhooks in a few lines.
func ExampleVerifier_Handler() {
	verifier, err := client.NewVerifier(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("POST /roster", verifier.Handler(func(_ context.Context, e client.Event) error {
		log.Printf("event %d of %s: %s", e.Sequence, e.TenantID, e.Type)
		return nil
	}))
}

// The rest of the API, with the types of the subpackage api.
func ExampleClient_Call() {
	roster := &client.Client{URL: "https://roster.example.com", Key: os.Getenv("API_KEY")}
	var tenant api.Tenant
	err := roster.Call(context.Background(), http.MethodPost, "/api/v1/tenants", nil, api.NewTenant{Name: "Acme"}, &tenant)
	if refusal, ok := errors.AsType[*client.Error](err); ok && refusal.Code == "taken" {
		log.Print("there is one already: ", refusal.Detail)
	}
}
