package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/moby/moby/client"
)

// ownerLabel names the process that a container belongs to: host/pid/birth.
const ownerLabel = "roster.test.owner"

// owner is this process's label.
var owner = sync.OnceValue(func() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	pid := os.Getpid()
	return fmt.Sprintf("%s/%d/%s", host, pid, birth(pid))
})

// birth tells a process from a later one with the same number; empty where
// there is no /proc.
func birth(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	const starttime = 22 - 3 // the 22nd field, counted from the third
	if len(fields) <= starttime {
		return ""
	}
	return fields[starttime]
}

// orphaned: the label's process was on this host and is no more.
func orphaned(label string) bool {
	mine := strings.Split(owner(), "/")
	parts := strings.Split(label, "/")
	if len(parts) != 3 || parts[0] != mine[0] {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	if err != nil || pid <= 0 {
		return false
	}
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	return parts[2] != birth(pid)
}

var sweepOnce sync.Once

// sweep removes, once per process, what killed runs have left at the engine.
func sweep(ctx context.Context) (err error) {
	sweepOnce.Do(func() { err = removeOrphans(ctx) })
	return err
}

func removeOrphans(ctx context.Context) error {
	api, err := engine()
	if err != nil {
		return err
	}
	defer hangUp(api)
	list, err := api.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("label", ownerLabel)})
	if err != nil {
		return fmt.Errorf("look for containers of earlier runs: %w", err)
	}
	for _, c := range list.Items {
		if !orphaned(c.Labels[ownerLabel]) {
			continue
		}
		fmt.Fprintf(os.Stderr, "servers: removing container %.12s of a run that was killed\n", c.ID)
		// Another process may sweep too: an error leaves it to the next run.
		_, _ = api.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	}
	return nil
}
