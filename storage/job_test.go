package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// crowd is a group of n people, half of them in a nested group, and its mapping
// to a role, which left a job.
func (g *accessFixture) crowd(n int) (group string, users []string, job *access.Job) {
	g.t.Helper()
	users = g.seed(userType, n, func(i int) scim.Draft { return userDraft(fmt.Sprint("u", i)) })
	inner := g.group("Inner")
	group = g.group("Everybody", inner)
	for to, half := range map[string][]string{inner: users[:n/2], group: users[n/2:]} {
		for part := range slices.Chunk(half, 5000) {
			g.mustEdit(to, patch.Edit{Kind: patch.AddMembers, Members: members(part...)})
		}
	}
	g.role("editor", 10)
	_, job = g.mustPut(group, access.Holding{EntryPoint: access.Everywhere, Role: "editor"})
	return group, users, job
}

func (g *accessFixture) mustPut(group string, targets ...access.Holding) (*access.Plan, *access.Job) {
	g.t.Helper()
	plan, job, err := g.a.PutMappings(g.ctx, g.tenant, group, targets)
	if err != nil {
		g.t.Fatalf("put mappings: %v", err)
	}
	return plan, job
}

// checkToldOnce: the vendor was told of each of the users, once, that they are
// editors everywhere, and of nobody else.
func (g *accessFixture) checkToldOnce(users []string) {
	g.t.Helper()
	events := g.rows(`select cast(resource_id as text) from events where tenant_id = $1 and type = 'user.access_changed' order by resource_id`, g.dir.TenantID)
	want := slices.Sorted(slices.Values(users))
	if !slices.Equal(events, want) {
		g.t.Errorf("%d events of %d users, want one of each of %d", len(events), len(slices.Compact(events)), len(want))
	}
	for id, held := range g.toldByEvents() {
		if held != "* editor" {
			g.t.Errorf("%s was told to hold %q", id, held)
		}
	}
}

func (g *accessFixture) checkJobDone(job *access.Job, total int) {
	g.t.Helper()
	now, err := g.a.Job(g.ctx, g.tenant, job.ID)
	if err != nil {
		g.t.Fatal(err)
	}
	if now.State != access.JobDone || now.Done != int64(total) || now.Total != int64(total) || now.FinishedAt.IsZero() {
		g.t.Errorf("the job is %+v, want %d done", now, total)
	}
}

// TestJobSurvives kills whoever works on a job after each number of steps:
// somebody else goes on behind the last that was committed, and the one who was
// taken for dead does nothing any more.
func TestJobSurvives(t *testing.T) { onEach(t, testJobSurvives) }

func testJobSurvives(t *testing.T, f *fixture) {
	const people = 4*stepPeople + 17
	g := givesAccess(t, f)
	_, users, job := g.crowd(people)
	if job.Total != people {
		t.Errorf("the job is about %d people, want %d", job.Total, people)
	}
	var dead []*access.Claim
	for steps := 0; ; steps++ {
		c, err := g.a.Claim(g.ctx, fmt.Sprint("worker ", steps), 0)
		if err != nil {
			t.Fatal(err)
		}
		if c == nil {
			break
		}
		for range steps { // and then it dies
			if _, err := g.a.Step(g.ctx, c, 0); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range dead {
			if more, err := g.a.Step(g.ctx, d, time.Hour); more || err != nil {
				t.Errorf("a worker that lost its job went on: %v", err)
			}
		}
		dead = append(dead, c)
	}
	if len(dead) < 3 {
		t.Errorf("%d workers died", len(dead))
	}
	g.checkToldOnce(users)
	g.checkJobDone(job, people)
	g.checkInvariants()
}

// TestJobInterrupted ends transactions of a job at any moment.
func TestJobInterrupted(t *testing.T) { onEach(t, testJobInterrupted) }

func testJobInterrupted(t *testing.T, f *fixture) {
	const people = 6 * stepPeople
	g := givesAccess(t, f)
	_, users, job := g.crowd(people)
	stopped := 0
	for stopped < 40 {
		ctx, cancel := context.WithTimeout(g.ctx, time.Duration(rand.IntN(100_000))*time.Microsecond)
		c, err := g.a.Claim(ctx, mustID(), 0)
		for more := c != nil; more && err == nil; {
			more, err = g.a.Step(ctx, c, 0)
		}
		cancel()
		if err != nil {
			stopped++
		} else if c == nil {
			break
		}
	}
	t.Logf("interrupted %d times", stopped)
	g.drain()
	g.checkToldOnce(users)
	g.checkJobDone(job, people)
	g.checkInvariants()
}

// hasty is a queue whose leases have ended before they begin, so that workers
// take each other's jobs away all the time.
type hasty struct{ *Access }

func (h hasty) Claim(ctx context.Context, worker string, _ time.Duration) (*access.Claim, error) {
	return h.Access.Claim(ctx, worker, -time.Second)
}

func (h hasty) Step(ctx context.Context, c *access.Claim, _ time.Duration) (bool, error) {
	return h.Access.Step(ctx, c, -time.Second)
}

// TestRunnersShareJobs has several runners work on the same jobs, while the
// directory changes.
func TestRunnersShareJobs(t *testing.T) { onEach(t, testRunnersShareJobs) }

func testRunnersShareJobs(t *testing.T, f *fixture) {
	const people = 5 * stepPeople
	g := givesAccess(t, f)
	group, users, job := g.crowd(people)
	ctx, cancel := context.WithCancel(g.ctx)
	var running sync.WaitGroup
	for range 3 {
		running.Go(func() { access.NewRunner(hasty{g.a}, slog.New(slog.DiscardHandler)).Run(ctx) })
	}
	for _, id := range users[people/2:][:20] { // they are in the group itself
		g.mustEdit(group, remove(id))
		g.mustEdit(group, add(id))
	}
	g.waitForJobs()
	cancel()
	running.Wait()
	known := g.toldByEvents()
	for _, id := range users {
		if known[id] != "* editor" {
			t.Errorf("the vendor knows %q of %s", known[id], id)
		}
	}
	if now, err := g.a.Job(g.ctx, g.tenant, job.ID); err != nil || now.State != access.JobDone || now.Done < people-20 || now.Done > people {
		t.Errorf("the job is %+v, %v", now, err)
	}
	g.checkInvariants()
}

// waitForJobs waits until no job is open.
func (g *accessFixture) waitForJobs() {
	g.t.Helper()
	for deadline := time.Now().Add(time.Minute); len(g.rows(`select id from jobs where finished_at is null`)) > 0; {
		if time.Now().After(deadline) {
			g.t.Fatalf("jobs do not end: %v", g.rows(`select kind, done, total, failure from jobs where finished_at is null`))
		}
		sleep(g.ctx, 5*time.Millisecond)
	}
}

// TestRunnerWakes: who waits for work is woken by the commit that leaves some.
func TestRunnerWakes(t *testing.T) { onEach(t, testRunnerWakes) }

func testRunnerWakes(t *testing.T, f *fixture) {
	g := givesAccess(t, f)
	ada := g.user("ada")
	g.role("editor", 1)
	select {
	case <-g.a.Wake():
		t.Error("there is no work yet")
	default:
	}
	g.assign(ada, "*", "editor")
	select {
	case <-g.a.Wake():
	default:
		t.Error("nobody was woken")
	}
	g.drain()
	g.checkToldOnce([]string{ada})
	if jobs, err := g.a.ListJobs(g.ctx, g.tenant, tenants.JobID{}, 10); err != nil || len(jobs) != 0 {
		t.Errorf("small jobs stay: %v, %v", jobs, err)
	}
}

func (g *accessFixture) assign(user, entryPoint, role string) *access.Assignment {
	g.t.Helper()
	a, err := g.a.Assign(g.ctx, g.tenant, user, access.Holding{EntryPoint: entryPoint, Role: role})
	if err != nil {
		g.t.Fatalf("assign: %v", err)
	}
	return a
}

// TestJobFails: a job that cannot go on says why, waits, and is not in others'
// way.
func TestJobFails(t *testing.T) { onEach(t, testJobFails) }

func testJobFails(t *testing.T, f *fixture) {
	g := givesAccess(t, f)
	_, users, job := g.crowd(10)
	c, err := g.a.Claim(g.ctx, "w", time.Minute)
	if err != nil || c == nil || c.Kind != access.JobMapping || c.Failed != 0 {
		t.Fatalf("claimed %+v, %v", c, err)
	}
	if err := g.a.Fail(g.ctx, c, "it rains", time.Hour); err != nil {
		t.Fatal(err)
	}
	if now, err := g.a.Job(g.ctx, g.tenant, job.ID); err != nil || now.State != access.JobFailed || now.Failure != "it rains" {
		t.Errorf("the job is %+v, %v", now, err)
	}
	if c, err := g.a.Claim(g.ctx, "w", time.Minute); c != nil || err != nil {
		t.Errorf("claimed %+v, %v too early", c, err)
	}
	g.installation(`update jobs set leased_until = 0 where id = $1`, job.ID.UUID())
	if c, err = g.a.Claim(g.ctx, "w", time.Minute); err != nil || c == nil || c.Failed != 1 {
		t.Fatalf("claimed %+v, %v", c, err)
	}
	if err := g.a.Release(g.ctx, c); err != nil {
		t.Fatal(err)
	}
	g.drain()
	g.checkToldOnce(users)
	g.checkJobDone(job, 10)
	if err := g.a.Prune(g.ctx, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := g.a.Job(g.ctx, g.tenant, job.ID); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("a pruned job: %v", err)
	}
}

// TestJobsForAllTenants: a change of a role reaches those who hold it, in every
// tenant.
func TestJobsForAllTenants(t *testing.T) { onEach(t, testJobsForAllTenants) }

func testJobsForAllTenants(t *testing.T, f *fixture) {
	var all []*accessFixture
	for i := range 3 {
		g := givesAccess(t, f.in(newDirectory()))
		if i == 0 {
			g.role("editor", 1)
		}
		all = append(all, g)
		for j := range 2 * i {
			g.assign(g.user(fmt.Sprint("u", j)), "*", "editor")
		}
	}
	all[0].drain()
	all[0].change("editor", "key", "author") // as if it were gone
	err := f.db.update(f.ctx, "", func(tx *tx) error { return enqueueAccessJobs(f.ctx, tx, access.JobRole, "editor") })
	if err != nil {
		t.Fatal(err)
	}
	all[0].drain()
	for i, g := range all {
		known := g.toldByEvents()
		if len(known) != 2*i {
			t.Errorf("tenant %d: %v", i, known)
		}
		for id, held := range known {
			if held != "" {
				t.Errorf("the vendor thinks that %s holds %q", id, held)
			}
		}
		jobs, err := g.a.ListJobs(f.ctx, g.tenant, tenants.JobID{}, 10)
		if want := min(i, 1); err != nil || len(jobs) != want {
			t.Errorf("tenant %d has jobs %+v, want %d; %v", i, jobs, want, err)
		}
	}
}
