package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants"
)

func TestLoggedPathHidesWhatClientsMakeUp(t *testing.T) {
	t.Parallel()
	connection := tenants.NewConnectionID().String()
	tenant := tenants.NewTenantID().String()
	const id = "019aa000-0000-7000-8000-000000000000"
	for path, want := range map[string]string{
		"/scim/v2/" + connection + "/Users":                                "/scim/v2/" + connection + "/Users",
		"/scim/v2/" + connection + "/Users/" + id:                          "/scim/v2/" + connection + "/Users/" + id,
		"/scim/v2/" + connection + "/Users/.search":                        "/scim/v2/" + connection + "/Users/.search",
		"/scim/v2/" + connection + "/Users/amara@acme.example":             "/scim/v2/" + connection + "/Users/{id}",
		"/scim/v2/" + connection + "/Users/a/b@c.example/d":                "/scim/v2/" + connection + "/Users/{id}/{id}",
		"/scim/v2/rstrtokj2IwNV7OfavrtzVbq4W2TT8etbN6loi7/Users":           "/scim/v2/{unknown}/Users",
		"/api/v1/tenants/" + tenant + "/users/" + id + "/access":           "/api/v1/tenants/" + tenant + "/users/" + id + "/access",
		"/api/v1/tenants/" + tenant + "/entry-points/*":                    "/api/v1/tenants/" + tenant + "/entry-points/*",
		"/api/v1/tenants/" + tenant + "/users/amara@acme.example":          "/api/v1/tenants/" + tenant + "/users/{id}",
		"/api/v1/tenants/" + tenant + "/users/Amara Okafor/":               "/api/v1/tenants/" + tenant + "/users/{id}/",
		"/api/v1/api-keys/rstrkeyJ2IwNV7OfavrtzVbq4W2TT8etbN6loi7":         "/api/v1/api-keys/{id}",
		"/api/v1/webhooks/whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD/../pause": "/api/v1/webhooks/{id}/{id}/pause",
		"/portal": "/portal", "/portal/people/jane@acme.com": "/portal/people/{id}", "/console/tenants/ten01m81c6t0yehv834aq6jehj7w7": "/console/tenants/ten01m81c6t0yehv834aq6jehj7w7",
		"/portal/link/rstrlnkJ2IwNV7OfavrtzVbq4W2TT8etbN6loi7": "/portal/link/{code}",
	} {
		if got := loggedPath(path); got != want {
			t.Errorf("%s is logged as %s, want %s", path, got, want)
		}
	}
}

// TestLostKeyIsNoticed: a database in use does not get a new key by itself.
func TestLostKeyIsNoticed(t *testing.T) {
	t.Parallel()
	config := DefaultConfig()
	config.Listen, config.AdminListen = "127.0.0.1:0", adminOff
	file := filepath.Join(t.TempDir(), "roster.db")
	config.DatabaseURL = "sqlite:" + file
	start := func() error {
		app, err := New(config, newLogger(&config, t.Output()))
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Start(t.Context()); err != nil {
			return err
		}
		return app.Close(context.WithoutCancel(t.Context()))
	}
	if err := start(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file + ".key"); err != nil {
		t.Fatal(err)
	}
	if err := start(); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("a start without the key: %v", err)
	}
	if _, err := os.Stat(file + ".key"); err == nil {
		t.Error("a new key was made")
	}
}
