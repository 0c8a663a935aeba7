package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/roster-scim/roster/storage/storagetest/floor"
)

// kind is what a site is made of.
type kind struct {
	postgres, redis bool
	replicas        int
}

// site is one installation of Roster: a database, a Redis perhaps, and servers.
type site struct {
	r       *runner
	kind    kind
	dir     string
	db      database // of PostgreSQL
	env     []string // of every command
	servers []*server
	admin   *admin
}

// newSite makes an installation and starts it.
func (r *runner) newSite(ctx context.Context, k kind) (*site, error) {
	dir, err := os.MkdirTemp(r.work, "site-")
	if err != nil {
		return nil, err
	}
	s := &site{r: r, kind: k, dir: dir}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *site) open(ctx context.Context) (err error) {
	if err := s.configure(ctx); err != nil {
		return err
	}
	var key struct {
		Key string `json:"key"`
	}
	if err := command(ctx, s.r.roster, s.env, nil, "migrate", "up"); err != nil {
		return err
	}
	if err := command(ctx, s.r.roster, s.env, &key, "apikey", "create", "--name", "Load"); err != nil {
		return err
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	s.admin = newAdmin(s.servers[0].url, key.Key)
	return nil
}

// configure sets what Roster is told. Limits of rates are out of the way; all else
// is as it is by default.
func (s *site) configure(ctx context.Context) (err error) {
	s.env = []string{"ROSTER_SCIM_RATE=1000000", "ROSTER_SCIM_BURST=1000000", "ROSTER_API_RATE=1000000", "ROSTER_API_BURST=1000000"}
	if !s.kind.postgres {
		s.env = append(s.env, "ROSTER_DATABASE_URL=sqlite:"+s.file())
		return nil
	}
	if s.db, err = s.r.database(ctx); err != nil {
		return err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	s.env = append(s.env, "ROSTER_DATABASE_URL="+s.db.owned, "ROSTER_MASTER_KEY="+base64.StdEncoding.EncodeToString(key))
	if s.kind.redis {
		url, err := s.r.startRedis(ctx)
		if err != nil {
			return err
		}
		s.env = append(s.env, "ROSTER_REDIS_URL="+url)
	}
	return nil
}

func (s *site) file() string { return filepath.Join(s.dir, "roster.db") }

// start starts as many servers as there are replicas. All call themselves by the
// address of the first, as behind a balancer.
func (s *site) start(ctx context.Context) error {
	env := s.env
	for range max(1, s.kind.replicas) {
		each, err := startServer(ctx, s.r.roster, s.dir, env)
		if err != nil {
			return err
		}
		if s.servers = append(s.servers, each); len(s.servers) == 1 {
			env = append(env[:len(env):len(env)], "ROSTER_PUBLIC_URL="+each.url)
		}
	}
	if s.admin != nil {
		s.admin.url = s.servers[0].url
	}
	return nil
}

// tenantTime is how long one of many tenants may take.
const tenantTime = 100 * time.Millisecond

// tenants makes tenants with a directory each, which all replicas serve.
func (s *site) tenants(ctx context.Context, name string, n int) ([]target, error) {
	making, step := s.r.step(ctx, fmt.Sprintf("making %d tenants", n), time.Minute+time.Duration(n)*tenantTime)
	defer step.end()
	made, err := s.admin.tenants(making, name, n)
	err = cmp.Or(step.late(), err)
	for i := range made {
		made[i] = s.everywhere(made[i])
	}
	return made, err
}

// everywhere is a directory with the addresses that it has now at all replicas.
func (s *site) everywhere(t target) target {
	if len(t.urls) == 0 {
		return t
	}
	_, path, _ := strings.Cut(t.urls[0], "/scim/v2/")
	t.urls = nil
	for _, each := range s.servers {
		t.urls = append(t.urls, each.url+"/scim/v2/"+path)
	}
	return t
}

// trees are the processes whose processor time is told.
func (s *site) trees() map[part][]int {
	trees := map[part][]int{}
	for _, each := range s.servers {
		trees[partServer] = append(trees[partServer], each.pid())
	}
	if s.kind.postgres {
		trees[partDatabase] = []int{s.r.servers.postgres.PID()}
	}
	if s.kind.redis {
		trees[partRedis] = []int{s.r.servers.redis.PID()}
	}
	return trees
}

// stored is what the site has stored of some person.
func (s *site) stored(ctx context.Context) (floor.Row, error) {
	if s.kind.postgres {
		return floor.PostgresRow(ctx, s.db.super)
	}
	return floor.SQLiteRow(ctx, s.file())
}

// stop ends the servers.
func (s *site) stop() error {
	var errs []error
	for _, each := range s.servers {
		errs = append(errs, each.close())
	}
	s.servers = nil
	return errors.Join(errs...)
}

// close ends the site and removes what it kept.
func (s *site) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	err := s.stop()
	if s.db.name != "" {
		err = errors.Join(err, s.r.servers.postgres.DropDatabase(ctx, s.db.name))
	}
	if e := os.RemoveAll(s.dir); e != nil { //nolint:gosec // a folder of ours
		err = errors.Join(err, fmt.Errorf("remove the site: %w", e))
	}
	return err
}
