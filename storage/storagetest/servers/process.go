package servers

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// startTime bounds a start, an image's download included.
const startTime = 3 * time.Minute

// removeTime bounds a removal: an engine on a busy machine is slow at it.
const removeTime = 3 * time.Minute

// opTime bounds every other thing that is done to a server.
const opTime = time.Minute

// process is one server, wherever it runs. Its address never changes.
type process interface {
	address() string
	// launch starts it, the first time or again, and does not wait for it.
	launch(ctx context.Context) error
	// ended is nil as long as it runs, then the end of what it wrote.
	ended(ctx context.Context) error
	// kill ends it and all its children at once (SIGKILL).
	kill(ctx context.Context) error
	// quit asks it to end and waits for that.
	quit(ctx context.Context) error
	pause(ctx context.Context) error
	resume(ctx context.Context) error
	// remove ends it for good and frees what it held.
	remove(ctx context.Context) error
}

// recipe is how one kind of server is run by either means.
type recipe struct {
	program string // of the local installation
	image   string
	port    string // inside the container
	// initialise is the command that fills a fresh directory, if one is needed.
	initialise func(dir string) []string
	// local are the program's arguments that the container does not need.
	local func(dir string, port int) []string
	run   runner
	env   map[string]string
	// reap is what the reaper sends; it must end the server at once and leave
	// nothing behind.
	reap syscall.Signal
	// leave is the signal for an orderly end.
	leave syscall.Signal
}

const (
	kindPostgres = "PostgreSQL"
	kindRedis    = "Redis"
)

var recipes = map[string]recipe{kindPostgres: postgresRecipe, kindRedis: redisRecipe}

// newProcess makes a server that is not running yet.
func newProcess(ctx context.Context, kind string, args []string) (process, error) {
	how, err := chosen()
	if err != nil {
		return nil, err
	}
	announce(kind, how)
	if how == byDocker {
		return newContainer(ctx, recipes[kind], args)
	}
	return newLocal(ctx, recipes[kind], args)
}

// answering launches a server and waits until ready says so. A server that
// ends instead is launched again while again lasts: after a kill the system
// may need a moment to let go of its memory and its port.
func answering(ctx context.Context, p process, again time.Duration, ready func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if err := p.launch(ctx); err != nil {
		return fmt.Errorf("launch: %w", err)
	}
	patience := time.Now().Add(again)
	var last error
	return poll(ctx, func() (bool, error) {
		if ended := p.ended(ctx); ended != nil {
			if time.Now().After(patience) {
				return false, ended
			}
			last = ended
			return false, p.launch(ctx)
		}
		attempt, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		last = ready(attempt, p.address())
		return last == nil, nil
	}, func() error { return last })
}

// poll asks until done, an error, or the end of ctx; then why says what was
// missing.
func poll(ctx context.Context, ask func() (bool, error), why func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		done, err := ask()
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last: %w", ctx.Err(), orNothing(why()))
		case <-tick.C:
		}
	}
}

func orNothing(err error) error {
	if err == nil {
		return errNothing
	}
	return err
}

var errNothing = errors.New("nothing was said")
