package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants/login"
)

// BeginAnswer implements login.AnswerStore.
func (s *Logins) BeginAnswer(ctx context.Context, r login.Repeatable, at time.Time) (kept *login.KeptAnswer, err error) {
	err = s.db.update(ctx, "", func(tx *tx) error {
		kept = nil
		n, err := tx.exec(ctx, `
			insert into idempotency_keys (actor, key, request, created_at) values ($1, $2, $3, $4)
			on conflict (actor, key) do update set
				request = excluded.request, created_at = excluded.created_at, status = null, answer = null
			where idempotency_keys.created_at <= $6
				or (idempotency_keys.status is null and idempotency_keys.created_at <= $5)`,
			r.Actor, r.Key[:], r.Request[:], at.UnixMicro(),
			at.Add(-login.AnswerGrace).UnixMicro(), at.Add(-login.AnswerLife).UnixMicro())
		if err != nil || n == 1 {
			return err
		}
		err = tx.get(ctx, func(row scanner) (err error) {
			kept, err = scanAnswer(row)
			return err
		}, `select request, coalesce(status, 0), answer from idempotency_keys where actor = $1 and key = $2`, r.Actor, r.Key[:])
		if errors.Is(err, sql.ErrNoRows) {
			return errConflict // whoever had it has just given it up
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim an idempotency key: %w", err)
	}
	return kept, nil
}

func scanAnswer(row scanner) (*login.KeptAnswer, error) {
	var kept login.KeptAnswer
	var request []byte
	err := row.Scan(&request, &kept.Status, &kept.Sealed)
	copy(kept.Request[:], request)
	return &kept, err
}

// FinishAnswer implements login.AnswerStore.
func (s *Logins) FinishAnswer(ctx context.Context, r login.Repeatable, at time.Time, status int, sealed []byte) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		_, err := tx.exec(ctx, `
			update idempotency_keys set status = $4, answer = $5
			where actor = $1 and key = $2 and created_at = $3 and status is null`,
			r.Actor, r.Key[:], at.UnixMicro(), status, sealed)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

// FreeAnswer implements login.AnswerStore.
func (s *Logins) FreeAnswer(ctx context.Context, r login.Repeatable, at time.Time) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		_, err := tx.exec(ctx, `
			delete from idempotency_keys where actor = $1 and key = $2 and created_at = $3 and status is null`,
			r.Actor, r.Key[:], at.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("free an idempotency key: %w", err)
	}
	return nil
}
