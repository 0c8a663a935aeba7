package main

import (
	"errors"
	"fmt"

	"github.com/roster-scim/roster/portal"
)

// maxFrameAncestors bounds what every page has in its header.
const maxFrameAncestors = 50

func (c *Config) frameAncestors() []string { return listOf(c.FrameAncestors) }

func (c *Config) checkFrameAncestors() error {
	const name = "ROSTER_FRAME_ANCESTORS"
	list := c.frameAncestors()
	if len(list) > maxFrameAncestors {
		return fmt.Errorf("%s: give at most %d origins; https://*.example.com stands for all below example.com", name, maxFrameAncestors)
	}
	var errs []error
	for _, origin := range list {
		if err := portal.CheckFrameAncestor(origin); err != nil {
			errs = append(errs, fmt.Errorf("%s: %q: %w", name, origin, err))
		}
	}
	return errors.Join(errs...)
}
