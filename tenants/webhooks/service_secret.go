package webhooks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// DefaultOverlap is how long the old secret signs beside a new one if nobody says
// otherwise.
const DefaultOverlap = 24 * time.Hour

// Rotate gives a webhook a new secret, which is in the answer and is shown nowhere
// afterwards. The old one signs too for as long as overlap says; 0 ends it at
// once.
func (s *Service) Rotate(ctx context.Context, id tenants.WebhookID, overlap time.Duration) (*Webhook, *Secret, error) {
	if overlap < 0 || overlap > maxOverlap {
		return nil, nil, invalid("expires_old_in", fmt.Sprintf("give at most %s", days(maxOverlap)))
	}
	var made Secret
	w, err := s.change(ctx, id, "webhook.secret_rotated", func(w *Webhook) error {
		at := s.now()
		if len(w.Secrets) >= maxSecrets && overlap > 0 {
			return &tenants.RefusedError{Code: CodeSecretLimit,
				Reason: "Two secrets sign already. Remove the old one when your receivers use the new one, or wait until it expires."}
		}
		made = newSecret(w.Secrets, at)
		kept := slices.Clone(w.Secrets)
		for i := range kept {
			if ends := at.Add(overlap); kept[i].Live(ends) {
				kept[i].ExpiresAt = ends
			}
		}
		w.Secrets = append(live(kept, at), made)
		return s.vault.seal(w)
	})
	if err != nil {
		return nil, nil, err
	}
	return w, &made, nil
}

// RemoveSecret ends a secret before its time.
func (s *Service) RemoveSecret(ctx context.Context, id tenants.WebhookID, secret string) (*Webhook, error) {
	return s.change(ctx, id, "webhook.secret_removed", func(w *Webhook) error {
		left := slices.DeleteFunc(slices.Clone(w.Secrets), func(s Secret) bool { return s.ID == secret })
		switch {
		case len(left) == len(w.Secrets):
			return tenants.ErrNotFound
		case !slices.ContainsFunc(left, func(s Secret) bool { return s.ExpiresAt.IsZero() }):
			return &tenants.RefusedError{Code: CodeLastSecret,
				Reason: "This is the secret in use, and messages must be signed. Make a new one first."}
		}
		w.Secrets = left
		return s.vault.seal(w)
	})
}
