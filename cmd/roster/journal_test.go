package main

import (
	"database/sql"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // reads past row-level security
	_ "modernc.org/sqlite"             // reads the file of a server

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants/audit"
)

// replica is a directory rebuilt from events alone.
type replica struct {
	documents map[string]map[string]any  // by resource id, with the id
	members   map[string]map[string]bool // group id → member ids
}

// journalAgrees checks the SQLite database of a file.
func journalAgrees(t *testing.T, file string) {
	t.Helper()
	(&site{database: "sqlite:" + file, copied: true}).journalAgrees(t)
}

// journalAgrees checks a database: each tenant's events are numbered without a
// gap, and what they tell is exactly what is stored, so that no event is without
// its change and no change without its event. Nobody may be writing.
func (p *site) journalAgrees(t *testing.T) {
	t.Helper()
	db := p.rows(t)
	sequencesWithoutGap(t, db)
	told, stored := fromEvents(t, db), fromTables(t, db)
	if len(stored.documents) == 0 {
		t.Error("nothing is stored")
	}
	for _, document := range stored.documents {
		withoutSecrets(document)
	}
	disagree(t, "documents", told.documents, stored.documents)
	disagree(t, "members", told.members, stored.members)
	unaudited := 0
	row := db.QueryRow(`select count(*) from resources r where not exists
		(select 1 from audit a where a.tenant_id = r.tenant_id and a.target_id = r.id)`)
	if err := row.Scan(&unaudited); err != nil || unaudited > 0 {
		t.Errorf("%d resources have no audit row (%v)", unaudited, err)
	}
	if !p.copied {
		p.auditVerifies(t)
	}
}

// auditVerifies checks the chain of every audit log.
func (p *site) auditVerifies(t *testing.T) {
	t.Helper()
	db, err := storage.Open(t.Context(), p.database, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	log := audit.NewLog(storage.NewAudit(db))
	err = log.EachLog(t.Context(), func(tenant string) error {
		v, err := log.Verify(t.Context(), tenant)
		if err == nil && !v.OK() {
			t.Errorf("the audit log of tenant %s: %+v", tenant, v.Break)
		}
		return err
	})
	if err != nil {
		t.Errorf("verify the audit logs: %v", err)
	}
}

// rows opens the database to look for oneself, past row-level security.
func (p *site) rows(t *testing.T) *sql.DB {
	t.Helper()
	driver, address := "sqlite", "file:"+strings.TrimPrefix(p.database, "sqlite:")+"?_pragma=busy_timeout(5000)"
	if p.behind != "" {
		driver, address = "pgx", p.behind
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// disagree names some of what events tell otherwise than the tables.
func disagree[V any](t *testing.T, what string, told, stored map[string]V) {
	t.Helper()
	const most = 5
	ids := maps.Clone(told)
	maps.Copy(ids, stored)
	shown := 0
	for id := range ids {
		if reflect.DeepEqual(told[id], stored[id]) {
			continue
		}
		if shown++; shown <= most {
			t.Errorf("%s of %s: (-events tell +stored is)\n%s", what, id, cmp.Diff(told[id], stored[id]))
		}
	}
	if shown > most {
		t.Errorf("%s: %d of %d disagree", what, shown, len(ids))
	}
}

// secrets are the attributes of the tests that are stored and never told.
var secrets = []string{"recoveryKey", "doorCode"}

func withoutSecrets(document map[string]any) {
	for name, value := range document {
		if inner, ok := value.(map[string]any); ok {
			withoutSecrets(inner)
		}
		if slices.Contains(secrets, name) {
			delete(document, name)
		}
	}
}

func sequencesWithoutGap(t *testing.T, db *sql.DB) {
	t.Helper()
	each(t, db, `select s.tenant_id, s.sequence, count(e.sequence), coalesce(min(e.sequence), 0), coalesce(max(e.sequence), 0)
		from tenant_sequences s left join events e on e.tenant_id = s.tenant_id group by s.tenant_id, s.sequence`,
		func(scan func(...any) error) error {
			var tenant string
			var last, n, least, most int64
			if err := scan(&tenant, &last, &n, &least, &most); err != nil {
				return err
			}
			if n != last || most != last || (n > 0 && least != 1) {
				t.Errorf("tenant %s: %d events numbered %d to %d, the sequence stands at %d", tenant, n, least, most, last)
			}
			return nil
		})
}

func fromEvents(t *testing.T, db *sql.DB) replica {
	t.Helper()
	r := replica{map[string]map[string]any{}, map[string]map[string]bool{}}
	each(t, db, `select type, coalesce(cast(resource_id as text), ''), data from events order by tenant_id, sequence`,
		func(scan func(...any) error) error {
			var kind, id, data string
			if err := scan(&kind, &id, &data); err != nil {
				return err
			}
			var body map[string]any
			if err := json.Unmarshal([]byte(data), &body); err != nil {
				return err
			}
			r.apply(kind, id, body)
			return nil
		})
	return r
}

// control are the things whose events are not about the directory.
var control = []string{"tenant", "connection", "token", "role_mapping", "assignment", "entry_point"}

func (r replica) apply(kind, id string, data map[string]any) {
	about, what, _ := strings.Cut(kind, ".")
	if slices.Contains(control, about) {
		return
	}
	switch what {
	case "deleted":
		delete(r.documents, id)
		delete(r.members, id)
	case "member_added", "member_removed":
		if r.members[id] == nil {
			r.members[id] = map[string]bool{}
		}
		for _, m := range data["members"].([]any) {
			member := m.(map[string]any)["value"].(string)
			if what == "member_added" {
				r.members[id][member] = true
			} else {
				delete(r.members[id], member)
			}
		}
		if len(r.members[id]) == 0 {
			delete(r.members, id)
		}
	case "created", "updated", "activated", "deactivated", "reactivated":
		if about == "user" {
			delete(data, "managed") // who manages somebody is told, but is no part of the document
		}
		r.documents[id] = data
	}
}

func fromTables(t *testing.T, db *sql.DB) replica {
	t.Helper()
	r := replica{map[string]map[string]any{}, map[string]map[string]bool{}}
	each(t, db, `select id, document from resources`, func(scan func(...any) error) error {
		var id, document string
		if err := scan(&id, &document); err != nil {
			return err
		}
		body := map[string]any{}
		if err := json.Unmarshal([]byte(document), &body); err != nil {
			return err
		}
		body["id"] = id
		r.documents[id] = body
		return nil
	})
	each(t, db, `select group_id, member_id from members`, func(scan func(...any) error) error {
		var group, member string
		if err := scan(&group, &member); err != nil {
			return err
		}
		if r.members[group] == nil {
			r.members[group] = map[string]bool{}
		}
		r.members[group][member] = true
		return nil
	})
	return r
}

func each(t *testing.T, db *sql.DB, query string, row func(scan func(...any) error) error) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
