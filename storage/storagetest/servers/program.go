package servers

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Program is a server for a program that measures, which no test ends: always an
// installed program, so that its processor time and memory can be looked at, and
// one that keeps its promises: PostgreSQL with fsync.
type Program struct {
	kind string
	l    *local
}

// StartPostgres starts a PostgreSQL; settings are name=value.
func StartPostgres(ctx context.Context, own ...string) (*Program, error) {
	args := append([]string(nil), settings...)
	for _, s := range own {
		args = append(args, "-c", s)
	}
	p, err := startProgram(ctx, kindPostgres, args, postgresReady)
	if err != nil {
		return nil, err
	}
	if err := withConn(ctx, p.superURL("postgres"), func(c *pgx.Conn) error {
		return ensureRole(ctx, c, superPassword)
	}); err != nil {
		return nil, errors.Join(fmt.Errorf("set %s up: %w", kindPostgres, err), p.Remove(context.WithoutCancel(ctx)))
	}
	return p, nil
}

// StartRedis starts a Redis that keeps everything in memory alone.
func StartRedis(ctx context.Context) (*Program, error) {
	return startProgram(ctx, kindRedis, memoryOnly, redisReady)
}

func startProgram(ctx context.Context, kind string, args []string, ready func(context.Context, string) error) (*Program, error) {
	if err := probeLocal(); err != nil {
		return nil, err
	}
	l, err := newLocal(ctx, recipes[kind], args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	if err := answering(ctx, l, 0, ready); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", kind, err), l.remove(context.WithoutCancel(ctx)))
	}
	return &Program{kind: kind, l: l}, nil
}

// PID is the server's first process; PostgreSQL's others are its children.
func (p *Program) PID() int {
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	return p.l.pid
}

// URL is redis://host:port.
func (p *Program) URL() string { return "redis://" + p.l.address() }

// CreateDatabase makes an empty database in a PostgreSQL. The first URL is that of
// its owner, who is nobody special, the second that of the superuser.
func (p *Program) CreateDatabase(ctx context.Context, name string) (owned, super string, err error) {
	quoted := pgx.Identifier{name}.Sanitize()
	if err := execute(ctx, p.superURL("postgres"), "create database "+quoted+" owner "+role); err != nil {
		return "", "", fmt.Errorf("create database %s: %w", name, err)
	}
	return postgresURL(role, superPassword, p.l.address(), name), p.superURL(name), nil
}

// DropDatabase removes a database and whoever is connected to it.
func (p *Program) DropDatabase(ctx context.Context, name string) error {
	quoted := pgx.Identifier{name}.Sanitize()
	if err := execute(ctx, p.superURL("postgres"), "drop database if exists "+quoted+" with (force)"); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

// Remove ends the server and removes what it kept.
func (p *Program) Remove(ctx context.Context) error {
	if err := p.l.remove(ctx); err != nil {
		return fmt.Errorf("remove %s: %w", p.kind, err)
	}
	return nil
}

func (p *Program) superURL(database string) string {
	return postgresURL("postgres", superPassword, p.l.address(), database)
}
