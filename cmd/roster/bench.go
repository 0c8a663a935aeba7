package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/bench"
)

type benchCommand struct {
	URL     string `name:"url" placeholder:"URL" help:"The SCIM base URL, any server's. Several with commas between are replicas of one server."`
	Token   string `placeholder:"TOKEN" help:"The bearer token."`
	Targets string `placeholder:"FILE" help:"File with many base URLs to load at once, a URL and a token on each line; - for standard input."`

	Ops         []string      `placeholder:"OP" help:"What to measure. Default: everything."`
	Connections int           `default:"8" placeholder:"N" help:"Connections, each of which waits for its answer before it asks again (8)."`
	Duration    time.Duration `default:"5s" placeholder:"TIME" help:"How long each operation is measured (5s)."`
	Requests    int           `placeholder:"N" help:"How many requests of each operation are measured, in place of a time."`
	Warmup      time.Duration `default:"1s" placeholder:"TIME" help:"How long each operation runs before it is measured (1s)."`
	Settle      time.Duration `placeholder:"TIME" help:"How long the server is left alone after it was filled, to end what it does behind its answers."`
	Timeout     time.Duration `default:"30s" placeholder:"TIME" help:"How long one answer may take (30s)."`

	Users      []int `default:"1000" placeholder:"N" help:"People to make, in all targets together. With several numbers everything is measured at each size (1000)."`
	GroupSizes []int `default:"100" placeholder:"N" help:"Members of the groups to make. With several numbers groups are measured at each size (100)."`
	Groups     int   `default:"1" placeholder:"N" help:"Groups of each size, which the connections share (1)."`
	PageSize   int   `default:"100" placeholder:"N" help:"Users on a page (100)."`
	Batch      int   `default:"100" placeholder:"N" help:"Members in a request of the operation batch (100)."`
	Depth      int   `default:"95" placeholder:"PERCENT" help:"How far into the directory page-deep and cursor-deep read (95)."`
	Cleanup    bool  `help:"Take away what was made. Without it, made-up people are left behind."`
}

// Help implements kong.HelpProvider.
func (benchCommand) Help() string {
	var text strings.Builder
	text.WriteString("Loads a SCIM server and shows how many right answers it gives in a second, and how fast. " +
		"Needs a directory that may be filled with made-up people: use a connection of its own. Their names begin with bench- and the run's id. " +
		"A server that limits the rate has to allow more (Roster: ROSTER_SCIM_RATE, ROSTER_SCIM_BURST).\n\n" +
		"Ends with 0 if every answer was right, with 1 if one was not, and with 2 if nothing could be measured.\n\nOperations:\n")
	for _, op := range bench.Ops() {
		fmt.Fprintf(&text, "\n  %-12s %s", op, op.About())
	}
	return text.String()
}

// Run implements the command.
func (c *benchCommand) Run(ctx context.Context, _ *Config, out *output) error {
	targets, err := c.targets(os.Stdin)
	if err != nil {
		return &usageError{err.Error()}
	}
	bars := newBars(out.stderr)
	report, err := bench.Run(ctx, c.config(targets, bars))
	bars.Close()
	if err != nil {
		return &usageError{err.Error()}
	}
	if err := out.print(report, func(w io.Writer) { describeBench(w, report) }); err != nil {
		return err
	}
	if !report.OK() {
		return &reportedError{}
	}
	return nil
}

func (c *benchCommand) config(targets []bench.Target, progress bench.Progress) bench.Config {
	ops := make([]bench.Op, len(c.Ops))
	for i, op := range c.Ops {
		ops[i] = bench.Op(op)
	}
	slices.Sort(c.Users)
	slices.Sort(c.GroupSizes)
	return bench.Config{
		Targets: targets, Ops: ops, Connections: c.Connections, Duration: c.Duration, Requests: c.Requests, Warmup: c.Warmup,
		Settle: c.Settle, Timeout: c.Timeout, Users: c.Users, GroupSizes: c.GroupSizes, Groups: c.Groups, PageSize: c.PageSize, Batch: c.Batch,
		Depth: c.Depth, Cleanup: c.Cleanup, Progress: progress,
	}
}

// targets are what the flags or the file name.
func (c *benchCommand) targets(stdin io.Reader) ([]bench.Target, error) {
	switch {
	case c.URL == "" && c.Targets == "":
		return nil, errors.New("missing flags: --url=URL or --targets=FILE\nSee: roster bench --help")
	case c.URL != "" && c.Targets != "", c.Token != "" && c.Targets != "":
		return nil, errors.New("--targets names URLs and tokens; give --url and --token or --targets")
	case c.URL != "":
		return []bench.Target{{URLs: strings.Split(c.URL, ","), Token: c.Token}}, nil
	}
	if c.Targets == "-" {
		return readTargets(stdin)
	}
	file, err := os.Open(c.Targets)
	if err != nil {
		return nil, fmt.Errorf("--targets: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	return readTargets(file)
}

func readTargets(r io.Reader) ([]bench.Target, error) {
	targets, err := bench.ReadTargets(r)
	if err != nil {
		return nil, fmt.Errorf("--targets: %w", err)
	}
	return targets, nil
}
