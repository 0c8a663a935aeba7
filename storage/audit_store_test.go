package storage

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
)

// verify is what verifying the fixture's log comes to.
func (f *fixture) verify(t *testing.T) *audit.Verification {
	t.Helper()
	v, err := audit.NewLog(NewAudit(f.db)).Verify(t.Context(), f.dir.TenantID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// tamper changes what is stored behind everybody's back.
func (f *fixture) tamper(t *testing.T, statement string, args ...any) {
	t.Helper()
	err := f.db.update(t.Context(), f.dir.TenantID, func(tx *tx) error {
		_, err := tx.exec(t.Context(), statement, append([]any{f.dir.TenantID}, args...)...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAuditChain(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		if v := f.verify(t); !v.OK() || v.Rows != 0 {
			t.Errorf("an empty log: %+v", v)
		}
		ids := f.somebody(5)
		f.group("All", ids...)
		f.in(newDirectory()).user("foreign")
		v := f.verify(t)
		if !v.OK() || v.Rows != 6 || v.Unchained != 0 || v.Head.Number != 6 || len(v.Head.Hash) != 32 {
			t.Fatalf("%+v", v)
		}
		for name, c := range map[string]struct {
			statement string
			number    int64
		}{
			"changed":        {`update audit set actor = 'tok0' where tenant_id = $1 and number = 3`, 3},
			"moved in time":  {`update audit set occurred_at = occurred_at + 1 where tenant_id = $1 and number = 3`, 3},
			"hash made up":   {`update audit set hash = (select hash from audit where tenant_id = $1 and number = 2) where tenant_id = $1 and number = 3`, 3},
			"hash taken off": {`update audit set hash = substr(hash, 1, 0) where tenant_id = $1 and number = 3`, 3},
			"taken out":      {`delete from audit where tenant_id = $1 and number = 3`, 3},
			"first":          {`delete from audit where tenant_id = $1 and number = 1`, 1},
			"last":           {`delete from audit where tenant_id = $1 and number = 6`, 6},
			"cut off":        {`delete from audit where tenant_id = $1 and number > 2`, 3},
			"all":            {`delete from audit where tenant_id = $1`, 1},
			"two swapped":    {`update audit set actor = (select o.actor || o.id from audit o where o.tenant_id = $1 and o.number = 7 - audit.number) where tenant_id = $1 and number in (3, 4)`, 3},
		} {
			before := f.auditLog(t)
			f.tamper(t, c.statement)
			v := f.verify(t)
			if v.OK() || v.Break.Number != c.number || v.Break.Reason == "" {
				t.Errorf("%s: %+v", name, v.Break)
			}
			f.restoreAudit(t, before)
			if !f.verify(t).OK() {
				t.Fatalf("%s: the test did not put it back", name)
			}
		}
	})
}

// TestAuditOlderThanTheChain: rows without a hash may stand before the chain
// alone.
func TestAuditOlderThanTheChain(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.somebody(2)
		f.tamper(t, `update audit set hash = substr(hash, 1, 0) where tenant_id = $1`)
		f.tamper(t, `update tenant_sequences set audit_hash = substr(audit_hash, 1, 0) where tenant_id = $1`)
		if v := f.verify(t); !v.OK() || v.Unchained != 2 {
			t.Errorf("a log that is older than the chain: %+v, %+v", v, v.Break)
		}
		f.somebody(2)
		if v := f.verify(t); !v.OK() || v.Unchained != 2 || v.Rows != 4 {
			t.Errorf("with a chain behind it: %+v, %+v", v, v.Break)
		}
	})
}

func TestNotes(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		ctx := tenants.As(t.Context(), tenants.Origin{Actor: "key1", ActorName: "Backend", Address: "::1", UserAgent: "curl", RequestID: "r1"})
		err := f.db.update(ctx, f.dir.TenantID, func(tx *tx) error {
			return tx.noteTwice(ctx, &batch{}, note{
				tenant: f.dir.TenantID, action: "tenant.updated", targetType: "tenant", targetID: f.dir.TenantID, targetName: "Acme",
				changes: map[string]any{"name": map[string]any{"from": "A", "to": "Acme"}},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		log := audit.NewLog(NewAudit(f.db))
		for _, tenant := range []string{f.dir.TenantID, audit.Installation} {
			rows, err := log.List(t.Context(), audit.Query{TenantID: tenant, Limit: 1, Filter: audit.Filter{Target: f.dir.TenantID}})
			if err != nil || len(rows) != 1 {
				t.Fatalf("%s: %d rows, %v", tenant, len(rows), err)
			}
			got := rows[0]
			want := audit.Entry{
				TenantID: tenant, Number: got.Number, ID: got.ID, Actor: "key1", ActorName: "Backend", Action: "tenant.updated",
				TargetType: "tenant", TargetID: f.dir.TenantID, TargetName: "Acme", Changes: []byte(`{"name":{"from":"A","to":"Acme"}}`),
				At: got.At, Address: "::1", UserAgent: "curl", RequestID: "r1", Hash: got.Hash,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if v, err := log.Verify(t.Context(), tenant); err != nil || !v.OK() {
				t.Errorf("%+v, %v", v, err)
			}
		}
	})
}

func TestAuditQueries(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		ids := f.somebody(3)
		f.group("All", ids...)
		log, tenant := audit.NewLog(NewAudit(f.db)), f.dir.TenantID
		all, err := log.List(t.Context(), audit.Query{TenantID: tenant, Limit: 10})
		if err != nil || len(all) != 4 || all[0].Number != 4 {
			t.Fatalf("%+v, %v", all, err)
		}
		for name, c := range map[string]struct {
			query audit.Query
			want  []int64
		}{
			"limit":         {audit.Query{Limit: 2}, []int64{4, 3}},
			"before":        {audit.Query{Before: 3, Limit: 10}, []int64{2, 1}},
			"action":        {audit.Query{Limit: 10, Filter: audit.Filter{Action: "group.created"}}, []int64{4}},
			"actions":       {audit.Query{Limit: 10, Filter: audit.Filter{Action: "user."}}, []int64{3, 2, 1}},
			"no such":       {audit.Query{Limit: 10, Filter: audit.Filter{Action: "use."}}, nil},
			"actor":         {audit.Query{Limit: 10, Filter: audit.Filter{Actor: all[0].Actor}}, []int64{4, 3, 2, 1}},
			"another actor": {audit.Query{Limit: 10, Filter: audit.Filter{Actor: "key"}}, nil},
			"target":        {audit.Query{Limit: 10, Filter: audit.Filter{Target: ids[1]}}, []int64{2}},
			"since":         {audit.Query{Limit: 10, Filter: audit.Filter{Since: all[0].At.Add(time.Microsecond)}}, nil},
			"since then":    {audit.Query{Limit: 10, Filter: audit.Filter{Since: all[3].At}}, []int64{4, 3, 2, 1}},
			"until":         {audit.Query{Limit: 10, Filter: audit.Filter{Until: all[3].At}}, nil},
			"until now":     {audit.Query{Limit: 10, Filter: audit.Filter{Until: all[0].At.Add(time.Microsecond)}}, []int64{4, 3, 2, 1}},
		} {
			c.query.TenantID = tenant
			rows, err := log.List(t.Context(), c.query)
			var got []int64
			for _, e := range rows {
				got = append(got, e.Number)
			}
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		}
		var actions []string
		err = log.Each(t.Context(), tenant, audit.Filter{}, func(e *audit.Entry) error {
			actions = append(actions, e.Action)
			return nil
		})
		if err != nil || strings.Join(actions, " ") != "user.created user.created user.created group.created" {
			t.Errorf("each: %v, %v", actions, err)
		}
	})
}

// somebody makes n users.
func (f *fixture) somebody(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = f.user(mustID())
	}
	return ids
}

func (f *fixture) auditLog(t *testing.T) []audit.Entry {
	t.Helper()
	rows, err := NewAudit(f.db).AuditAfter(t.Context(), f.dir.TenantID, 0, 1000, audit.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (f *fixture) restoreAudit(t *testing.T, rows []audit.Entry) {
	t.Helper()
	f.tamper(t, `delete from audit where tenant_id = $1`)
	for _, e := range rows {
		f.tamper(t, `
			insert into audit (tenant_id, number, id, connection_id, actor, actor_name, action, target_type, target_id, target_name,
				changes, occurred_at, address, user_agent, request_id, hash)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			e.Number, e.ID, textOrNull(e.ConnectionID), e.Actor, e.ActorName, e.Action, e.TargetType, textOrNull(e.TargetID), e.TargetName,
			string(e.Changes), e.At.UnixMicro(), e.Address, e.UserAgent, e.RequestID, e.Hash)
	}
}
