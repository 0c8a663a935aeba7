//go:build !noui

// Package frontend has the portal and the console as Vite builds them: make ui.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files are what was built. Without a build there is no index.html among them.
func Files() (fs.FS, error) { return fs.Sub(dist, "dist") }
