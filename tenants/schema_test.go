package tenants_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants"
)

// words are rules under which an upload is a list of names; each is a definition
// of a schema that says how long the upload was.
type words struct{ demands []tenants.Demand }

func (w words) Add(current []tenants.Definition, n tenants.NewSchemas) ([]tenants.Definition, []tenants.Demand, error) {
	next := slices.Clone(current)
	for name := range strings.FieldsSeq(string(n.Text)) {
		if name == "bad" {
			return nil, nil, &tenants.InvalidError{Field: "file", Reason: "bad"}
		}
		d := tenants.Definition{Kind: tenants.DefinesSchema, Name: name, Document: json.RawMessage(fmt.Sprintf("%q", n.Text))}
		next = slices.DeleteFunc(next, func(old tenants.Definition) bool { return old.Name == name })
		next = append(next, d)
	}
	return next, w.demands, nil
}

func (w words) Remove(current []tenants.Definition, name string) ([]tenants.Definition, []tenants.Demand, error) {
	next := slices.DeleteFunc(slices.Clone(current), func(old tenants.Definition) bool { return old.Name == name })
	if len(next) == len(current) {
		return nil, nil, tenants.ErrNotDefined
	}
	return next, w.demands, nil
}

// racing lets others change the definitions before some of the changes.
type racing struct {
	tenants.SchemaStore
	others int
}

func (r *racing) ChangeDefinitions(ctx context.Context, tenant tenants.TenantID, change tenants.DefinitionChange) (int64, error) {
	if r.others > 0 {
		r.others--
		all, err := r.Definitions(ctx, tenant)
		if err != nil {
			return 0, err
		}
		other := tenants.Definition{Kind: tenants.DefinesSchema, Name: fmt.Sprintf("other%d", r.others), Document: json.RawMessage(`0`)}
		if _, err := r.SchemaStore.ChangeDefinitions(ctx, tenant, tenants.DefinitionChange{Revision: all.Revision, Put: []tenants.Definition{other}}); err != nil {
			return 0, err
		}
	}
	return r.SchemaStore.ChangeDefinitions(ctx, tenant, change)
}

func names(list []tenants.Definition) string {
	var all []string
	for _, d := range list {
		all = append(all, d.Name)
	}
	return strings.Join(all, " ")
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t).ID
	cache := &forgetful{}
	s := tenants.NewSchemaService(b.store, words{}, cache)
	add := func(text string) *tenants.SchemaChange {
		t.Helper()
		done, err := s.Add(t.Context(), tenants.NewSchemas{TenantID: tenant, Text: []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	if done := add("urn:x urn:y"); names(done.Added) != "urn:x urn:y" || len(done.Changed)+len(done.Removed) > 0 || done.Revision != 1 || cache.times != 1 {
		t.Errorf("added %+v", done)
	}
	first, err := s.Get(t.Context(), tenant, "URN:X")
	if err != nil || first.Name != "urn:x" || first.CreatedAt.IsZero() {
		t.Fatalf("got %+v, %v", first, err)
	}
	if done := add("urn:x urn:y"); !done.Empty() || done.Revision != 1 || cache.times != 1 {
		t.Errorf("the same again: %+v", done)
	}
	if done := add("urn:x urn:z"); names(done.Added) != "urn:z" || names(done.Changed) != "urn:x" || done.Revision != 2 || cache.times != 2 {
		t.Errorf("added and changed: %+v", done)
	}
	again, err := s.Get(t.Context(), tenant, "urn:x")
	if err != nil || !again.CreatedAt.Equal(first.CreatedAt) || again.UpdatedAt.Before(first.UpdatedAt) || string(again.Document) == string(first.Document) {
		t.Errorf("after the change: %+v, %v", again, err)
	}
	done, err := s.Delete(t.Context(), tenant, "urn:y")
	if err != nil || names(done.Removed) != "urn:y" || cache.times != 3 {
		t.Errorf("deleted %+v, %v", done, err)
	}
	all, err := s.List(t.Context(), tenant)
	if err != nil || names(all.List) != "urn:x urn:z" || all.Revision != 3 {
		t.Errorf("left are %+v, %v", all, err)
	}
}

func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenant := b.tenant(t).ID
	s := tenants.NewSchemaService(b.store, words{}, nil)
	add := func(tenant tenants.TenantID, text string) error {
		_, err := s.Add(t.Context(), tenants.NewSchemas{TenantID: tenant, Text: []byte(text)})
		return err
	}
	if _, ok := errors.AsType[*tenants.InvalidError](add(tenant, "urn:x bad")); !ok {
		t.Error("what the rules refuse is not refused")
	}
	_, get := s.Get(t.Context(), tenant, "urn:x")
	_, remove := s.Delete(t.Context(), tenant, "urn:x")
	for what, err := range map[string]error{"get": get, "delete": remove} {
		if !errors.Is(err, tenants.ErrNotDefined) || !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("%s what is not defined: %v", what, err)
		}
	}
	nobody := tenants.NewTenantID()
	_, list := s.List(t.Context(), nobody)
	for what, err := range map[string]error{"list": list, "add": add(nobody, "urn:x")} {
		if !errors.Is(err, tenants.ErrNotFound) || errors.Is(err, tenants.ErrNotDefined) {
			t.Errorf("%s of nobody: %v", what, err)
		}
	}
}

// TestSchemasChangedAtOnce: a change is worked out anew on what others made, so
// that neither is lost; against endless others it gives up.
func TestSchemasChangedAtOnce(t *testing.T) {
	t.Parallel()
	for others, want := range map[int]string{1: "mine other0", 3: "mine other0 other1 other2"} {
		b := setup(t)
		tenant := b.tenant(t).ID
		s := tenants.NewSchemaService(&racing{b.store, others}, words{}, nil)
		if _, err := s.Add(t.Context(), tenants.NewSchemas{TenantID: tenant, Text: []byte("mine")}); err != nil {
			t.Error(err)
		}
		if all, err := s.List(t.Context(), tenant); err != nil || names(all.List) != want {
			t.Errorf("there are %v, %v, want %s", all, err, want)
		}
	}
	b := setup(t)
	s := tenants.NewSchemaService(&racing{b.store, 1000}, words{}, nil)
	if _, err := s.Add(t.Context(), tenants.NewSchemas{TenantID: b.tenant(t).ID, Text: []byte("mine")}); !errors.Is(err, tenants.ErrOutdated) {
		t.Errorf("always behind: %v", err)
	}
}

func TestInUseError(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*tenants.InUseError{
		"a cannot go: 1 Device resource is stored. Do b.": {
			Demand: tenants.Demand{ResourceType: "Device", Change: "a cannot go", Remedy: "Do b."}, Count: 1,
		},
		"a cannot go: 12 User resources are stored with attributes of urn:x. Do b.": {
			Demand: tenants.Demand{ResourceType: "User", Extension: "urn:x", Change: "a cannot go", Remedy: "Do b."}, Count: 12,
		},
		"a cannot come: 2 User resources are stored without it. Do b.": {
			Demand: tenants.Demand{ResourceType: "User", Extension: "urn:x", Lacking: true, Change: "a cannot come", Remedy: "Do b."}, Count: 2,
		},
	} {
		if err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
	}
}
