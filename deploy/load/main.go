// Command load measures Roster on the backends of this machine, and beside each
// figure what the machine itself can do, in the same minutes and with as many
// connections. README.md says how to read the table that it prints.
//
//	go run ./deploy/load                        everything, small
//	go run ./deploy/load -only sqlite,postgres  some of it
//	go run ./deploy/load -full                  a million users, 10,000 tenants
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return load(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// load measures what the command line asks for and prints the table, also of a run
// that came to a bad end.
func load(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "load:", err)
		return 2
	}
	r, err := newRunner(ctx, o, args, stderr)
	if err == nil {
		err = errors.Join(r.all(ctx), r.close()) //nolint:contextcheck // it tidies up although ctx has ended
		r.report.markdown(stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "load:", err)
		return 1
	}
	return 0
}
