package storage

import (
	"context"
	sqldriver "database/sql/driver"
	"encoding/json"
	"errors"
	"strings"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// Logins keeps how people and programs get in: API keys, portal links, sessions,
// and the issuers whose tokens are exchanged.
type Logins struct{ db *DB }

// NewLogins returns the ways in of a database.
func NewLogins(db *DB) *Logins { return &Logins{db: db} }

var (
	_ login.Store       = (*Logins)(nil)
	_ login.UsesStore   = (*Logins)(nil)
	_ login.AnswerStore = (*Logins)(nil)
)

// orNullID is an id as a column that may be null, which the zero id is.
func orNullID(id interface {
	IsZero() bool
	sqldriver.Valuer
}) any {
	if id.IsZero() {
		return nil
	}
	return id
}

// before is the end of a list that goes from new to old.
func before(id interface {
	IsZero() bool
	UUID() string
}) string {
	if id.IsZero() {
		return lastID
	}
	return id.UUID()
}

// textList is a list of texts as a JSON column.
type textList struct{ list *[]string }

// Scan implements sql.Scanner.
func (l textList) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		return json.Unmarshal(v, l.list)
	case string:
		return json.NewDecoder(strings.NewReader(v)).Decode(l.list)
	case nil:
		return nil
	}
	return errors.New("a list of texts is not stored as JSON")
}

// any says whether a query has a row; each row is a number.
func (t *tx) any(ctx context.Context, query string, args ...any) (bool, error) {
	found := false
	err := t.each(ctx, func(row scanner) error {
		found = true
		var number int
		return row.Scan(&number)
	}, query, args...)
	return found, err
}

// unlessGone tells a row that has nothing more to change, which is no error, from
// one that does not exist.
func (t *tx) unlessGone(ctx context.Context, query string, args ...any) error {
	found, err := t.any(ctx, query, args...)
	switch {
	case err != nil:
		return err
	case !found:
		return tenants.ErrNotFound
	}
	return errRollback
}

// hasTenant refuses a tenant that does not exist; the zero one stands for none.
func (t *tx) hasTenant(ctx context.Context, id tenants.TenantID) error {
	if id.IsZero() {
		return nil
	}
	found, err := t.any(ctx, `select 1 from tenants where id = $1 and deleted_at is null`, id)
	if err == nil && !found {
		return tenants.ErrNotFound
	}
	return err
}

// KnownRoles implements login.RoleStore.
func (s *Logins) KnownRoles(ctx context.Context, keys []string) ([]string, error) {
	type key struct {
		Key string `json:"key"`
	}
	asked := make([]key, len(keys))
	for i, k := range keys {
		asked[i].Key = k
	}
	found, err := findAll(ctx, s.db, "roles", func(row scanner) (*string, error) {
		var k string
		return &k, row.Scan(&k)
	}, `select r.key from roles r join `+s.db.engine.jsonRows("$1", "a", "key text")+` on a.key = r.key order by r.key`, jsonParam(asked))
	known := make([]string, len(found))
	for i, k := range found {
		known[i] = *k
	}
	return known, err
}
