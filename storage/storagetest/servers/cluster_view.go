package servers

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// ranges say who serves which slots, as one node sees it.
type ranges []redis.ClusterSlot

func slotsOf(ctx context.Context, c *redis.Client) (ranges, error) {
	return c.ClusterSlots(ctx).Result() //nolint:staticcheck // SA1019: what go-redis itself asks, so tests see what it sees
}

// master of a range comes first, then its replicas.
func master(s redis.ClusterSlot) string {
	if len(s.Nodes) == 0 {
		return ""
	}
	return s.Nodes[0].Addr
}

func (r ranges) serves(n *Node) bool {
	for _, s := range r {
		if master(s) == n.Addr() {
			return true
		}
	}
	return false
}

// servedBy fails if a range's master is none of the nodes: the one that sees
// it so has not noticed yet that the master is away.
func (r ranges) servedBy(nodes []*Node) error {
	for _, s := range r {
		if among(nodes, master(s)) == nil {
			return fmt.Errorf("slots %d to %d are given to %s, which is away", s.Start, s.End, master(s))
		}
	}
	return nil
}

func among(nodes []*Node, address string) *Node {
	for _, n := range nodes {
		if n.Addr() == address {
			return n
		}
	}
	return nil
}

// view is that of the first running node that answers; slot is the key's.
func (c *cluster) view(ctx context.Context, key string) (view ranges, slot int64, err error) {
	last := errNotRunning
	for _, n := range c.running(ctx) {
		last = withRedis(n.Addr(), func(r *redis.Client) (err error) {
			if slot, err = r.ClusterKeySlot(ctx, key).Result(); err != nil {
				return err
			}
			view, err = slotsOf(ctx, r)
			return err
		})
		if last == nil {
			return view, slot, nil
		}
	}
	return nil, 0, last
}

func (c *cluster) masters(ctx context.Context) ([]*Node, error) {
	view, _, err := c.view(ctx, "")
	if err != nil {
		return nil, err
	}
	var masters []*Node
	for _, n := range c.nodes {
		if view.serves(n) {
			masters = append(masters, n)
		}
	}
	return masters, nil
}

func (c *cluster) masterOf(ctx context.Context, key string) (*Node, error) {
	view, slot, err := c.view(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, s := range view {
		if int64(s.Start) <= slot && slot <= int64(s.End) {
			if n := among(c.nodes, master(s)); n != nil {
				return n, nil
			}
		}
	}
	return nil, fmt.Errorf("nobody serves slot %d", slot)
}
