package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/roster-scim/roster/portal/client"
)

// receive takes webhooks until the context ends.
func receive(ctx context.Context, listen, secret string) error {
	verifier, err := client.NewVerifier(secret)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	last := map[string]int64{} // by tenant; your app keeps it with its data
	server := &http.Server{Addr: listen, ReadHeaderTimeout: 10 * time.Second}
	server.Handler = verifier.Handler(func(_ context.Context, e client.Event) error {
		mu.Lock()
		defer mu.Unlock()
		if e.Sequence > 0 && e.Sequence <= last[e.TenantID] { // 0: a test message
			return nil // it came before
		}
		log.Printf("tenant %s, event %d: %s %s", e.TenantID, e.Sequence, e.Type, e.Data)
		last[e.TenantID] = e.Sequence
		return nil
	})
	context.AfterFunc(ctx, func() { _ = server.Close() })
	log.Printf("waiting for webhooks at http://%s", listen) //nolint:gosec // what the caller said
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
