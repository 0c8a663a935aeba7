package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

const deployDirectory = "../../deploy/"

// service is what the tests read of a service of compose.yaml.
type service struct {
	Image       string
	User        string
	ReadOnly    bool              `yaml:"read_only"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
	Environment map[string]string `yaml:"environment"`
	Command     []string
	Ports       []string
	Networks    []string
	NetworkMode string `yaml:"network_mode"`
	Restart     string
	Healthcheck struct {
		Test    []string
		Disable bool
	}
	DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
	Deploy    struct {
		Resources struct{ Limits struct{ CPUs, Memory string } }
	}
}

type composeFile struct {
	Services map[string]service
	Networks map[string]struct{ Internal bool }
	Volumes  map[string]any
}

func readDeploy(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(deployDirectory + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func readCompose(t *testing.T) composeFile {
	t.Helper()
	var c composeFile
	if err := yaml.Unmarshal([]byte(readDeploy(t, "compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) < 6 {
		t.Fatalf("compose.yaml has only %d services", len(c.Services))
	}
	return c
}

var notRoot = regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*$`)

func TestComposeIsHardened(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	for name, s := range c.Services {
		if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s: its file system can be written, or it keeps capabilities, or may gain privileges", name)
		}
		if s.Deploy.Resources.Limits.CPUs == "" || s.Deploy.Resources.Limits.Memory == "" {
			t.Errorf("%s: may take the whole machine", name)
		}
		if (len(s.Ports) > 0 || slices.Contains(s.Networks, "outside")) != (name == "balancer") {
			t.Errorf("%s: only the balancer is reached from outside, and it is", name)
		}
		if name == "first-start" { // it gives files to the users of the others
			if s.NetworkMode != "none" || s.Restart != "no" {
				t.Error("first-start is root and has a network, or runs again and again")
			}
			continue
		}
		if !notRoot.MatchString(s.User) {
			t.Errorf("%s: runs as %q; give a number, and not root's", name, s.User)
		}
		if s.Restart != "no" && (s.Restart != "unless-stopped" || len(s.Healthcheck.Test) == 0) {
			t.Errorf("%s: restarts %q, its health check is %v", name, s.Restart, s.Healthcheck.Test)
		}
	}
	if !c.Networks["inside"].Internal {
		t.Error("the network inside leads outside")
	}
}

func TestComposeReplicas(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	replicas := []string{}
	for name, s := range c.Services {
		if strings.HasPrefix(name, "roster-") {
			replicas = append(replicas, name)
			if s.DependsOn["migrate"].Condition != "service_completed_successfully" {
				t.Errorf("%s starts without waiting for the schema", name)
			}
			if !reflect.DeepEqual(s.Healthcheck.Test, []string{"CMD", "/roster", "health"}) {
				t.Errorf("%s: health check %v", name, s.Healthcheck.Test)
			}
		}
	}
	if len(replicas) != 2 || !reflect.DeepEqual(c.Services[replicas[0]], c.Services[replicas[1]]) {
		t.Errorf("replicas: %v; two that are the same", replicas)
	}
	balancer := readDeploy(t, "compose/haproxy.cfg")
	for _, name := range replicas {
		if !strings.Contains(balancer, "server "+name+" "+name+":8080\n") {
			t.Errorf("the balancer does not know %s", name)
		}
	}
	if !reflect.DeepEqual(c.Services["migrate"].Command, []string{"migrate", "up"}) {
		t.Errorf("migrate runs %v", c.Services["migrate"].Command)
	}
}

// settings are the variables that there are.
func settings() []string {
	names := []string{}
	for field := range reflect.TypeFor[Config]().Fields() {
		if name := field.Tag.Get("setting"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// TestDeployNamesWhatThereIs: no file names a variable, a command or a file that
// does not exist.
func TestDeployNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	var c cli
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	commands := []string{}
	for _, node := range parser.Model.Children {
		commands = append(commands, node.Name)
	}
	variable := regexp.MustCompile(`\bROSTER_[A-Z][A-Z_]*\b`)
	command := regexp.MustCompile("(?m)(?:^|`|compose run --rm [a-z0-9-]+ |sudo -u roster )roster ([a-z][a-z-]*)")
	link := regexp.MustCompile(`\]\(([^):#]+)(?:#[^)]*)?\)`)
	known, files := settings(), deployFiles(t)
	for _, name := range files {
		text := readDeploy(t, name)
		for _, found := range variable.FindAllString(text, -1) {
			if !slices.Contains(known, found) {
				t.Errorf("%s names %s, which is no setting", name, found)
			}
		}
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, found := range command.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(commands, found[1]) {
				t.Errorf("%s names roster %s, which is no command", name, found[1])
			}
		}
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(deployDirectory, filepath.Dir(name), found[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, found[1])
			}
		}
	}
}

func deployFiles(t *testing.T) []string {
	t.Helper()
	files := []string{"Dockerfile", "compose.yaml"}
	for _, pattern := range []string{"*.md", "compose/*"} {
		found, err := filepath.Glob(deployDirectory + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		for _, path := range found {
			files = append(files, strings.TrimPrefix(path, deployDirectory))
		}
	}
	return files
}

// stages are the instructions of a Dockerfile by stage, those of the stages that it
// is made from first.
func stages(t *testing.T) map[string][]string {
	t.Helper()
	joined := strings.ReplaceAll(readDeploy(t, "Dockerfile"), "\\\n", " ")
	all, name := map[string][]string{}, ""
	for line := range strings.Lines(joined) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || line[0] == '#' {
			continue
		}
		if from, ok := strings.CutPrefix(line, "FROM "); ok {
			base, as, _ := strings.Cut(from, " AS ")
			if name = as; name == "" {
				name = "the default"
			}
			all[name] = slices.Clone(all[base])
		}
		all[name] = append(all[name], line)
	}
	return all
}

func TestImage(t *testing.T) {
	t.Parallel()
	all := stages(t)
	for _, name := range []string{"the default", "prebuilt"} {
		stage := all[name]
		for _, want := range []string{
			"FROM scratch AS base", "USER 65532:65532", "VOLUME /data", "STOPSIGNAL SIGTERM",
			`ENTRYPOINT ["/roster"]`, `CMD ["serve"]`, "EXPOSE 8080 8081",
		} {
			if !slices.Contains(stage, want) {
				t.Errorf("%s has no %s", name, want)
			}
		}
		for _, want := range []string{`HEALTHCHECK .* CMD \["/roster", "health"\]$`, `^COPY .*ca-certificates.crt /etc/ssl/certs/`, `^COPY .*/roster /roster$`} {
			if !slices.ContainsFunc(stage, regexp.MustCompile(want).MatchString) {
				t.Errorf("%s has nothing like %s", name, want)
			}
		}
		if last := stage[len(stage)-1]; strings.HasPrefix(last, "USER") {
			t.Errorf("%s ends as another user: %s", name, last)
		}
	}
	pages := strings.Join(all["ui"], "\n")
	if !strings.Contains(pages, "npm ci") || !strings.Contains(pages, "npm run --silent build") {
		t.Errorf("the portal is not built from what is locked:\n%s", pages)
	}
	build := strings.Join(all["build"], "\n")
	for _, want := range []string{"CGO_ENABLED=0", "-trimpath", "-X main.version=", "COPY --from=ui /src/dist frontend/dist"} {
		if !strings.Contains(build, want) {
			t.Errorf("the binary is built without %s", want)
		}
	}
	users := readDeploy(t, "image/etc/passwd")
	if !strings.Contains(users, "roster:x:65532:65532:") {
		t.Errorf("the image does not know its user:\n%s", users)
	}
}

// TestFirstStart runs the script that makes the secrets, with every file its own:
// to give them to other users takes root.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	directory, tools := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(tools, "chown"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"roster", "postgres", "redis", "balancer", "postgres-data"} {
		if err := os.Mkdir(filepath.Join(directory, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	first, said := firstStart(t, directory, tools, true)
	for name, content := range first {
		info, err := os.Stat(filepath.Join(directory, name))
		if err != nil || info.Mode().Perm() != 0o400 || len(content) == 0 {
			t.Errorf("%s: %v, %v, %d bytes", name, info.Mode(), err, len(content))
		}
		for line := range bytes.Lines(content) {
			if len(line) > 30 && bytes.Contains(said, bytes.TrimSpace(line)) {
				t.Errorf("the secret in %s was printed", name)
			}
		}
	}
	if again, _ := firstStart(t, directory, tools, true); len(first) != 8 || !reflect.DeepEqual(again, first) {
		t.Errorf("%d files, and a second start changes them: %v", len(first), !reflect.DeepEqual(again, first))
	}
	acceptsSecrets(t, directory)
	// A database whose key is gone does not get a new one.
	if err := os.WriteFile(filepath.Join(directory, "postgres-data", "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(directory, "roster", "master_key")); err != nil {
		t.Fatal(err)
	}
	if _, said := firstStart(t, directory, tools, false); !bytes.Contains(said, []byte("Put it back from its backup")) {
		t.Errorf("it said %s", said)
	}
}
