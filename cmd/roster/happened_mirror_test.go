package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"testing"

	rosterclient "github.com/roster-scim/roster/portal/client"
)

// mirror is an app that keeps a copy of tenants' directories, and its place, in
// one transaction: its mutex.
type mirror struct {
	name string

	mu        sync.Mutex
	tenants   map[string]*copied
	cursor    string
	snapshots int
	wrong     []string
}

// copied is a mirror's copy of one tenant.
type copied struct {
	replica
	last int64 // sequence
}

func newMirror(name string) *mirror { return &mirror{name: name, tenants: map[string]*copied{}} }

func newCopy() *copied {
	return &copied{replica: replica{map[string]map[string]any{}, map[string]map[string]bool{}}}
}

// apply applies events, each of which must be the next one of its tenant.
func (m *mirror) apply(_ context.Context, b rosterclient.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range b.Events {
		if err := m.event(e); err != nil {
			return err
		}
	}
	m.cursor = b.Cursor
	return nil
}

func (m *mirror) event(e rosterclient.Event) error {
	c := m.tenants[e.TenantID]
	if c == nil {
		c = newCopy()
		m.tenants[e.TenantID] = c
	}
	if e.Sequence != c.last+1 {
		m.wrong = append(m.wrong, fmt.Sprintf("tenant %s: event %d (%s) came after %d", e.TenantID, e.Sequence, e.Type, c.last))
	}
	c.last = e.Sequence
	var data map[string]any
	if err := e.Decode(&data); err != nil {
		return err
	}
	id, _ := data["id"].(string)
	if group, ok := data["group"].(map[string]any); ok {
		id, _ = group["id"].(string)
	}
	c.replica.apply(e.Type, id, data)
	return nil
}

// snapshot replaces what the mirror has of a tenant.
func (m *mirror) snapshot(_ context.Context, s *rosterclient.Snapshot) error {
	c := newCopy()
	c.last = s.Sequence
	for line, err := range s.Lines() {
		if err != nil {
			return err
		}
		if err := c.line(line); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tenants[s.Tenant] = c
	m.snapshots++
	if s.Cursor != "" {
		m.cursor = s.Cursor
	}
	return nil
}

func (c *copied) line(l rosterclient.Line) error {
	switch l.Type {
	case rosterclient.LineUser, rosterclient.LineGroup:
		var data map[string]any
		if err := json.Unmarshal(l.Data, &data); err != nil {
			return err
		}
		id, _ := data["id"].(string)
		c.replica.apply(string(l.Type)+".created", id, data)
	case rosterclient.LineMembers:
		if c.members[l.GroupID] == nil {
			c.members[l.GroupID] = map[string]bool{}
		}
		for _, member := range l.Members {
			c.members[l.GroupID][member.Value] = true
		}
	}
	return nil
}

// begun drops tenants that there are no more, and takes the feed's place.
func (m *mirror) begun(_ context.Context, tenants []string, cursor string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	there := map[string]bool{}
	for _, tenant := range tenants {
		there[tenant] = true
	}
	maps.DeleteFunc(m.tenants, func(tenant string, _ *copied) bool { return !there[tenant] })
	m.cursor = cursor
	return nil
}

func (m *mirror) load(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursor, nil
}

func (m *mirror) applied(_ context.Context, tenant string) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.tenants[tenant]; c != nil {
		return c.last, nil
	}
	return 0, nil
}

// forget makes the mirror begin anew.
func (m *mirror) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tenants, m.cursor = map[string]*copied{}, ""
}

// behind is how many events of tenants the mirror still has to get.
func (m *mirror) behind(last map[string]int64) (events int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for tenant, sequence := range last {
		have := int64(0)
		if c := m.tenants[tenant]; c != nil {
			have = c.last
		}
		events += sequence - have
	}
	return events
}

// is checks that the mirror has exactly the directory of a tenant.
func (m *mirror) is(t *testing.T, tenant string, directory replica) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.tenants[tenant]
	if c == nil {
		c = newCopy()
	}
	told, stored := common(c.documents), common(directory.documents)
	disagree(t, m.name+": documents", told, stored)
	disagree(t, m.name+": members", c.members, directory.members)
}

// common is documents without what one of the two ways of reading them leaves out.
func common(documents map[string]map[string]any) map[string]map[string]any {
	all := make(map[string]map[string]any, len(documents))
	for id, document := range documents {
		d := maps.Clone(document)
		for _, name := range []string{"meta", "schemas", "groups", "members"} {
			delete(d, name)
		}
		all[id] = d
	}
	return all
}

func (m *mirror) report(t *testing.T) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.wrong[:min(len(m.wrong), 5)] {
		t.Errorf("%s: %s", m.name, w)
	}
	if n := len(m.wrong); n > 5 {
		t.Errorf("%s: %d events out of order", m.name, n)
	}
}
