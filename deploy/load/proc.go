package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is what the kernel counts processor time in for programs.
const tick = 10 * time.Millisecond

// procfs is where Linux shows its processes; tests have one of their own.
type procfs string

func (p procfs) read(parts ...string) ([]byte, error) {
	return os.ReadFile(filepath.Join(append([]string{string(p)}, parts...)...))
}

// stat is what /proc/<pid>/stat says of a process.
type stat struct {
	own    time.Duration // user and system time
	buried time.Duration // of children that have ended
}

// parseStat reads "pid (any name) state …": the times are the 14th field and on.
func parseStat(text []byte) (s stat, err error) {
	end := bytes.LastIndexByte(text, ')')
	fields := strings.Fields(string(text[end+1:]))
	if end < 0 || len(fields) < 15 {
		return s, fmt.Errorf("%q is no process", text)
	}
	numbers := make([]int, 4)
	for i, at := range []int{11, 12, 13, 14} {
		if numbers[i], err = strconv.Atoi(fields[at]); err != nil {
			return s, fmt.Errorf("read a process's times: %w", err)
		}
	}
	return stat{
		own:    time.Duration(numbers[0]+numbers[1]) * tick,
		buried: time.Duration(numbers[2]+numbers[3]) * tick,
	}, nil
}

// times is the processor time of processes and their children so far, those that
// have ended too.
func (p procfs) times(roots []int) time.Duration {
	var sum time.Duration
	for _, root := range roots {
		for _, pid := range append(p.children(root), strconv.Itoa(root)) {
			if s, ok := p.stat(pid); ok {
				sum += s.own + s.buried
			}
		}
	}
	return sum
}

// children are the processes that a process's first thread has started and that live.
func (p procfs) children(pid int) []string {
	name := strconv.Itoa(pid)
	text, err := p.read(name, "task", name, "children")
	if err != nil {
		return nil // it has ended
	}
	return strings.Fields(string(text))
}

func (p procfs) stat(pid string) (stat, bool) {
	text, err := p.read(pid, "stat")
	if err != nil {
		return stat{}, false // it has ended
	}
	s, err := parseStat(text)
	return s, err == nil
}

// resident is the memory of a process in bytes: now (VmRSS) and at most so far
// (VmHWM).
func (p procfs) resident(pid int) (now, most int64, err error) {
	text, err := p.read(strconv.Itoa(pid), "status")
	if err != nil {
		return 0, 0, fmt.Errorf("read a process's memory: %w", err)
	}
	return kilobytes(text, "VmRSS:"), kilobytes(text, "VmHWM:"), nil
}

func kilobytes(status []byte, name string) int64 {
	for line := range strings.Lines(string(status)) {
		rest, ok := strings.CutPrefix(line, name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err != nil {
			return 0
		}
		return n << 10
	}
	return 0
}
