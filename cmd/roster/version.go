package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version is set by the linker for a release: -X main.version=1.2.3.
var version = ""

type versionCommand struct{}

// Run implements the command.
func (versionCommand) Run(out *output) error {
	answer := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		System  string `json:"system"`
	}{buildVersion(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	return out.print(answer, func(w io.Writer) {
		fmt.Fprintf(w, "roster %s (%s, %s)\n", answer.Version, answer.Go, answer.System)
	})
}

// buildVersion is the release's version, or what the toolchain knows.
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
