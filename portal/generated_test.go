package portal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The Go code in api is what openapi.yaml generates today.
func TestGoCodeIsGenerated(t *testing.T) {
	t.Parallel()
	made := filepath.Join(t.TempDir(), "api.gen.go")
	run(t, "..", "go", "tool", "-modfile=.ci/tools/go.mod", "oapi-codegen", "-config", "portal/api/config.yaml", "-o", made, "portal/openapi.yaml")
	same(t, "api/api.gen.go", made)
}

// So are the TypeScript types of the user interface.
func TestTypeScriptTypesAreGenerated(t *testing.T) {
	t.Parallel()
	const generator = "node_modules/.bin/openapi-typescript"
	if _, err := os.Stat(filepath.Join("../frontend", generator)); errors.Is(err, fs.ErrNotExist) {
		run(t, "../frontend", "npm", "ci", "--no-audit", "--no-fund")
	}
	made := filepath.Join(t.TempDir(), "schema.d.ts")
	run(t, "../frontend", generator, "../portal/openapi.yaml", "--output", made)
	same(t, "../frontend/src/api/schema.d.ts", made)
}

// run runs a command in a folder.
func run(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

func same(t *testing.T, committed, made string) {
	t.Helper()
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what openapi.yaml generates; run: make generate", committed)
	}
}
