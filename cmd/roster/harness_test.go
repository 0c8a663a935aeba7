package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// server is a whole App, in this process, on a port and a file of its own.
type server struct {
	app   *App
	names atomic.Int64
}

func start(t *testing.T) *server {
	t.Helper()
	return startWith(t, func(*Config) {})
}

// startWith starts a server with other settings than most tests need.
func startWith(t *testing.T, adjust func(*Config)) *server {
	t.Helper()
	config := DefaultConfig()
	config.Listen, config.AdminListen = "127.0.0.1:0", adminOff
	config.DatabaseURL = "sqlite:" + filepath.Join(t.TempDir(), "roster.db")
	config.SCIMRate, config.SCIMBurst = 1e6, 1e6
	adjust(&config)
	app, err := New(config, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := app.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &server{app: app}
}

func (s *server) tenant(t *testing.T, name string) tenants.TenantID {
	t.Helper()
	tenant, err := s.app.Tenants().CreateTenant(t.Context(), tenants.NewTenant{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return tenant.ID
}

// connection is a new connection of a new tenant that may do everything.
func (s *server) connection(t *testing.T, provider string) *client {
	t.Helper()
	return s.connectionOf(t, s.tenant(t, fmt.Sprintf("Tenant %d", s.names.Add(1))), provider)
}

func (s *server) connectionOf(t *testing.T, tenant tenants.TenantID, provider string) *client {
	t.Helper()
	connection, err := s.app.Tenants().CreateConnection(t.Context(), tenants.NewConnection{
		TenantID: tenant, Name: fmt.Sprintf("Connection %d", s.names.Add(1)), Provider: provider, Scopes: authz.AllScopes,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := s.app.Tenants().CreateToken(t.Context(), tenants.NewToken{ConnectionID: connection.ID, Name: "Main"})
	if err != nil {
		t.Fatal(err)
	}
	return &client{base: s.app.BaseURL(connection.ID), token: secret.Reveal()}
}
