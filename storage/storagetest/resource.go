package storagetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
)

var resourceTests = []test{
	{"create and get", createAndGet},
	{"not found", notFound},
	{"update", updateDocument},
	{"update that changes nothing", updateNothing},
	{"update that is refused", updateRefused},
	{"concurrent updates", concurrentUpdates},
	{"delete", deleteResource},
	{"delete that is refused", deleteRefused},
}

// decode reads a stored document.
func decode(r *scim.Record) (doc, error) {
	d := json.NewDecoder(bytes.NewReader(r.Document))
	d.UseNumber()
	var out doc
	err := d.Decode(&out)
	return out, err
}

// wantRecord compares a record with what a write answered.
func (s *suite) wantRecord(got, want *scim.Record) {
	s.Helper()
	compact := cmp.Transformer("document", func(raw json.RawMessage) (out doc) {
		out, _ = decode(&scim.Record{Document: raw})
		return out
	})
	members := cmp.Transformer("members", func(m scim.Members) []scim.Member { return m.List() })
	if diff := cmp.Diff(want, got, compact, members); diff != "" {
		s.Errorf("record (-want +got):\n%s", diff)
	}
}

func createAndGet(s *suite) {
	d := doc{
		"userName": "Zoë.O'Malley@example.com",
		"name":     doc{"familyName": `"; drop table resources; --`, "givenName": "日本 😀"},
		"emails":   []any{doc{"value": "z@example.com", "type": "work", "primary": true}},
	}
	created := s.create(userType, d)
	if created.Version != 1 || !created.Created.Equal(created.LastModified) {
		s.Errorf("created with version %d at %s, modified at %s", created.Version, created.Created, created.LastModified)
	}
	got := s.get(userType, created.ID)
	s.wantRecord(got, created)
	stored, err := decode(got)
	s.must(err)
	if diff := cmp.Diff(d, stored); diff != "" {
		s.Errorf("document (-want +got):\n%s", diff)
	}
}

func notFound(s *suite) {
	deleted, there := s.user("gone"), s.user("there")
	s.must(s.delete(userType, deleted))
	for name, id := range map[string]string{
		"never existed": newID(), "deleted": deleted, "no id": "anna", "empty": "", "another spelling": upper(there),
		"quoted": there + "'", "spaced": " " + there,
	} {
		_, get := s.Resources.Get(s.ctx, s.dir, userType, id, scim.With{})
		_, update := s.put(userType, id, doc{"userName": "x"})
		for operation, err := range map[string]error{"get": get, "update": update, "delete": s.delete(userType, id)} {
			if !errors.Is(err, scim.ErrNotFound) {
				s.Errorf("%s, %s: %v, want ErrNotFound", operation, name, err)
			}
		}
	}
	if _, err := s.Resources.Get(s.ctx, s.dir, groupType, there, scim.With{}); !errors.Is(err, scim.ErrNotFound) {
		s.Errorf("a user read as a group: %v, want ErrNotFound", err)
	}
}

func upper(id string) string { return string(bytes.ToUpper([]byte(id))) }

func updateDocument(s *suite) {
	created := s.create(userType, doc{"userName": "anna"})
	updated, err := s.put(userType, created.ID, doc{"userName": "anna", "title": "Engineer"})
	s.must(err)
	if updated.Version != 2 || !updated.Created.Equal(created.Created) || updated.LastModified.Before(created.LastModified) {
		s.Errorf("updated to version %d, created at %s, modified at %s; it was %+v",
			updated.Version, updated.Created, updated.LastModified, created)
	}
	s.wantRecord(s.get(userType, created.ID), updated)
}

func updateNothing(s *suite) {
	created := s.create(userType, doc{"userName": "anna"})
	before := len(s.events(s.dir.TenantID))
	draft := s.draft(userType, doc{"userName": "anna"})
	draft.Changed = false
	answered, err := s.Resources.Update(s.ctx, s.dir, userType, created.ID, origin,
		func(*scim.Record) (scim.Draft, error) { return draft, nil })
	s.must(err)
	s.wantRecord(answered, created)
	s.wantRecord(s.get(userType, created.ID), created)
	if n := len(s.events(s.dir.TenantID)) - before; n != 0 {
		s.Errorf("%d events of a write that changed nothing", n)
	}
}

func updateRefused(s *suite) {
	created := s.create(userType, doc{"userName": "anna"})
	refusal := errors.New("no")
	_, err := s.Resources.Update(s.ctx, s.dir, userType, created.ID, origin,
		func(*scim.Record) (scim.Draft, error) { return scim.Draft{}, refusal })
	if err != refusal { //nolint:errorlint // the contract is that it comes back as it is
		s.Errorf("%v, want the caller's own error", err)
	}
	s.wantRecord(s.get(userType, created.ID), created)
}

// concurrentUpdates: each of them builds on what the one before has stored.
func concurrentUpdates(s *suite) {
	const writers = 8
	id := s.create(userType, doc{"userName": "anna", "title": "0"}).ID
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			_, err := s.Resources.Update(s.ctx, s.dir, userType, id, origin, func(current *scim.Record) (scim.Draft, error) {
				d, err := decode(current)
				if err != nil {
					return scim.Draft{}, err
				}
				n, err := strconv.Atoi(d["title"].(string))
				if err != nil {
					return scim.Draft{}, err
				}
				return draftOf(userType, doc{"userName": "anna", "title": strconv.Itoa(n + 1)})
			})
			if err != nil {
				s.Error(err)
			}
		})
	}
	all.Wait()
	got := s.get(userType, id)
	d, err := decode(got)
	s.must(err)
	if d["title"] != strconv.Itoa(writers) || got.Version != writers+1 {
		s.Errorf("title %s in version %d after %d updates", d["title"], got.Version, writers)
	}
}

func deleteResource(s *suite) {
	id, other := s.user("anna"), s.user("bo")
	s.must(s.delete(userType, id))
	if _, err := s.Resources.Get(s.ctx, s.dir, userType, id, scim.With{}); !errors.Is(err, scim.ErrNotFound) {
		s.Errorf("get: %v, want ErrNotFound", err)
	}
	page := s.list(userType, scim.ListQuery{Start: 1, Count: 10})
	s.wantIDs(page, 1, other)
	s.wantIDs(s.list(userType, scim.ListQuery{Filter: s.filter(userType, `userName eq "anna"`), Start: 1, Count: 10}), 0)
	if again := s.user("anna"); again == id {
		s.Error("a deleted resource's id was given out again")
	}
}

func deleteRefused(s *suite) {
	created := s.create(userType, doc{"userName": "anna"})
	refusal := errors.New("no")
	err := s.Resources.Delete(s.ctx, s.dir, userType, created.ID, origin, func(current *scim.Record) error {
		s.wantRecord(current, created)
		return refusal
	})
	if err != refusal { //nolint:errorlint // the contract is that it comes back as it is
		s.Errorf("%v, want the caller's own error", err)
	}
	s.wantRecord(s.get(userType, created.ID), created)
}
