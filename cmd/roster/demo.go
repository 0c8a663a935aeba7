package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/idp"
	"github.com/roster-scim/roster/storage"
)

type demoCommand struct {
	File  string        `default:"data/demo.db" placeholder:"PATH" help:"SQLite file of the demo; its name begins with demo, since it is deleted first (data/demo.db)."`
	Keep  bool          `help:"Go on with the file of the last demo."`
	Users int           `default:"40" placeholder:"N" help:"People in each company (40)."`
	Every time.Duration `default:"4s" placeholder:"TIME" help:"How often something happens in each company (4s)."`
	For   time.Duration `placeholder:"TIME" help:"End after this long. Default: with Ctrl-C."`
}

const demoGroups = 8

// check refuses what the demo must not do.
func (c *demoCommand) check() error {
	switch {
	case c.Users < 1 || c.Users > 10_000:
		return &usageError{"--users: give a number from 1 to 10000"}
	case c.Every <= 0:
		return &usageError{"--every: give a time such as 4s"}
	case c.For < 0:
		return &usageError{"--for: give a time such as 10s"}
	case !strings.HasPrefix(filepath.Base(c.File), "demo"):
		return &usageError{"--file: the name must begin with demo: the file is deleted first"}
	}
	return nil
}

// Run implements the command.
func (c *demoCommand) Run(ctx context.Context, shared *Config, out *output) error {
	if err := c.check(); err != nil {
		return err
	}
	config := *shared
	config.DatabaseURL = "sqlite:" + c.File
	if config.LogLevel == DefaultConfig().LogLevel {
		config.LogLevel = "warn" // the demo tells what happens
	}
	if err := config.CheckDemo(); err != nil {
		return err
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	app, err := c.start(ctx, config, out)
	if err != nil {
		return ended(ctx, err)
	}
	return errors.Join(c.play(ctx, app, out), stop(ctx, app))
}

// start makes room and starts the server.
func (c *demoCommand) start(ctx context.Context, config Config, out *output) (*App, error) {
	if !c.Keep {
		// A demo that still runs has its address, and keeps its file.
		l, err := listen(ctx, "ROSTER_LISTEN", config.Listen)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(l.Close(), removeDatabase(c.File)); err != nil {
			return nil, fmt.Errorf("make room for the demo: %w", err)
		}
	}
	app, err := New(config, newLogger(&config, out.stderr))
	if err != nil {
		return nil, err
	}
	return app, app.Start(ctx)
}

// removeDatabase deletes a SQLite file and what belongs to it.
func removeDatabase(path string) error {
	var errs []error
	for _, file := range []string{path, storage.SQLiteLog(path)} {
		for _, suffix := range []string{"", "-wal", "-shm", ".key"} {
			if err := os.Remove(file + suffix); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// play provisions the companies and keeps them changing until ctx ends.
func (c *demoCommand) play(ctx context.Context, app *App, out *output) error {
	stage, err := newStage(ctx, app, c.Users)
	if err != nil {
		return ended(ctx, err)
	}
	defer stage.close()
	if err := stage.set(ctx, app, out); err != nil {
		return ended(ctx, err)
	}
	if err := out.print(stage, stage.describe); err != nil {
		return err
	}
	news := out.stdout
	if out.json {
		news = out.stderr // standard output has its one object
	}
	stop := stage.live(ctx, c.Every, news)
	err = app.Wait(ctx)
	stop()
	return err
}

// set fills the stage: what the companies have, what the vendor makes of it, and a
// past for the charts.
func (s *stage) set(ctx context.Context, app *App, out *output) error {
	receiver, webhook, err := newDemoReceiver(ctx, app)
	if err != nil {
		return err
	}
	s.receiver = receiver
	if err := s.firstCycles(ctx, out); err != nil {
		return err
	}
	if err := s.dress(ctx, app); err != nil {
		return err
	}
	for _, c := range s.Companies {
		if !c.trouble() {
			continue
		}
		if err := c.refuse(ctx, app); err != nil {
			return err
		}
	}
	return demoDeliveries(ctx, app, webhook)
}

// ended makes an error that came from the end of the demo none.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// firstCycles provisions every company, one after the other.
func (s *stage) firstCycles(ctx context.Context, out *output) error {
	news := out.stdout
	if out.json {
		news = out.stderr
	}
	for _, company := range s.Companies {
		b := newBars(out.stderr)
		if err := company.provision(ctx, b); err != nil {
			b.Close()
			return err
		}
		b.Close()
		r := company.first
		fmt.Fprintf(news, "%s provisioned %s: %s and %s in %s\n", company.idpName(), company.Tenant,
			counted(r.Users, "user"), counted(r.Groups, "group"), duration(time.Duration(r.Seconds*float64(time.Second))))
	}
	return nil
}

// provision runs the first cycle, which must succeed.
func (d *demoCompany) provision(ctx context.Context, progress idp.Progress) error {
	config := d.config
	config.Progress = progress
	life, err := idp.NewLife(config)
	if err != nil {
		return fmt.Errorf("make %s up: %w", d.Tenant, err)
	}
	d.life = life
	d.first = life.Begin(ctx)
	if d.first.OK() {
		return nil
	}
	var why strings.Builder
	describeReport(&why, d.first)
	return fmt.Errorf("the first cycle of %s did not go well:\n%s", d.Tenant, why.String())
}

// describe says what there is to try.
func (s *stage) describe(w io.Writer) {
	rows := make([][]string, len(s.Companies))
	for i, c := range s.Companies {
		rows[i] = []string{c.Tenant, c.idpName(), c.BaseURL}
	}
	fmt.Fprintln(w)
	table(w, []string{"TENANT", "PROVISIONED BY", "SCIM BASE URL"}, rows)
	for _, c := range s.Companies {
		if c.trouble() {
			fmt.Fprintf(w, "\n%s has set its identity providers up wrongly: see its problems.\n", c.Tenant)
		}
	}
	fmt.Fprintf(w, "\nOpen the portal, as an IT administrator of %s:\n\n  %s\n", s.Companies[0].Tenant, s.Portal)
	fmt.Fprintf(w, "\nOpen the console, as an owner of the application, in a private window (a browser has one of the two at a time):\n\n  %s\n", s.Console)
	fmt.Fprintf(w, "\nEach link works once, within a day. Then you are signed in at %s/portal and at %s/console, until an hour after you last did something.\n", s.URL, s.URL)
	fmt.Fprintf(w, "To get into the console again: %s\n\n", s.Again)
	fmt.Fprintf(w, "Read:      %s\n", s.Curl)
	fmt.Fprintf(w, "API:       %s\n", s.API)
	fmt.Fprintf(w, "           described at %s\n", s.Docs)
	fmt.Fprintf(w, "Provision: %s\n", s.Simulate)
	fmt.Fprintf(w, "\nThe companies keep changing until Ctrl-C:\n\n")
}
