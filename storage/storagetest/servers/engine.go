package servers

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

const noRyuk = "TESTCONTAINERS_RYUK_DISABLED"

// engine is one client for the process.
var engine = sync.OnceValues(func() (*testcontainers.DockerClient, error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	log.SetDefault(log.NewNoopLogger()) // a page per container otherwise
	// The reaper and sweep do its work, without one more image and a container
	// that may do everything.
	if _, set := os.LookupEnv(noRyuk); !set {
		if err := os.Setenv(noRyuk, "true"); err != nil {
			return nil, err
		}
	}
	return testcontainers.NewDockerClientWithOpts(ctx)
})

func probeEngine(ctx context.Context) error {
	api, err := engine()
	if err != nil {
		return fmt.Errorf("docker: %w", err)
	}
	defer hangUp(api)
	if _, err := api.Client.Ping(ctx, client.PingOptions{}); err != nil {
		return fmt.Errorf("docker: %w", err)
	}
	return nil
}

// hangUp closes idle connections, which are goroutines; the client stays good.
func hangUp(api *testcontainers.DockerClient) { _ = api.Close() }

// engineHost is where published ports can be reached.
var engineHost = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return "", err
	}
	defer func() { _ = provider.Close() }()
	host, err := provider.DaemonHost(ctx)
	if err == nil && isHere(host) {
		host = "127.0.0.1"
	}
	return host, err
})

// isHere: an engine at an address of this machine can publish on loopback,
// where nobody else sees the servers. In a container, the engine's address is
// another machine's.
func isHere(host string) bool {
	if host == "localhost" {
		return true
	}
	at, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(at, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.String() == host
	})
}
