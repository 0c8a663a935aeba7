package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/audit"
)

var _ access.Queue = (*Access)(nil)

// openJobs are the jobs that nobody works on, the one that has waited longest
// first.
const openJobs = ` from jobs j where j.finished_at is null and j.leased_until < $1 order by j.leased_until, j.id limit 1`

// Claim implements access.Queue. Where there is nothing to do it only reads.
func (s *Access) Claim(ctx context.Context, worker string, lease time.Duration) (*access.Claim, error) {
	open := false
	err := s.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(func(scanner) error { open = true; return nil }, `select 1`+openJobs, tx.micros())
		return tx.last(ctx, b)
	})
	if err != nil || !open {
		return nil, wrapIf("look for a job", err)
	}
	var claim *access.Claim
	err = s.db.update(ctx, "", func(tx *tx) error {
		claim = nil
		skip := ""
		if tx.writersOverlap() {
			skip = tx.forChange() + " skip locked"
		}
		return tx.each(ctx, func(row scanner) error {
			var total int
			claim = &access.Claim{Worker: worker}
			err := row.Scan(&claim.Tenant, &claim.Job, &claim.Kind, &claim.Subject, &claim.Place, &total, &claim.Failed)
			claim.Small = claim.Kind == access.JobUsers && total <= stepPeople
			return err
		}, `
			update jobs set worker = $2, leased_until = $3
			where (tenant_id, id) = (select j.tenant_id, j.id`+openJobs+skip+`)
			returning tenant_id, id, kind, subject, place, total, failures`, tx.micros(), worker, tx.now.Add(lease).UnixMicro())
	})
	return claim, wrapIf("claim a job", err)
}

// Release implements access.Queue.
func (s *Access) Release(ctx context.Context, c *access.Claim) error {
	return s.giveBack(ctx, c, "", 0, 0)
}

// Fail implements access.Queue.
func (s *Access) Fail(ctx context.Context, c *access.Claim, why string, wait time.Duration) error {
	return s.giveBack(ctx, c, why, 1, wait)
}

func (s *Access) giveBack(ctx context.Context, c *access.Claim, why string, failures int, wait time.Duration) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		_, err := tx.exec(ctx, `
			update jobs set worker = '', leased_until = $4, failure = $5, failures = failures + $6
			where tenant_id = $1 and id = $2 and worker = $3 and finished_at is null`,
			c.Tenant, c.Job, c.Worker, tx.now.Add(wait).UnixMicro(), why, failures)
		return err
	})
	return wrapIf("give a job back", err)
}

// Prune implements access.Queue.
func (s *Access) Prune(ctx context.Context, before time.Time) error {
	err := s.db.update(ctx, "", func(tx *tx) error {
		_, err := tx.exec(ctx, `delete from jobs where finished_at < $1`, before.UnixMicro())
		return err
	})
	return wrapIf("forget jobs", err)
}

// Wake implements access.Queue.
func (s *Access) Wake() <-chan struct{} { return s.db.work }

// tenantsPerStep is how many tenants one transaction makes jobs in.
const tenantsPerStep = 100

// stepTenants goes on with a job that makes one in every tenant.
func (s *Access) stepTenants(ctx context.Context, c *access.Claim, lease time.Duration) (more bool, err error) {
	err = s.db.update(ctx, "", func(tx *tx) error {
		more = false
		mine, err := tx.holdJob(ctx, c)
		if err != nil || !mine {
			return err
		}
		ids, err := tx.ids(ctx, `
			select t.id from tenants t
			where t.id > $1 and t.purged_at is null order by t.id limit cast($2 as bigint)`, orZero(c.Place), tenantsPerStep)
		if err != nil {
			return err
		}
		b := &batch{}
		kind, subject := splitSubject(c.Subject)
		for _, tenant := range ids {
			if _, err := tx.addJob(b, newJob{tenant: tenant, kind: kind, subject: subject}); err != nil {
				return err
			}
		}
		more = len(ids) == tenantsPerStep
		p := progress{done: len(ids), more: more, lease: lease}
		if more {
			p.place = ids[len(ids)-1]
		}
		tx.advance(b, c, p)
		if err := tx.send(ctx, b); err != nil {
			return err
		}
		c.Place = p.place
		return nil
	})
	return more, wrapIf("go on with a job", err)
}

// orZero is a place as an id: the beginning is before all of them.
func orZero(place string) string {
	if place == "" {
		return audit.Installation
	}
	return place
}

func wrapIf(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
