package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	dockertypes "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// runner runs an image; the modules of testcontainers differ in their results.
type runner func(ctx context.Context, image string, opts ...testcontainers.ContainerCustomizer) (testcontainers.Container, error)

// container is a server in a container of the Docker engine. Its port on this
// machine is chosen here, since a port that the engine chooses is another one
// after a restart.
type container struct {
	recipe recipe
	args   []string
	host   string
	port   *port
	space  *namespace               // whose network it is in, if not its own
	ctr    testcontainers.Container // nil before the first launch
}

func newContainer(ctx context.Context, r recipe, args []string) (*container, error) {
	if err := sweep(ctx); err != nil {
		return nil, err
	}
	host, err := engineHost()
	if err != nil {
		return nil, fmt.Errorf("find the Docker engine's address: %w", err)
	}
	at, err := reservePort(ctx)
	if err != nil {
		return nil, err
	}
	return &container{recipe: r, args: args, host: host, port: at}, nil
}

func (c *container) address() string {
	return net.JoinHostPort(c.host, strconv.Itoa(c.port.number))
}

func (c *container) launch(ctx context.Context) error {
	if c.ctr != nil {
		return c.do(func(api *testcontainers.DockerClient, id string) error {
			_, err := api.ContainerStart(ctx, id, client.ContainerStartOptions{})
			return err
		})
	}
	var err error
	command := append([]string{c.recipe.program}, c.args...)
	if c.space != nil {
		command = append(command, "--port", strconv.Itoa(c.port.number))
		c.ctr, err = runOwned(ctx, c, runPlain, c.recipe.image, command, testcontainers.WithHostConfigModifier(c.space.join))
		return err
	}
	c.ctr, err = runOwned(ctx, c, c.recipe.run, c.recipe.image, command,
		testcontainers.WithEnv(c.recipe.env), testcontainers.WithHostConfigModifier(c.publish))
	return err
}

// runOwned creates and starts a container that goes when its owner does. It
// returns the container also when only starting it has failed.
func runOwned(ctx context.Context, who any, run runner, image string, command []string, opts ...testcontainers.ContainerCustomizer) (testcontainers.Container, error) {
	ctr, err := run(ctx, image, append(opts,
		testcontainers.WithCmd(command...),
		testcontainers.WithWaitStrategy(wait.ForNop(startedIsEnough)),
		testcontainers.WithLabels(map[string]string{ownerLabel: owner()}))...)
	if absent(ctr) {
		ctr = nil
	} else if owed := theReaper.owe(who, debt{container: ctr.GetContainerID()}); owed != nil {
		return ctr, owed
	}
	if err != nil {
		return ctr, fmt.Errorf("%w (image %s; where no registry can be reached, .ci/images makes it)", err, image)
	}
	return ctr, nil
}

func (c *container) publish(h *dockertypes.HostConfig) {
	h.ShmSize = 256 << 20 // PostgreSQL's parallel queries share memory there
	h.PortBindings = network.PortMap{network.MustParsePort(c.recipe.port + "/tcp"): bound(c.host, c.port.number)}
}

// bound is a port of this machine alone, if the engine is here.
func bound(host string, number int) []network.PortBinding {
	at, err := netip.ParseAddr(host)
	if err != nil {
		at = netip.IPv4Unspecified()
	}
	return []network.PortBinding{{HostIP: at, HostPort: strconv.Itoa(number)}}
}

// runPlain runs an image without what a module adds.
func runPlain(ctx context.Context, image string, opts ...testcontainers.ContainerCustomizer) (testcontainers.Container, error) {
	c, err := testcontainers.Run(ctx, image, opts...)
	if c == nil {
		return nil, err
	}
	return c, err
}

// do runs one call of the engine's interface.
func (c *container) do(call func(api *testcontainers.DockerClient, id string) error) error {
	if c.ctr == nil {
		return errNotRunning
	}
	api, err := engine()
	if err != nil {
		return err
	}
	defer hangUp(api)
	return call(api, c.ctr.GetContainerID())
}

func (c *container) ended(ctx context.Context) error {
	state, err := c.ctr.State(ctx)
	if err != nil {
		return fmt.Errorf("read the container's state: %w", err)
	}
	if state.Running {
		return nil
	}
	return fmt.Errorf("the container has ended with %d: %s", state.ExitCode, c.logs(ctx))
}

func (c *container) logs(ctx context.Context) string {
	r, err := c.ctr.Logs(ctx)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return err.Error()
	}
	return lastPart(text)
}

func (c *container) kill(ctx context.Context) error { return c.end(ctx, syscall.SIGKILL) }

func (c *container) quit(ctx context.Context) error { return c.end(ctx, c.recipe.leave) }

// end signals the server and waits until the container has ended.
func (c *container) end(ctx context.Context, s syscall.Signal) error {
	if c.ctr == nil || c.ended(ctx) != nil {
		return nil
	}
	_ = c.resume(ctx) // the engine signals nothing that it has frozen; an error says that it is not
	ctx, cancel := context.WithTimeout(ctx, opTime)
	defer cancel()
	err := c.do(func(api *testcontainers.DockerClient, id string) error {
		_, err := api.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: strconv.Itoa(int(s))})
		return err
	})
	if err != nil {
		return err
	}
	return poll(ctx, func() (bool, error) { return c.ended(ctx) != nil, nil }, func() error { return errors.New("it goes on") })
}

func (c *container) pause(ctx context.Context) error {
	return c.do(func(api *testcontainers.DockerClient, id string) error {
		_, err := api.ContainerPause(ctx, id, client.ContainerPauseOptions{})
		return err
	})
}

func (c *container) resume(ctx context.Context) error {
	return c.do(func(api *testcontainers.DockerClient, id string) error {
		_, err := api.ContainerUnpause(ctx, id, client.ContainerUnpauseOptions{})
		return err
	})
}

func (c *container) remove(ctx context.Context) error {
	defer c.port.release()
	if c.ctr == nil {
		return nil
	}
	err := c.do(func(api *testcontainers.DockerClient, id string) error {
		_, err := api.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		return err
	})
	if err == nil {
		theReaper.paid(c)
	}
	return err
}

// absent: a module may answer with a nil of its own type.
func absent(ctr testcontainers.Container) bool { return ctr == nil || ctr.GetContainerID() == "" }

// startedIsEnough: the recipe knows better when a server is ready.
func startedIsEnough(context.Context, wait.StrategyTarget) error { return nil }
