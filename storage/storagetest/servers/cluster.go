package servers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A cluster has one replica for each master: the smallest that survives the
// loss of any one node.
const (
	clusterMasters = 3
	clusterNodes   = 2 * clusterMasters
)

// clusterArgs: a master that does not answer for a second is replaced.
var clusterArgs = []string{
	"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf",
	"--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0",
	"--cluster-announce-ip", "127.0.0.1", "--repl-diskless-sync-delay", "0",
}

// cluster is a Redis Cluster, private or shared.
type cluster struct {
	nodes []*Node
	space *namespace // nil without Docker
}

// Node is one server of a cluster.
type Node struct {
	p      process
	bus    *port // where the nodes talk to each other
	frozen atomic.Bool
}

// Addr is the node's host:port.
func (n *Node) Addr() string { return n.p.address() }

func startCluster(ctx context.Context) (*cluster, error) {
	c := &cluster{}
	err := c.start(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start Redis Cluster: %w", err), c.remove(context.WithoutCancel(ctx)))
	}
	return c, nil
}

func (c *cluster) start(ctx context.Context) error {
	var contained []*container
	for range clusterNodes {
		n, err := newNode(ctx)
		if err != nil {
			return err
		}
		c.nodes = append(c.nodes, n)
		if ctr, ok := n.p.(*container); ok {
			contained = append(contained, ctr)
		}
	}
	if contained != nil {
		var err error
		if c.space, err = newNamespace(ctx, contained); err != nil {
			return err
		}
	}
	if err := c.each(func(n *Node) error { return answering(ctx, n.p, 0, redisReady) }); err != nil {
		return err
	}
	return c.form(ctx)
}

func newNode(ctx context.Context) (*Node, error) {
	bus, err := reservePort(ctx)
	if err != nil {
		return nil, err
	}
	args := append(append([]string(nil), memoryOnly...), clusterArgs...)
	p, err := newProcess(ctx, kindRedis, append(args, "--cluster-port", strconv.Itoa(bus.number)))
	if err != nil {
		bus.release()
		return nil, err
	}
	return &Node{p: p, bus: bus}, nil
}

func (c *cluster) remove(ctx context.Context) error {
	err := c.each(func(n *Node) error {
		defer n.bus.release()
		return n.p.remove(ctx)
	})
	if c.space != nil {
		err = errors.Join(err, c.space.remove(ctx))
	}
	return err
}

// each does something to all nodes at once.
func (c *cluster) each(do func(*Node) error) error {
	errs := make([]error, len(c.nodes))
	var all sync.WaitGroup
	for i, n := range c.nodes {
		all.Go(func() { errs[i] = do(n) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// url has every node, in the form of go-redis.
func (c *cluster) url() string {
	var more strings.Builder
	for i, n := range c.nodes[1:] {
		more.WriteString("?&"[min(i, 1) : min(i, 1)+1])
		more.WriteString("addr=" + n.Addr())
	}
	return "redis://" + c.nodes[0].Addr() + more.String()
}

// Cluster is a private Redis Cluster of three masters, each with a
// replica.
type Cluster struct {
	t testing.TB
	c *cluster
}

// NewRedisCluster starts a Redis Cluster for one test.
func NewRedisCluster(t testing.TB) *Cluster {
	t.Helper()
	c, err := startCluster(t.Context())
	if err != nil {
		t.Fatalf("servers: %v", err)
	}
	r := &Cluster{t: t, c: c}
	t.Cleanup(func() { r.within(removeTime, "remove", c.remove) })
	return r
}

// URL has all nodes: redis://host:port?addr=host:port&….
func (r *Cluster) URL() string { return r.c.url() }

// Nodes are all of them, in no order that matters.
func (r *Cluster) Nodes() []*Node { return r.c.nodes }

// Kill ends a node with SIGKILL.
func (r *Cluster) Kill(n *Node) {
	r.t.Helper()
	r.do("kill a node", n.p.kill)
	n.frozen.Store(false)
}

// Pause freezes a node.
func (r *Cluster) Pause(n *Node) {
	r.t.Helper()
	n.frozen.Store(true)
	r.do("pause a node", n.p.pause)
}

// Resume ends a Pause.
func (r *Cluster) Resume(n *Node) {
	r.t.Helper()
	r.do("resume a node", n.p.resume)
	n.frozen.Store(false)
}

// Start starts a killed node and waits until the cluster is well.
func (r *Cluster) Start(n *Node) {
	r.t.Helper()
	if err := answering(context.Background(), n.p, restartPatience, redisReady); err != nil {
		r.t.Errorf("servers: start a node: %v", err)
		return
	}
	r.WaitWell()
}

// WaitWell waits until every slot is served by a node that runs and is not
// frozen, and all of these know it.
func (r *Cluster) WaitWell() { r.t.Helper(); r.do("wait for the cluster", r.c.well) }

// Masters are the nodes that serve slots, as the running ones see it now: for
// a moment after a kill the dead one may still be among them.
func (r *Cluster) Masters() []*Node {
	r.t.Helper()
	var masters []*Node
	r.do("list masters", func(ctx context.Context) (err error) {
		masters, err = r.c.masters(ctx)
		return err
	})
	return masters
}

// MasterOf is the node that serves a key.
func (r *Cluster) MasterOf(key string) *Node {
	r.t.Helper()
	var master *Node
	r.do("find a key's master", func(ctx context.Context) (err error) {
		master, err = r.c.masterOf(ctx, key)
		return err
	})
	return master
}

func (r *Cluster) do(what string, operation func(context.Context) error) {
	r.t.Helper()
	r.within(opTime, what, operation)
}

func (r *Cluster) within(limit time.Duration, what string, operation func(context.Context) error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := operation(ctx); err != nil {
		r.t.Errorf("servers: %s: %v", what, err)
	}
}
