package scimtest

import (
	"embed"
	"io/fs"
)

//go:embed testdata/README.md testdata/*/*.json
var recorded embed.FS

// Recorded returns the transcripts that come with this package, one folder per
// provider.
func Recorded() fs.FS {
	sub, err := fs.Sub(recorded, "testdata")
	if err != nil {
		return recorded
	}
	return sub
}
