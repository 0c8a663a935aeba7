package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
)

// machine is what figures depend on.
type machine struct {
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	Memory  int64  `json:"memory_bytes"`
	Kernel  string `json:"kernel"`
	Go      string `json:"go"`
	Roster  string `json:"roster"`
	Servers string `json:"servers"` // versions
}

func (m machine) String() string {
	return fmt.Sprintf("%d cores (%s), %s GB of memory, Linux %s, %s, %s", m.Cores, m.CPU, number(float64(m.Memory)/1e9), m.Kernel, m.Go, m.Servers)
}

// describeMachine reads what the kernel says. What it does not say stays empty.
func describeMachine(ctx context.Context, proc procfs, roster string) machine {
	read := func(name string) string {
		text, err := proc.read(name)
		if err != nil {
			return ""
		}
		return string(text)
	}
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version(), Kernel: strings.TrimSpace(read("sys/kernel/osrelease"))}
	for line := range strings.Lines(read("cpuinfo")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	m.Memory = kilobytes([]byte(read("meminfo")), "MemTotal:")
	var version struct {
		Version string `json:"version"`
	}
	if err := command(ctx, roster, nil, &version, "version"); err == nil {
		m.Roster = version.Version
	}
	return m
}

// programVersion is what a program says of itself, "" if it is not installed.
func programVersion(ctx context.Context, name string) string {
	out, err := exec.CommandContext(ctx, name, "--version").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
