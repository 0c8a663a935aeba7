package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// firstStart runs the script and returns what it made and what it said.
func firstStart(t *testing.T, directory, tools string, succeeds bool) (made map[string][]byte, said []byte) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", deployDirectory+"compose/first-start.sh", directory)
	command.Env = []string{"PATH=" + tools + ":" + os.Getenv("PATH"), "ROSTER_PUBLIC_URL=https://scim.example.com:8443"}
	said, err := command.CombinedOutput()
	if (err == nil) != succeeds {
		t.Fatalf("first-start.sh: %v\n%s", err, said)
	}
	made = map[string][]byte{}
	for _, pattern := range []string{"roster/*", "postgres/*", "redis/*", "balancer/*"} {
		files, err := filepath.Glob(filepath.Join(directory, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := filepath.Rel(directory, file) // both are absolute
			made[name] = content
		}
	}
	return made, said
}

// acceptsSecrets reads the settings that compose.yaml gives the replicas, with the
// files that the script made.
func acceptsSecrets(t *testing.T, directory string) {
	t.Helper()
	replica := readCompose(t).Services["roster-1"].Environment
	env := []string{"ROSTER_LISTEN=0.0.0.0:8080"} // of the image
	for _, name := range slices.Sorted(maps.Keys(replica)) {
		value := strings.ReplaceAll(replica[name], "/run/secrets/", directory+"/")
		if before, fallback, ok := strings.Cut(value, ":-"); ok && strings.HasPrefix(before, "${") {
			value = strings.TrimSuffix(fallback, "}")
		}
		env = append(env, name+"="+value)
	}
	var c cli
	parser, err := kong.New(&c, kong.Resolvers(environment(env)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse(parser, []string{"serve"}, env); err != nil {
		t.Fatal(err)
	}
	c.readFiles()
	if err := c.Check(); err != nil {
		t.Errorf("the replicas refuse their settings: %v", err)
	}
	if !strings.HasPrefix(c.DatabaseURL, "postgres://roster:") || !strings.HasPrefix(c.RedisURL, "redis://:") || len(c.MasterKey) != 44 {
		t.Error("the replicas do not get database, Redis and key from the files")
	}
}
