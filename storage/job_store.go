package storage

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/audit"
)

// Work that goes on after an answer: telling the vendor whose access has
// changed. A change that may have changed somebody's access leaves a job in its
// own transaction; access.Runner carries it out. It compares what people hold
// when it comes to them with what the vendor was told, so a job too many does
// nothing, and what somebody holds differs from what the vendor was told only
// while an open job has them before it. For others than this slice:
//
//	enqueueAccessJob(tx, b, tenant, kind, subject)   adds a job to the batch b; nothing where the tenant gives no
//	                                                 access. For a connection that is deleted or restored:
//	                                                 access.JobConnection and its UUID. For one person or group:
//	                                                 enqueueAccessOf(tx, b, tenant, userIDs, groupIDs).
//	enqueueAccessJobs(ctx, tx, kind, subject)        the same for all tenants, in a transaction of the installation:
//	                                                 access.JobRole and the role's key when its rank, or whether it
//	                                                 may be mapped, has changed; access.JobRule and "" when
//	                                                 access_rule has.

// newJob is what a job is made from.
type newJob struct {
	tenant  string // UUID
	kind    access.JobKind
	subject string
	detail  string // JSON: who it is about, for kinds that need it
	total   int
	by      string // the public id of who caused it
}

// addJob adds a job to a batch. The runner wakes up when it is committed.
func (t *tx) addJob(b *batch, j newJob) (*access.Job, error) {
	return t.addJobIf(b, j, "")
}

// usesAccess is the condition that somebody in the tenant holds something, or
// did and the vendor knows.
const usesAccess = ` where (exists (select 1 from role_mappings x where x.tenant_id = $1)
	or exists (select 1 from assignments x where x.tenant_id = $1)
	or exists (select 1 from access_told x where x.tenant_id = $1))`

// addJobIf adds a job on a condition, which has the tenant as $1.
func (t *tx) addJobIf(b *batch, j newJob, condition string) (*access.Job, error) {
	job := &access.Job{ID: tenants.NewJobID(), Kind: j.kind, Subject: j.subject, State: access.JobRunning,
		Total: int64(j.total), CreatedAt: t.now}
	if j.detail == "" {
		j.detail = "[]"
	}
	b.query(t.left, `
		insert into jobs (tenant_id, id, kind, subject, detail, done, total, place, created_by, created_at)
		select $1, $2, $3, $4, $5, 0, $6, '', $7, $8`+condition+`
		returning id`,
		j.tenant, job.ID.UUID(), string(j.kind), j.subject, j.detail, j.total, j.by, t.micros())
	return job, nil
}

// left: work was left, for which the runner wakes up.
func (t *tx) left(scanner) error {
	t.touched.jobs = true
	return nil
}

// enqueueAccessJob leaves a job in the tenant of a transaction.
func enqueueAccessJob(ctx context.Context, t *tx, b *batch, tenant string, kind access.JobKind, subject string) error {
	_, err := t.addJobIf(b, newJob{tenant: tenant, kind: kind, subject: subject, by: tenants.OriginOf(ctx).Actor}, usesAccess)
	return err
}

// enqueueAccessOf leaves a job for people, and for those in groups, whose access
// may have changed.
func enqueueAccessOf(ctx context.Context, t *tx, b *batch, tenant string, users, groups []string) error {
	var list []idRow
	for _, id := range users {
		list = append(list, idRow{ID: id, Type: userResource})
	}
	for _, id := range groups {
		list = append(list, idRow{ID: id, Type: groupResource})
	}
	return t.addJobFor(b, tenant, list, tenants.OriginOf(ctx).Actor)
}

// addJobFor leaves a job for users and for the people of groups.
func (t *tx) addJobFor(b *batch, tenant string, list []idRow, by string) error {
	if len(list) == 0 {
		return nil
	}
	kind := access.JobUsers
	for _, row := range list {
		if row.Type == groupResource {
			kind = access.JobGroups
		}
	}
	subject := ""
	if len(list) == 1 {
		subject = list[0].ID
	}
	_, err := t.addJobIf(b, newJob{tenant: tenant, kind: kind, subject: subject, detail: jsonParam(list), total: len(list), by: by}, usesAccess)
	return err
}

// enqueueAccessJobs leaves a job that makes one in every tenant.
func enqueueAccessJobs(ctx context.Context, t *tx, kind access.JobKind, subject string) error {
	b := &batch{}
	_, err := t.addJob(b, newJob{tenant: audit.Installation, kind: access.JobTenants, subject: string(kind) + " " + subject,
		by: tenants.OriginOf(ctx).Actor})
	if err != nil {
		return err
	}
	return t.send(ctx, b)
}

// selectJob is what scanJob reads.
const selectJob = `
	select j.id, j.kind, j.subject, j.done, j.total, j.created_at, j.finished_at, j.failure from jobs j `

func scanJob(row scanner) (*access.Job, error) {
	var j access.Job
	var created int64
	var finished sql.NullInt64
	if err := row.Scan(&j.ID, &j.Kind, &j.Subject, &j.Done, &j.Total, &created, &finished, &j.Failure); err != nil {
		return nil, err
	}
	j.CreatedAt, j.FinishedAt = fromMicros(created), fromNull(finished)
	switch {
	case finished.Valid:
		j.State = access.JobDone
	case j.Failure != "":
		j.State = access.JobFailed
	default:
		j.State = access.JobRunning
	}
	return &j, nil
}

// Job implements access.JobStore.
func (s *Access) Job(ctx context.Context, tenant tenants.TenantID, id tenants.JobID) (*access.Job, error) {
	return findOne(ctx, s.db, "job", scanJob, selectJob+`where j.tenant_id = $1 and j.id = $2`, tenant, id)
}

// ListJobs implements access.JobStore.
func (s *Access) ListJobs(ctx context.Context, tenant tenants.TenantID, before tenants.JobID, limit int) ([]*access.Job, error) {
	jobs, err := findAll(ctx, s.db, "jobs", scanJob, selectJob+`
		where j.tenant_id = $1 and (j.id < $2 or $3) order by j.id desc limit cast($4 as bigint)`,
		tenant, before, before.IsZero(), max(limit, 0))
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return jobs, nil
}
