package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	rosterclient "github.com/roster-scim/roster/portal/client"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

const (
	demoReceiverName = "The demo's own app"
	demoFault        = 97      // one webhook in so many is not taken at first
	demoMessage      = 1 << 20 // bytes
)

// demoReceiver is the vendor's app of the demo: it gets webhooks, and at times is
// not ready for one.
type demoReceiver struct {
	server   *http.Server
	verifier *rosterclient.Verifier
	got      atomic.Int64
	forged   atomic.Int64
}

// newDemoReceiver begins to listen, and makes the webhook in the place of an
// earlier demo's.
func newDemoReceiver(ctx context.Context, app *App) (*demoReceiver, *webhooks.Webhook, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("listen for the demo's webhooks: %w", err)
	}
	w, secret, err := demoWebhook(ctx, app.webhooks, "http://"+l.Addr().String()+"/roster")
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make the demo's webhook: %w", err), l.Close())
	}
	r := &demoReceiver{}
	if r.verifier, err = rosterclient.NewVerifier(secret); err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(l) }() // until close
	return r, w, nil
}

func demoWebhook(ctx context.Context, service *webhooks.Service, url string) (*webhooks.Webhook, string, error) {
	list, err := service.List(ctx, webhooks.Filter{}, tenants.WebhookID{}, maxPage)
	if err != nil {
		return nil, "", err
	}
	for _, w := range list {
		if w.Description == demoReceiverName {
			if err := service.Delete(ctx, w.ID); err != nil {
				return nil, "", err
			}
		}
	}
	w, secret, err := service.Create(ctx, webhooks.NewWebhook{URL: url, Description: demoReceiverName})
	if err != nil {
		return nil, "", err
	}
	return w, secret.Text(), nil
}

// ServeHTTP implements http.Handler.
func (r *demoReceiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, demoMessage))
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case r.verifier.Verify(request.Header, body) != nil:
		r.forged.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
	case r.got.Add(1)%demoFault == 0:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The demo's app restarts. Try again.", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (r *demoReceiver) close() { _ = r.server.Close() } // there is nothing to lose

// demoDeliveries makes the webhook's past up.
func demoDeliveries(ctx context.Context, app *App, w *webhooks.Webhook) error {
	past := newDemoPast(demoSeed, time.Now(), false)
	return storage.NewDemoPast(app.db).Deliveries(ctx, w, past.deliveries())
}
