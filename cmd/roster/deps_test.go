package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/roster-scim/roster"

// matrix is who may import what inside the module. "x/..." is x and all below
// it. Packages under cmd may import everything and are not listed.
var matrix = map[string][]string{
	"scim/schema":               {},
	"scim/filter":               {"scim/schema"},
	"scim/filter/filtertest":    {"scim/schema", "scim/filter"},
	"scim/patch":                {"scim/schema", "scim/filter"},
	"scim/quirk":                {"scim/schema", "scim/filter"},
	"scim":                      {"scim/schema", "scim/filter", "scim/patch", "scim/quirk"},
	"scim/scimhttp":             {"scim", "scim/schema", "scim/filter", "scim/patch", "scim/quirk", "authz"},
	"scim/scimtest":             {},
	"scim/scimtest/idp":         {},
	"scim/scimtest/conformance": {},
	"scim/scimtest/bench":       {},
	"authz":                     {},
	"frontend":                  {},
	"tenants":                   {"scim/quirk", "authz"},
	"tenants/events":            {"tenants"},
	"tenants/audit":             {"tenants"},
	"tenants/access":            {"tenants", "tenants/events", "authz"},
	"tenants/people":            {"tenants", "tenants/events", "authz", "scim/..."},
	"tenants/login":             {"tenants", "authz"},
	"portal/api":                {},
	"portal/client":             {},
	"portal/client/api":         {},
	"deploy/examples/go":        {"portal/client"},
	"tenants/webhooks":          {"tenants", "tenants/events", "authz"},
	"tenants/privacy":           {"tenants"},
	"tenants/requestlog":        {"tenants", "tenants/privacy", "scim/quirk"},
	"tenants/health":            {"tenants", "tenants/privacy", "tenants/requestlog", "scim/quirk"},
	"tenants/trace":             {"tenants", "tenants/access", "tenants/audit", "tenants/people", "tenants/privacy", "tenants/requestlog", "scim/quirk"},
	"portal":                    {"tenants/...", "authz", "scim/...", "frontend", "portal/api"},
	"storage":                   {"scim/...", "tenants/...", "authz"},
	"storage/cache":             {"tenants", "scim/...", "authz", "storage", "storage/redisdb"},
	"storage/redisdb":           {},
	"storage/limit":             {"storage/redisdb"},
	"storage/storagetest":       {"scim/...", "tenants/...", "authz"},

	"storage/storagetest/servers":      {},
	"storage/storagetest/servers/with": {"storage/storagetest/servers"},
	"storage/storagetest/floor":        {"storage"},
	"deploy/load":                      {"scim/scimtest/bench", "storage/storagetest/servers", "storage/storagetest/floor"},
}

// homes is where a library may be imported; everywhere else it is refused. Load
// tests measure gin alone, as what a server on it cannot be faster than.
var homes = map[string][]string{
	"github.com/gin-gonic/gin":    {"cmd/...", "portal/...", "scim/scimhttp", "deploy/load"},
	"github.com/casbin/casbin/v2": {"authz"},
	"github.com/pressly/goose/v3": {"storage/..."},
	"modernc.org/sqlite":          {"storage/..."},
	"github.com/jackc/pgx/v5":     {"storage/..."},
	"github.com/redis/go-redis":   {"storage/..."},
}

// engine packages use the standard library alone.
var engine = []string{"scim", "scim/schema", "scim/filter", "scim/patch", "scim/quirk", "scim/scimtest", "scim/scimtest/idp", "scim/scimtest/conformance", "scim/scimtest/bench"}

type listed struct {
	ImportPath string
	Name       string
	Standard   bool
	Imports    []string
	Doc        string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Imports,Doc", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		all = append(all, p)
	}
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		root, below := strings.CutSuffix(p, "/...")
		return name == root || (below && strings.HasPrefix(name, root+"/"))
	})
}

func TestImportMatrix(t *testing.T) {
	t.Parallel()
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("go list named only %d packages", len(all))
	}
	for _, p := range all {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		allowed, known := matrix[name]
		if !known && !strings.HasPrefix(name, "cmd/") {
			t.Errorf("%s: not in the import matrix; add it with what it may import", name)
			continue
		}
		for _, imported := range p.Imports {
			checkImport(t, name, imported, allowed)
		}
	}
}

func checkImport(t *testing.T, name, imported string, allowed []string) {
	t.Helper()
	inside, ours := strings.CutPrefix(imported, module+"/")
	isCommand := strings.HasPrefix(name, "cmd/")
	switch {
	case ours && strings.HasPrefix(inside, "cmd/"):
		t.Errorf("%s imports %s: nobody imports a command", name, inside)
	case ours && !isCommand && !matches(allowed, inside):
		t.Errorf("%s imports %s: the import matrix does not allow it", name, inside)
	case !ours && slices.Contains(engine, name) && strings.Contains(strings.Split(imported, "/")[0], "."):
		t.Errorf("%s imports %s: the engine uses the standard library alone", name, imported)
	}
	for library, where := range homes {
		if (imported == library || strings.HasPrefix(imported, library+"/")) && !matches(where, name) {
			t.Errorf("%s imports %s: it belongs to %v", name, imported, where)
		}
	}
}

func TestPackageDocs(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment that says what it is for", p.ImportPath)
		}
	}
}
