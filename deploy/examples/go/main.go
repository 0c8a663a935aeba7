// Command go is an example app that follows a tenant of Roster: "mirror" keeps a
// copy of its users, groups and access in a file, and "receive" takes webhooks.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/roster-scim/roster/portal/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("say what to do: mirror or receive")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	server := flags.String("url", "http://127.0.0.1:8080", "address of Roster")
	tenant := flags.String("tenant", "", "id of the tenant to mirror")
	file := flags.String("file", "directory.json", "where the copy is kept")
	listen := flags.String("listen", "127.0.0.1:9090", "where webhooks are received")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "mirror":
		return mirror(ctx, &client.Client{URL: *server, Key: os.Getenv("API_KEY")}, *tenant, *file)
	case "receive":
		return receive(ctx, *listen, os.Getenv("WEBHOOK_SECRET"))
	}
	return fmt.Errorf("%q is neither mirror nor receive", args[0])
}
