package main

import (
	"fmt"
	"strings"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// checkWebhooks refuses what is no network, and networks that hold too much.
func (c *Config) checkWebhooks() error {
	if _, err := webhooks.ParseNetworks(c.WebhookAllow); err != nil {
		return fmt.Errorf("ROSTER_WEBHOOK_ALLOW: %w", err)
	}
	return nil
}

// openWebhooks makes what manages webhooks, and what delivers to them.
func (a *App) openWebhooks() error {
	allow, err := webhooks.ParseNetworks(a.config.WebhookAllow)
	if err != nil {
		return fmt.Errorf("ROSTER_WEBHOOK_ALLOW: %w", err)
	}
	// A server for this machine alone is one for development.
	guard := authz.Guard{AllowLoopback: strings.HasPrefix(a.publicURL, "http://"), Allow: allow}
	sender := webhooks.NewSender(webhooks.SenderOptions{Guard: guard})
	if a.webhooks, err = webhooks.NewService(webhooks.Parts{
		Store: storage.NewWebhooks(a.db), Sender: sender, Key: a.key, Guard: guard,
	}); err != nil {
		return err
	}
	queues := storage.NewWebhookQueues(a.db)
	a.metrics.observeWebhooks(queues, a.logger)
	a.deliverer, err = webhooks.NewDeliverer(queues, sender, a.key, webhooks.Options{
		Logger: a.logger, Observe: a.metrics.delivered,
	})
	return err
}
