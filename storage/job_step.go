package storage

import (
	"context"
	"strings"
	"time"

	"github.com/roster-scim/roster/tenants/access"
)

const (
	// stepPeople is how many people one transaction tells of, during which the
	// tenant's other writers wait.
	stepPeople = 200
	// aheadPeople is how many ids a job reads at once, outside its transactions.
	aheadPeople = 5_000
	// smallJobs is how many small jobs are done together.
	smallJobs = 50
)

// Step implements access.Queue. Everything happens in one transaction that holds
// the tenant's lock and the job's row: what was told, the events of it and the
// place in the job are stored together or not at all.
func (s *Access) Step(ctx context.Context, c *access.Claim, lease time.Duration) (more bool, err error) {
	if c.Kind == access.JobTenants {
		return s.stepTenants(ctx, c, lease)
	}
	if len(c.Ahead) == 0 && !c.Last {
		if err := s.readAhead(ctx, c); err != nil {
			return false, wrapIf("find who is next", err)
		}
	}
	n := min(stepPeople, len(c.Ahead))
	err = s.db.update(ctx, c.Tenant, func(tx *tx) error {
		more = false
		if err := tx.lockTenant(ctx, c.Tenant); err != nil {
			return err
		}
		place := c.Place
		mine, err := tx.holdJob(ctx, c)
		switch {
		case err != nil || !mine:
			return err
		case c.Place != place: // somebody else had it meanwhile
			c.Ahead, c.Last, more = nil, false, true
			return errRollback
		}
		more = n < len(c.Ahead) || !c.Last
		return tx.step(ctx, c, c.Ahead[:n], progress{done: n, more: more, lease: lease})
	})
	if err != nil {
		return false, wrapIf("go on with a job", err)
	}
	if n > 0 && len(c.Ahead) >= n {
		c.Place, c.Ahead = c.Ahead[n-1], c.Ahead[n:]
	}
	return more, nil
}

// step tells of people, and moves the job on.
func (t *tx) step(ctx context.Context, c *access.Claim, people []string, p progress) error {
	b := &batch{}
	if c.Small {
		extra, err := t.takeSmall(ctx, b, c, stepPeople-len(people))
		if err != nil {
			return err
		}
		people = append(people[:len(people):len(people)], extra...)
	}
	if len(people) > 0 {
		f, told, err := t.facts(ctx, factsQuery{people: namedPeople(t), told: true}, c.Tenant, jsonParam(idRows(people)), nil)
		if err != nil {
			return err
		}
		if err := t.tell(b, c.Tenant, f, told, people); err != nil {
			return err
		}
		p.place = people[min(p.done, len(people))-1]
	}
	p.left = len(c.Ahead) - p.done
	t.advance(b, c, p)
	return t.send(ctx, b)
}

// progress is what a step has done of a job.
type progress struct {
	done  int
	left  int // that are known
	place string
	more  bool
	lease time.Duration
}

// advance moves a job on. One that is over stays to be seen, unless it is one of
// the many that writes to the directory leave, or had nothing to do.
func (t *tx) advance(b *batch, c *access.Claim, p progress) {
	switch {
	case p.more:
		b.exec(`
			update jobs set place = $3, done = done + $4, leased_until = $5, failure = '', failures = 0,
				total = case when total < done + $4 + $6 then done + $4 + $6 else total end
			where tenant_id = $1 and id = $2`,
			c.Tenant, c.Job, p.place, p.done, t.now.Add(p.lease).UnixMicro(), p.left)
	case c.Small:
		b.exec(`delete from jobs where tenant_id = $1 and id = $2`, c.Tenant, c.Job)
	default:
		b.exec(`
			update jobs set place = '', done = done + $3, total = done + $3, finished_at = $4, worker = '', failure = '', failures = 0, detail = '[]'
			where tenant_id = $1 and id = $2`, c.Tenant, c.Job, p.done, t.micros())
		b.exec(`delete from jobs where tenant_id = $1 and id = $2 and total = 0`, c.Tenant, c.Job)
	}
}

// holdJob locks a job that a worker has claimed until the transaction ends, and
// reads its place. It is no longer the worker's if somebody else has claimed or
// finished it.
func (t *tx) holdJob(ctx context.Context, c *access.Claim) (mine bool, err error) {
	err = t.each(ctx, func(row scanner) error {
		mine = true
		return row.Scan(&c.Place)
	}, `
		select j.place from jobs j
		where j.tenant_id = $1 and j.id = $2 and j.worker = $3 and j.finished_at is null`+t.forChange(),
		c.Tenant, c.Job, c.Worker)
	return mine, err
}

// takeSmall takes other small jobs of the tenant along, for at most so many
// people, and returns who they are about.
func (t *tx) takeSmall(ctx context.Context, b *batch, c *access.Claim, room int) ([]string, error) {
	skip := ""
	if t.writersOverlap() {
		skip = t.forChange() + " skip locked"
	}
	var ids, taken []string
	err := t.each(ctx, func(row scanner) error {
		var id string
		var detail []byte
		if err := row.Scan(&id, &detail); err != nil {
			return err
		}
		return decodeRows(detail, func(who idRow) error {
			if len(taken) == 0 || taken[len(taken)-1] != id {
				taken = append(taken, id)
			}
			ids = append(ids, who.ID)
			return nil
		})
	}, `
		select j.id, j.detail from jobs j
		where j.tenant_id = $1 and j.kind = $2 and j.id <> $3 and j.finished_at is null and j.leased_until < $4 and j.total <= $5
		order by j.id limit cast($6 as bigint)`+skip,
		c.Tenant, string(access.JobUsers), c.Job, t.micros(), max(room/smallJobs, 1), min(smallJobs, room))
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	b.exec(`
		delete from jobs where tenant_id = $1 and id in (select n.id from `+t.jsonRows("$2", "n", "id uuid")+`)`,
		c.Tenant, jsonParam(rowsOf(taken)))
	return ids, nil
}

// splitSubject reads the subject of a job that makes others.
func splitSubject(subject string) (access.JobKind, string) {
	kind, rest, _ := strings.Cut(subject, " ")
	return access.JobKind(kind), rest
}
