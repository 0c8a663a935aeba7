package webhooks

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

const (
	maxWebhooks    = 20 // of the installation, and of each tenant
	maxReplays     = 10 // of one webhook at a time
	maxTypes       = 100
	maxType        = 100 // characters
	maxDescription = 500 // characters

	maxOverlap = 7 * 24 * time.Hour // of two secrets
)

// Codes of *tenants.RefusedError in what this package does.
const (
	CodeLimit       = "webhook_limit" // there are as many webhooks as there may be
	CodeReplayLimit = "replay_limit"  // as many replays of the webhook are running as may
	CodeSecretLimit = "secret_limit"  // two secrets sign already
	CodeLastSecret  = "last_secret"   // no other secret signs
	CodeExpired     = "event_expired" // the events are not kept any more
	CodeTest        = "test_message"  // a test has no event
)

// Parts are what a Service is made of.
type Parts struct {
	Store  Store
	Sender *Sender
	Key    []byte // the installation's
	Guard  authz.Guard
	Now    func() time.Time // nil: time.Now
}

// Service manages webhooks. It is safe for concurrent use. Its errors are
// *tenants.InvalidError, *tenants.RefusedError, tenants.ErrNotFound, or failures
// of the store.
type Service struct {
	store  Store
	sender *Sender
	guard  authz.Guard
	vault  vault
	clock  func() time.Time
}

// NewService returns a Service.
func NewService(p Parts) (*Service, error) {
	v, err := newVault(p.Key)
	if err != nil {
		return nil, err
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Service{store: p.Store, sender: p.Sender, guard: p.Guard, vault: v, clock: p.Now}, nil
}

// now is the time as stores keep it: UTC, to the microsecond.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// NewWebhook is what a webhook is made from.
type NewWebhook struct {
	TenantID    tenants.TenantID // zero: events of all tenants
	URL         string
	Description string
	Types       []events.Type // empty: all
}

// Create makes a webhook that gets what happens from now on. Its secret is in the
// answer and is shown nowhere afterwards.
func (s *Service) Create(ctx context.Context, n NewWebhook) (*Webhook, *Secret, error) {
	at := s.now()
	w := &Webhook{
		ID: tenants.NewWebhookID(), TenantID: n.TenantID, URL: n.URL, Description: strings.TrimSpace(n.Description),
		Types: unique(n.Types), Status: Active, StatusAt: at, CreatedBy: author(ctx), CreatedAt: at, UpdatedAt: at,
	}
	if err := s.check(w); err != nil {
		return nil, nil, err
	}
	secret := newSecret(nil, at)
	w.Secrets = []Secret{secret}
	if err := s.vault.seal(w); err != nil {
		return nil, nil, err
	}
	if err := s.store.CreateWebhook(ctx, w, maxWebhooks); err != nil {
		return nil, nil, err
	}
	return w, &secret, nil
}

// Webhook returns one webhook.
func (s *Service) Webhook(ctx context.Context, id tenants.WebhookID) (*Webhook, error) {
	w, err := s.store.Webhook(ctx, id)
	if err != nil {
		return nil, err
	}
	return w, s.open(w)
}

// List returns at most limit webhooks behind one, in the order in which they were
// made.
func (s *Service) List(ctx context.Context, f Filter, after tenants.WebhookID, limit int) ([]*Webhook, error) {
	all, err := s.store.ListWebhooks(ctx, f, after, limit)
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		if err := s.open(w); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// open reads the secrets of a webhook; those that have expired are none.
func (s *Service) open(w *Webhook) error {
	if err := s.vault.open(w); err != nil {
		return err
	}
	w.Secrets = live(w.Secrets, s.now())
	return nil
}

// Update is what changes of a webhook; nil stays as it is.
type Update struct {
	URL         *string
	Description *string
	Types       *[]events.Type
}

// Update changes a webhook. What waits goes where it says from then on.
func (s *Service) Update(ctx context.Context, id tenants.WebhookID, u Update) (*Webhook, error) {
	return s.change(ctx, id, "webhook.updated", func(w *Webhook) error {
		if u.URL != nil {
			w.URL = *u.URL
		}
		if u.Description != nil {
			w.Description = strings.TrimSpace(*u.Description)
		}
		if u.Types != nil {
			w.Types = unique(*u.Types)
		}
		return s.check(w)
	})
}

// Pause stops sending. What happens meanwhile waits.
func (s *Service) Pause(ctx context.Context, id tenants.WebhookID) (*Webhook, error) {
	return s.change(ctx, id, "webhook.paused", func(w *Webhook) error {
		if w.Status != Paused {
			w.Status, w.StatusReason = Paused, "Paused by "+author(ctx)+"."
		}
		return nil
	})
}

// Resume sends on what waits, from where the webhook stopped.
func (s *Service) Resume(ctx context.Context, id tenants.WebhookID) (*Webhook, error) {
	return s.change(ctx, id, "webhook.resumed", func(w *Webhook) error {
		w.Status, w.StatusReason = Active, ""
		return nil
	})
}

// Delete removes a webhook for good.
func (s *Service) Delete(ctx context.Context, id tenants.WebhookID) error {
	return s.store.DeleteWebhook(ctx, id)
}

func (s *Service) change(ctx context.Context, id tenants.WebhookID, action string, apply func(*Webhook) error) (*Webhook, error) {
	return s.store.ChangeWebhook(ctx, id, Change{Action: action, Open: s.open, Apply: apply})
}

// typeForm is how types of events are written, those of a tenant's own resource
// types too.
var typeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_$-]*\.[a-z_]+$`)

// check refuses what could not be delivered to.
func (s *Service) check(w *Webhook) error {
	if err := checkURL(w.URL, s.guard); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(w.Description); n > maxDescription || !utf8.ValidString(w.Description) || strings.ContainsRune(w.Description, 0) {
		return invalid("description", fmt.Sprintf("give at most %d characters", maxDescription))
	}
	if len(w.Types) > maxTypes {
		return invalid("types", fmt.Sprintf("give at most %d types, or none for all", maxTypes))
	}
	for _, t := range w.Types {
		if len(t) > maxType || !typeForm.MatchString(string(t)) {
			return invalid("types", fmt.Sprintf("%q is no type of event; give types such as user.created, or none for all", clip(string(t), 64)))
		}
	}
	return nil
}

func unique(types []events.Type) []events.Type {
	types = slices.Clone(types)
	slices.Sort(types)
	return slices.Compact(types)
}

// author is what people call whoever makes the changes of a context.
func author(ctx context.Context) string {
	o := tenants.OriginOf(ctx)
	return cmp.Or(o.ActorName, o.Actor)
}
