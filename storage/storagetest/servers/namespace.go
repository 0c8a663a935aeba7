package servers

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	dockertypes "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
)

// namespace is a network that several containers share. The nodes of a Redis
// Cluster tell one address of each node to clients and to each other; in a
// network of their own 127.0.0.1:port means the same to both. The network
// belongs to a container that does nothing, so it outlives every node.
type namespace struct {
	container
	ports []int
}

func newNamespace(ctx context.Context, nodes []*container) (*namespace, error) {
	s := &namespace{container: container{recipe: redisRecipe, host: nodes[0].host}}
	if s.host != "127.0.0.1" {
		return nil, fmt.Errorf("the Docker engine publishes ports on %s, and a cluster's nodes must be on 127.0.0.1 "+
			"(if the engine runs on this machine, set TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1)", s.host)
	}
	exposed := make([]string, 0, len(nodes))
	for _, n := range nodes {
		s.ports = append(s.ports, n.port.number)
		exposed = append(exposed, strconv.Itoa(n.port.number)+"/tcp")
		n.space = s
	}
	var err error
	s.ctr, err = runOwned(ctx, s, runPlain, s.recipe.image, []string{"sleep", "infinity"},
		testcontainers.WithExposedPorts(exposed...), testcontainers.WithHostConfigModifier(s.publish))
	if err != nil {
		return nil, errors.Join(err, s.remove(ctx))
	}
	return s, nil
}

func (s *namespace) publish(h *dockertypes.HostConfig) {
	h.PortBindings = network.PortMap{}
	for _, number := range s.ports {
		h.PortBindings[network.MustParsePort(strconv.Itoa(number)+"/tcp")] = bound(s.host, number)
	}
}

func (s *namespace) join(h *dockertypes.HostConfig) {
	h.NetworkMode = dockertypes.NetworkMode("container:" + s.ctr.GetContainerID())
}
