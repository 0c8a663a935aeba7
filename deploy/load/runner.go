package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/roster-scim/roster/storage/storagetest/floor"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// endTime bounds the tidying up after a section.
const endTime = 2 * time.Minute

// runner carries out sections and keeps what they find.
type runner struct {
	options
	report  report
	proc    procfs
	stderr  io.Writer
	work    string // a folder for everything that a run keeps
	servers installed
	every   time.Duration // between two words about a step that takes long

	saying sync.Mutex
}

// installed are the database servers of a run, started when they are first needed.
type installed struct {
	postgres, redis *servers.Program
	databases       int
}

func newRunner(ctx context.Context, o options, args []string, stderr io.Writer) (*runner, error) {
	var err error
	if o.roster, err = filepath.Abs(o.roster); err != nil {
		return nil, err
	}
	if _, err := os.Stat(o.roster); err != nil {
		return nil, fmt.Errorf("there is no binary to measure; run make build: %w", err)
	}
	work, err := os.MkdirTemp(o.dir, "roster-load-")
	if err != nil {
		return nil, err
	}
	r := &runner{options: o, proc: "/proc", stderr: stderr, work: work, every: sayEvery}
	r.report = report{Machine: describeMachine(ctx, r.proc, o.roster), Began: time.Now(), Rows: []row{},
		Command: strings.Join(append([]string{"go run ./deploy/load"}, args...), " ")}
	return r, r.describeServers(ctx)
}

// describeServers adds the versions of what is compared with.
func (r *runner) describeServers(ctx context.Context) error {
	version, err := floor.SQLiteVersion(ctx)
	if err != nil {
		return err
	}
	r.report.Machine.Servers = "SQLite " + version
	return nil
}

// all runs the sections, and keeps what there is after each. One that fails does
// not keep the others from running.
func (r *runner) all(ctx context.Context) error {
	var errs []error
	for _, s := range sections {
		if !r.wants(s.name) || ctx.Err() != nil {
			continue
		}
		r.say("%s: %s", s.name, s.about)
		if err := s.run(ctx, r); err != nil {
			r.note("Section %s did not finish: %s.", s.name, firstLine(err))
			errs = append(errs, fmt.Errorf("%s: %w", s.name, err))
		}
		errs = append(errs, r.save())
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// firstLine is as much of an error as stands in a report.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	const most = 200
	if len(line) > most {
		line = strings.ToValidUTF8(line[:most], "") + "…"
	}
	return line
}

func (r *runner) save() error {
	r.report.Seconds = time.Since(r.report.Began).Seconds()
	if r.json == "" {
		return nil
	}
	return r.report.save(r.json)
}

// add puts lines into the table.
func (r *runner) add(rows ...row) {
	for _, each := range rows {
		r.say("  %s", each.markdown())
	}
	r.report.Rows = append(r.report.Rows, rows...)
}

// note puts a sentence in front of the tables.
func (r *runner) note(format string, a ...any) {
	r.report.Notes = append(r.report.Notes, fmt.Sprintf(format, a...))
	r.say("  "+format, a...)
}

// say tells whoever waits how far it is.
func (r *runner) say(format string, a ...any) {
	r.saying.Lock()
	defer r.saying.Unlock()
	fmt.Fprintf(r.stderr, time.Now().Format("15:04:05 ")+format+"\n", a...)
}

func (r *runner) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	var errs []error
	for _, p := range []*servers.Program{r.servers.postgres, r.servers.redis} {
		if p != nil {
			errs = append(errs, p.Remove(ctx))
		}
	}
	return errors.Join(append(errs, os.RemoveAll(r.work))...) //nolint:gosec // a folder of ours
}

// database makes an empty database in the run's PostgreSQL.
func (r *runner) database(ctx context.Context) (d database, err error) {
	if r.servers.postgres == nil {
		if r.servers.postgres, err = servers.StartPostgres(ctx, postgresSettings...); err != nil {
			return d, err
		}
	}
	r.servers.databases++
	d.name = fmt.Sprintf("load_%d", r.servers.databases)
	if d.owned, d.super, err = r.servers.postgres.CreateDatabase(ctx, d.name); err != nil {
		return d, err
	}
	version, err := floor.PostgresVersion(ctx, d.super)
	r.mention("PostgreSQL " + strings.Fields(version + " ?")[0])
	return d, err
}

// database is one of PostgreSQL's, and the addresses of its owner and of the superuser.
type database struct{ name, owned, super string }

// postgresSettings are what anybody sets on a server of this size; how durable a
// commit is they leave as it is.
var postgresSettings = []string{"shared_buffers=1GB", "max_wal_size=4GB", "effective_cache_size=4GB"}

// startRedis starts the run's Redis.
func (r *runner) startRedis(ctx context.Context) (url string, err error) {
	if r.servers.redis == nil {
		if r.servers.redis, err = servers.StartRedis(ctx); err != nil {
			return "", err
		}
	}
	url = r.servers.redis.URL()
	version, err := floor.RedisVersion(ctx, url)
	r.mention("Redis " + version)
	return url, err
}

// mention adds a version to what the machine is described by.
func (r *runner) mention(version string) {
	if m := &r.report.Machine; !strings.Contains(m.Servers, version) {
		m.Servers += ", " + version
	}
}
