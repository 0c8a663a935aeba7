// Command with runs another command with database servers for its tests: one
// PostgreSQL, one Redis and one Redis Cluster, named by variables, and stopped
// in the end. So all packages of a "go test ./..." share them.
//
//	go run ./storage/storagetest/servers/with -- go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) (code int) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: with -- COMMAND [ARGUMENT…]")
		return 2
	}
	variables, stop, err := servers.StartAll()
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
		return 1
	}
	defer func() {
		if err := stop(); err != nil {
			fmt.Fprintln(os.Stderr, "with: stop the servers:", err)
			code = max(code, 1)
		}
	}()
	return command(args, variables)
}

// command answers with the command's own exit code, also when a signal that
// was meant for both has ended it.
func command(args, variables []string) int {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	cmd := exec.CommandContext(context.Background(), args[0], args[1:]...) //nolint:gosec // what it is for
	cmd.Env = append(os.Environ(), variables...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
		return 1
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			// The interrupt key has reached the command itself already.
			if s != syscall.SIGINT {
				_ = cmd.Process.Signal(s)
			}
		case err := <-ended:
			return exitCode(err)
		}
	}
}

func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &exit):
		fmt.Fprintln(os.Stderr, "with:", err)
		return 1
	case exit.ExitCode() < 0: // by a signal; as a shell says it
		if status, ok := exit.Sys().(syscall.WaitStatus); ok {
			return 128 + int(status.Signal())
		}
		return 1
	default:
		return exit.ExitCode()
	}
}
