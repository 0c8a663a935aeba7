package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// means is how servers are started when no variable names one.
type means string

const (
	byDocker means = "docker"
	byLocal  means = "local"
)

// probeTime is how long an engine may take to say that it is there. Where none
// is, that is known at once.
const probeTime = 20 * time.Second

// chosen is decided once per process: an engine that dies later is an error,
// not a reason to go on differently.
var chosen = sync.OnceValues(func() (means, error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	return choose(os.Getenv("TEST_SERVERS"), func() error { return probeEngine(ctx) }, probeLocal)
})

// choose takes the first means that is allowed and there.
func choose(only string, engine, local func() error) (means, error) {
	switch means(only) {
	case byDocker:
		if err := engine(); err != nil {
			return "", fmt.Errorf("TEST_SERVERS=docker, but no Docker engine answers: %w", err)
		}
		return byDocker, nil
	case byLocal:
		if err := local(); err != nil {
			return "", fmt.Errorf("TEST_SERVERS=local: %w", err)
		}
		return byLocal, nil
	case "":
	default:
		return "", fmt.Errorf("TEST_SERVERS=%s: must be docker or local, or not set", only)
	}
	noEngine := engine()
	if noEngine == nil {
		return byDocker, nil
	}
	if noLocal := local(); noLocal != nil {
		return "", fmt.Errorf("no database servers to test with: start a Docker engine, or install PostgreSQL 15 and Redis 7 "+
			"(Debian: apt-get install postgresql redis-server): %w", errors.Join(noEngine, noLocal))
	}
	return byLocal, nil
}

// announce says once per process and server kind where the servers come from.
func announce(what string, how means) {
	if _, said := announced.LoadOrStore(what, true); said {
		return
	}
	where := "from the Docker image " + recipes[what].image
	if how == byLocal {
		where = "with the local binary " + localProgram(recipes[what].program)
	}
	fmt.Fprintf(os.Stderr, "servers: %s %s\n", what, where)
}

var announced sync.Map
