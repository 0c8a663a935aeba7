package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// slots of a Redis Cluster, numbered from 0.
const slots = 16384

// form makes a cluster out of six servers that do not know each other.
func (c *cluster) form(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	ids := make([]string, len(c.nodes))
	for i, n := range c.nodes {
		var err error
		if ids[i], err = n.prepare(ctx, i); err != nil {
			return fmt.Errorf("prepare the nodes: %w", err)
		}
	}
	if err := c.introduce(ctx); err != nil {
		return fmt.Errorf("introduce the nodes: %w", err)
	}
	for i, n := range c.nodes[clusterMasters:] {
		if err := n.replicate(ctx, ids[i]); err != nil {
			return fmt.Errorf("give each master a replica: %w", err)
		}
	}
	return c.well(ctx)
}

// prepare gives node i its epoch and, to a master, its slots.
func (n *Node) prepare(ctx context.Context, i int) (id string, err error) {
	err = withRedis(n.Addr(), func(c *redis.Client) error {
		// Epochs that differ from the start save an election about them.
		if err := c.Do(ctx, "cluster", "set-config-epoch", i+1).Err(); err != nil {
			return err
		}
		if i < clusterMasters {
			from, to := slots*i/clusterMasters, slots*(i+1)/clusterMasters-1
			if err := c.ClusterAddSlotsRange(ctx, from, to).Err(); err != nil {
				return err
			}
		}
		id, err = c.ClusterMyID(ctx).Result()
		return err
	})
	return id, err
}

// introduce lets all nodes meet the first until each knows each. A greeting
// that is not returned within the node timeout is forgotten, which happens on
// a busy machine: so it is repeated.
func (c *cluster) introduce(ctx context.Context) error {
	var last error
	var greeted time.Time
	return poll(ctx, func() (bool, error) {
		last = nil
		for _, n := range c.nodes {
			last = errors.Join(last, n.knowsAll(ctx))
		}
		if last == nil || time.Since(greeted) < time.Second {
			return last == nil, nil
		}
		greeted = time.Now()
		for _, n := range c.nodes[1:] {
			last = errors.Join(last, n.meet(ctx, c.nodes[0]))
		}
		return false, nil
	}, func() error { return last })
}

func (n *Node) meet(ctx context.Context, other *Node) error {
	host, number, err := net.SplitHostPort(other.Addr())
	if err != nil {
		return err
	}
	return withRedis(n.Addr(), func(c *redis.Client) error {
		return c.Do(ctx, "cluster", "meet", host, number, other.bus.number).Err()
	})
}

func (n *Node) knowsAll(ctx context.Context) error {
	return withRedis(n.Addr(), func(c *redis.Client) error {
		return n.infoHas(ctx, c, "cluster_known_nodes:"+strconv.Itoa(clusterNodes))
	})
}

func (n *Node) infoHas(ctx context.Context, c *redis.Client, lines ...string) error {
	info, err := c.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	for _, line := range lines {
		if !strings.Contains(info, line+"\r\n") {
			return fmt.Errorf("node %s: not %s", n.Addr(), line)
		}
	}
	return nil
}

// replicate is refused until the node has heard of its master.
func (n *Node) replicate(ctx context.Context, master string) error {
	return withRedis(n.Addr(), func(c *redis.Client) error {
		var last error
		return poll(ctx, func() (bool, error) {
			last = c.ClusterReplicate(ctx, master).Err()
			return last == nil, nil
		}, func() error { return last })
	})
}

// running nodes are those that have not ended and are not frozen.
func (c *cluster) running(ctx context.Context) []*Node {
	var running []*Node
	for _, n := range c.nodes {
		if !n.frozen.Load() && n.p.ended(ctx) == nil {
			running = append(running, n)
		}
	}
	return running
}

// well waits until all running nodes agree that each slot is served by one of
// them, and each replica has its master's data.
func (c *cluster) well(ctx context.Context) error {
	var last error
	return poll(ctx, func() (bool, error) {
		running := c.running(ctx)
		last = nil
		for _, n := range running {
			last = errors.Join(last, n.well(ctx, running))
		}
		return last == nil, nil
	}, func() error { return last })
}

func (n *Node) well(ctx context.Context, running []*Node) error {
	return withRedis(n.Addr(), func(c *redis.Client) error {
		err := n.infoHas(ctx, c, "cluster_state:ok", "cluster_slots_ok:"+strconv.Itoa(slots), "cluster_known_nodes:"+strconv.Itoa(clusterNodes))
		if err != nil {
			return err
		}
		view, err := slotsOf(ctx, c)
		if err != nil {
			return err
		}
		if err := view.servedBy(running); err != nil {
			return fmt.Errorf("node %s: %w", n.Addr(), err)
		}
		replication, err := c.Info(ctx, "replication").Result()
		if err != nil {
			return err
		}
		if strings.Contains(replication, "role:slave") && !strings.Contains(replication, "master_link_status:up") {
			return fmt.Errorf("node %s: has not copied its master", n.Addr())
		}
		return nil
	})
}
