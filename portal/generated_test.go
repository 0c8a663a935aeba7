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

// The Go code of the server and of its clients is what openapi.yaml generates
// today.
func TestGoCodeIsGenerated(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"api", "client/api"} {
		made := filepath.Join(t.TempDir(), "api.gen.go")
		run(t, "..", "go", "tool", "-modfile=.ci/tools/go.mod", "oapi-codegen", "-config", "portal/"+folder+"/config.yaml", "-o", made, "portal/openapi.yaml")
		same(t, folder+"/api.gen.go", made)
	}
}

// So are the TypeScript types of the user interface and of clients.
func TestTypeScriptTypesAreGenerated(t *testing.T) {
	t.Parallel()
	const generator = "node_modules/.bin/openapi-typescript"
	for folder, types := range map[string]string{"../frontend": "src/api/schema.d.ts", "client/typescript": "src/schema.ts"} {
		if _, err := os.Stat(filepath.Join(folder, generator)); errors.Is(err, fs.ErrNotExist) {
			run(t, folder, "npm", "ci", "--no-audit", "--no-fund")
		}
		document, err := filepath.Abs("openapi.yaml")
		if err != nil {
			t.Fatal(err)
		}
		made := filepath.Join(t.TempDir(), filepath.Base(types))
		run(t, folder, generator, document, "--output", made)
		same(t, filepath.Join(folder, types), made)
	}
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
