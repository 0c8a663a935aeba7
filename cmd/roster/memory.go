package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// gcPercent is how much may be allocated between collections, in percent of what
// is in use. That is a few megabytes: at Go's own 100 a busy server collects 20
// times a second and spends an eighth of its time on it.
const gcPercent = 200

// tuneMemory sets what the operator has not set by Go's own variables: how often
// memory is collected, and, in a container with a limit, that Go uses at most
// three quarters of it. The rest is for SQLite, which Go does not count, and for
// the program itself.
func tuneMemory(set func(name string) bool, root fs.FS, logger *slog.Logger) {
	if !set("GOGC") {
		debug.SetGCPercent(gcPercent)
	}
	if set("GOMEMLIMIT") {
		return
	}
	limit, err := containerMemory(root)
	if err != nil {
		logger.Warn("the container's memory limit could not be read; set GOMEMLIMIT if it has one", "error", err)
		return
	}
	if limit > 0 {
		debug.SetMemoryLimit(limit / 4 * 3)
	}
}

// isSet says whether the environment has a variable that is not empty.
func isSet(name string) bool { return os.Getenv(name) != "" }

// containerMemory is the least memory limit of the control groups that the
// process is in, 0 for none. root is the file system.
func containerMemory(root fs.FS) (int64, error) {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // not Linux
	}
	if err != nil {
		return 0, fmt.Errorf("read control groups: %w", err)
	}
	least := int64(0)
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // number:controllers:path
		if len(parts) < 3 {
			continue
		}
		mount, name := "sys/fs/cgroup", "memory.max"
		if parts[1] == "memory" { // version 1
			mount, name = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if parts[1] != "" {
			continue
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			limit, err := memoryLimit(root, path.Join(mount, dir, name))
			if err != nil {
				return 0, err
			}
			if limit > 0 && (least == 0 || limit < least) {
				least = limit
			}
			if dir == "/" {
				break
			}
		}
	}
	return least, nil
}

// memoryLimit reads one file, which may not be there: inside a container the
// group's path is often that of the host.
func memoryLimit(root fs.FS, name string) (int64, error) {
	text, err := fs.ReadFile(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read memory limit: %w", err)
	}
	value := strings.TrimSpace(string(text))
	if value == "max" {
		return 0, nil
	}
	limit, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read memory limit: %w", err)
	}
	if limit >= math.MaxInt64/2 {
		return 0, nil // version 1's word for none
	}
	return int64(limit), nil
}
