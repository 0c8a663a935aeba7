package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/scim/scimtest/conformance"
	"github.com/roster-scim/roster/storage"
)

const token = "correct-horse"

// server is our own handler over a real database. Each connection has a
// directory of its own.
type server struct {
	*httptest.Server
	handler http.Handler

	mu          sync.Mutex
	directories map[string]scimhttp.Admission
	wrappers    map[string]func(http.Handler) http.Handler
}

func start(t *testing.T) *server {
	t.Helper()
	db, err := storage.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "roster.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &server{directories: map[string]scimhttp.Admission{}, wrappers: map[string]func(http.Handler) http.Handler{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	s.handler = scimhttp.New(scimhttp.Config{
		Engine: scim.New(storage.NewResources(db)), Gate: s, Authorizer: s, PublicURL: s.URL,
	})
	return s
}

// connection is a new directory. The wrapper, if any, stands between the suite
// and the handler.
func (s *server) connection(wrap func(http.Handler) http.Handler) conformance.Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := fmt.Sprintf("con%d", len(s.directories))
	base := s.URL + scimhttp.Prefix + name
	s.directories[name] = scimhttp.Admission{
		Directory: scim.Directory{TenantID: uuid.NewString(), ConnectionID: uuid.NewString()},
		BaseURL:   base, Settings: quirk.For(quirk.Generic), Types: schema.Default(), TokenID: "tok1",
	}
	s.wrappers[name] = wrap
	return conformance.Target{BaseURL: base, Token: token, Client: s.Client()}
}

// same is the directory of a target without the wrapper: a second name of it.
func (s *server) same(target conformance.Target) conformance.Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := target.BaseURL[strings.LastIndex(target.BaseURL, "/")+1:]
	healthy := name + "h"
	admission := s.directories[name]
	s.directories[healthy] = admission
	target.BaseURL = s.URL + scimhttp.Prefix + healthy
	return target
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, scimhttp.Prefix), "/")
	s.mu.Lock()
	wrap := s.wrappers[name]
	s.mu.Unlock()
	handler := s.handler
	if wrap != nil {
		handler = wrap(handler)
	}
	handler.ServeHTTP(w, r)
}

func (s *server) Admit(_ context.Context, connection, credential string) (scimhttp.Admission, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	admission, ok := s.directories[connection]
	if !ok || credential != token {
		return scimhttp.Admission{}, &scimhttp.Refusal{Status: 401, Detail: "Unknown token."}
	}
	return admission, nil
}

func (*server) Check(authz.Principal, authz.Scope) authz.ScopeDecision {
	return authz.ScopeDecision{Allowed: true}
}
