package access

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// JobKind is what a job is about.
type JobKind string

// The kinds of jobs. All of them tell the vendor about people whose access may
// have changed; they differ in who that is.
const (
	JobMapping    JobKind = "access.mapping"    // the people of a group whose mappings changed
	JobUsers      JobKind = "access.users"      // the users of a write to the directory
	JobGroups     JobKind = "access.groups"     // … and the people of groups
	JobConnection JobKind = "access.connection" // the people of a connection
	JobRole       JobKind = "access.role"       // whoever has a reason to hold a role
	JobRule       JobKind = "access.rule"       // whoever has a reason to hold anything
	JobTenants    JobKind = "access.tenants"    // makes such a job in every tenant
)

// JobState says how far a job is.
type JobState string

// The states of a job. One that failed is tried again.
const (
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// Job is work that goes on after an answer.
type Job struct {
	ID         tenants.JobID
	Kind       JobKind
	Subject    string // the id or key of what it is about, "" for several things
	State      JobState
	Done       int64 // people told of, or found to need no telling
	Total      int64 // as counted when the job was made
	CreatedAt  time.Time
	FinishedAt time.Time // zero: not yet
	Failure    string    // why the last attempt failed
}

// JobStore keeps jobs.
type JobStore interface {
	// Job returns one job. Error: ErrNotFound.
	Job(ctx context.Context, tenant tenants.TenantID, id tenants.JobID) (*Job, error)
	// ListJobs returns at most limit jobs of a tenant that are older than one,
	// the newest first.
	ListJobs(ctx context.Context, tenant tenants.TenantID, before tenants.JobID, limit int) ([]*Job, error)
}

// Job returns one job. Error: ErrNotFound.
func (s *Service) Job(ctx context.Context, tenant tenants.TenantID, id tenants.JobID) (*Job, error) {
	return s.store.Job(ctx, tenant, id)
}

// ListJobs returns at most limit jobs older than one, the newest first.
func (s *Service) ListJobs(ctx context.Context, tenant tenants.TenantID, before tenants.JobID, limit int) ([]*Job, error) {
	return s.store.ListJobs(ctx, tenant, before, limit)
}
