//go:build noui

// Package frontend has the portal and the console as Vite builds them; here, in a
// program that is the API alone, nothing.
package frontend

import (
	"embed"
	"io/fs"
)

// Files are none.
func Files() (fs.FS, error) { return embed.FS{}, nil }
