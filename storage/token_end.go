package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// RevokeToken implements tenants.TokenStore.
func (s *Tenants) RevokeToken(ctx context.Context, tenant tenants.TenantID, id tenants.TokenID, at time.Time,
	check func(t *tenants.Token, others int) error) error {
	err := s.db.update(ctx, tenant.UUID(), func(tx *tx) error {
		k, err := tx.lockToken(ctx, tenant, id)
		if err != nil {
			return err
		}
		if !k.RevokedAt.IsZero() {
			return errRollback
		}
		others, err := tx.liveTokens(ctx, k)
		if err != nil {
			return err
		}
		if check != nil {
			if err := check(k, others); err != nil {
				return err
			}
		}
		before := *k
		if err := tx.revoke(ctx, k, at); err != nil {
			return err
		}
		return tx.noteTokens(ctx, "token.revoked", &before, k)
	})
	if err != nil {
		return wrap("revoke token", err)
	}
	return nil
}

// revoke stops a token. Neither does it take another's place any more, nor
// another its.
func (t *tx) revoke(ctx context.Context, k *tenants.Token, at time.Time) error {
	t.touched.Connection(k.ConnectionID.UUID())
	k.RevokedAt, k.Replaces, k.ReplacedBy = at, tenants.TokenID{}, tenants.TokenID{}
	b := &batch{}
	b.exec(`update tokens set revoked_at = $3, replaces = null where tenant_id = $1 and id = $2`,
		k.TenantID, k.ID, at.UnixMicro())
	t.endReplacing(b, k)
	return t.send(ctx, b)
}

// endReplacing makes the token that takes another's place one like every other.
func (t *tx) endReplacing(b *batch, old *tenants.Token) {
	b.exec(`update tokens set replaces = null where tenant_id = $1 and connection_id = $2 and replaces = $3`,
		old.TenantID, old.ConnectionID, old.ID)
}

// startRotation returns the token that a new one is to replace.
func (t *tx) startRotation(ctx context.Context, next *tenants.Token) (*tenants.Token, error) {
	old, err := t.readToken(ctx, next.TenantID, next.Replaces)
	switch {
	case err != nil:
		return nil, err
	case old.ConnectionID != next.ConnectionID:
		return nil, tenants.ErrNotFound
	case !old.Live(t.now):
		return nil, &tenants.RefusedError{Code: tenants.CodeNotLive,
			Reason: fmt.Sprintf("The token %q does not work any more, so there is nothing to take over from it. Create a token.", old.Name)}
	}
	running := old.ReplacedBy
	if running.IsZero() {
		running = old.Replaces
	}
	if running.IsZero() {
		return old, nil
	}
	other, err := t.readToken(ctx, next.TenantID, running)
	if err != nil {
		return nil, err
	}
	if !other.Live(t.now) { // that rotation has ended by itself
		b := &batch{}
		t.endReplacing(b, old)
		t.endReplacing(b, other)
		old.Replaces, old.ReplacedBy = tenants.TokenID{}, tenants.TokenID{}
		return old, t.send(ctx, b)
	}
	return nil, &tenants.RefusedError{Code: tenants.CodeRotating,
		Reason: fmt.Sprintf("The token %q is in a rotation with %q. Finish that or cancel it first.", old.Name, other.Name)}
}

// EndRotation implements tenants.TokenStore.
func (s *Tenants) EndRotation(ctx context.Context, tenant tenants.TenantID, id tenants.TokenID, fate tenants.TokenFate,
	at time.Time) (old, next *tenants.Token, err error) {
	err = s.db.update(ctx, tenant.UUID(), func(tx *tx) (err error) {
		if old, err = tx.lockToken(ctx, tenant, id); err != nil {
			return err
		}
		if old.ReplacedBy.IsZero() {
			return &tenants.RefusedError{Code: tenants.CodeNotRotating,
				Reason: fmt.Sprintf("No other token takes the place of %q.", old.Name)}
		}
		if next, err = tx.readToken(ctx, tenant, old.ReplacedBy); err != nil {
			return err
		}
		return tx.endRotation(ctx, old, next, fate, at)
	})
	if err != nil {
		return nil, nil, wrap("end rotation", err)
	}
	return old, next, nil
}

func (t *tx) endRotation(ctx context.Context, old, next *tenants.Token, fate tenants.TokenFate, at time.Time) error {
	ends, stays, action := old, next, "token.rotation_finished"
	if fate == tenants.CancelRotation {
		ends, stays, action = next, old, "token.rotation_cancelled"
	}
	if !stays.Live(t.now) {
		return &tenants.RefusedError{Code: tenants.CodeNotLive,
			Reason: fmt.Sprintf("The token %q does not work any more, so %q must stay.", stays.Name, ends.Name)}
	}
	before := *ends
	if err := t.revoke(ctx, ends, at); err != nil {
		return err
	}
	b := &batch{}
	t.endReplacing(b, old)
	if err := t.send(ctx, b); err != nil {
		return err
	}
	stays.Replaces, stays.ReplacedBy = tenants.TokenID{}, tenants.TokenID{}
	return t.noteTokens(ctx, action, &before, ends)
}
