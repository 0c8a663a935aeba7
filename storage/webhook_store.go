package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// Webhooks keeps webhooks, how far they are, and the log of their deliveries.
type Webhooks struct{ db *DB }

// NewWebhooks returns the webhooks of a database.
func NewWebhooks(db *DB) *Webhooks { return &Webhooks{db} }

var _ webhooks.Store = (*Webhooks)(nil)

// webhookColumns are what scanWebhook reads.
const webhookColumns = `w.tenant_id, w.id, w.url, w.description, w.types, w.status, w.status_reason, w.status_at, w.secrets,
	w.failures, w.failing_since, w.held_until, w.delivered_at, w.created_by, w.created_at, w.updated_at`

// webhookDeleted is the status of a webhook that is gone but for the log of its
// deliveries. Nothing but pruning sees it.
const webhookDeleted = "deleted"

// selectWebhook is what scanWebhook reads, up to more conditions.
const selectWebhook = `select ` + webhookColumns + ` from webhooks w where w.status <> '` + webhookDeleted + `'`

func scanWebhook(row scanner) (*webhooks.Webhook, error) {
	var w webhooks.Webhook
	var types []byte
	var statusAt, held, created, updated int64
	var failing, delivered sql.NullInt64
	err := row.Scan(&w.TenantID, &w.ID, &w.URL, &w.Description, &types, &w.Status, &w.StatusReason, &statusAt, &w.Sealed,
		&w.Failures, &failing, &held, &delivered, &w.CreatedBy, &created, &updated)
	if err != nil {
		return nil, err
	}
	w.StatusAt, w.CreatedAt, w.UpdatedAt = fromMicros(statusAt), fromMicros(created), fromMicros(updated)
	w.FailingSince, w.DeliveredAt = fromNull(failing), fromNull(delivered)
	if held > 0 {
		w.HeldUntil = fromMicros(held)
	}
	return &w, json.Unmarshal(types, &w.Types)
}

// CreateWebhook implements webhooks.Store.
func (s *Webhooks) CreateWebhook(ctx context.Context, w *webhooks.Webhook, most int) error {
	err := s.db.update(ctx, w.TenantID.UUID(), func(tx *tx) error {
		if err := tx.hasTenant(ctx, w.TenantID); err != nil {
			return err
		}
		if err := tx.roomForWebhook(ctx, w.TenantID, most); err != nil {
			return err
		}
		b := &batch{}
		b.exec(`
			insert into webhooks (tenant_id, id, url, description, types, status, status_at, secrets, created_by, created_at, updated_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7, $7)`,
			w.TenantID, w.ID, w.URL, w.Description, jsonParam(w.Types), string(w.Status), w.CreatedAt.UnixMicro(), w.Sealed, w.CreatedBy)
		return tx.note(ctx, b, webhookNote("webhook.created", nil, w))
	})
	return wrapIf("create webhook", err)
}

// roomForWebhook refuses a webhook too many. Others of the tenant, or of the
// installation, that are being made at the same time wait.
func (t *tx) roomForWebhook(ctx context.Context, tenant tenants.TenantID, most int) error {
	lock, args := `select 1 from tenants where id = $1`, []any{tenant}
	if tenant.IsZero() {
		lock, args = `select 1 from installation`, nil
	}
	if _, err := t.any(ctx, lock+t.forChange(), args...); err != nil {
		return err
	}
	count := 0
	err := t.get(ctx, func(row scanner) error { return row.Scan(&count) },
		`select count(*) from webhooks where tenant_id = $1 and status <> '`+webhookDeleted+`'`, tenant)
	if err == nil && count >= most {
		return &tenants.RefusedError{Code: webhooks.CodeLimit,
			Reason: fmt.Sprintf("There are %d webhooks already. Delete one that is not needed any more, or send its events on from your own service.", count)}
	}
	return err
}

// webhookNote is the audit row of a change; before is nil if the webhook is new.
func webhookNote(action string, before, after *webhooks.Webhook) note {
	n := note{action: action, targetType: "webhook", targetID: after.ID.UUID(), targetName: after.URL}
	if !after.TenantID.IsZero() {
		n.tenant = after.TenantID.UUID()
	}
	n.tell(events.Diff(webhookFacts(before), webhookFacts(after)))
	return n
}

// webhookFacts is a webhook as the audit log tells of it.
func webhookFacts(w *webhooks.Webhook) map[string]any {
	if w == nil {
		return nil
	}
	types := make([]any, len(w.Types))
	for i, t := range w.Types {
		types[i] = string(t)
	}
	secrets := make([]any, len(w.Secrets))
	for i, s := range w.Secrets {
		secrets[i] = s.ID
		if !s.ExpiresAt.IsZero() {
			secrets[i] = s.ID + " until " + s.ExpiresAt.UTC().Format("2006-01-02T15:04:05Z")
		}
	}
	return map[string]any{
		"url": w.URL, "description": orNone(w.Description), "types": types, "status": string(w.Status),
		"status_reason": orNone(w.StatusReason), "secrets": secrets,
	}
}

// Webhook implements webhooks.Store.
func (s *Webhooks) Webhook(ctx context.Context, id tenants.WebhookID) (*webhooks.Webhook, error) {
	return findOne(ctx, s.db, "webhook", scanWebhook, selectWebhook+` and w.id = $1`, id)
}

// ListWebhooks implements webhooks.Store.
func (s *Webhooks) ListWebhooks(ctx context.Context, f webhooks.Filter, after tenants.WebhookID, limit int) ([]*webhooks.Webhook, error) {
	q := &listing{text: selectWebhook + ` and w.id > $1`, args: []any{after, max(limit, 0)}}
	if !f.Tenant.IsZero() {
		q.whereID("w.tenant_id", f.Tenant)
	}
	if f.Status != "" {
		q.where(`w.status = %s`, string(f.Status))
	}
	return findAll(ctx, s.db, "webhooks", scanWebhook, q.text+` order by w.id limit cast($2 as bigint)`, q.args...)
}
