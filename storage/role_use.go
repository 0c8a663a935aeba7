package storage

import (
	"context"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// DeleteRole implements tenants.RoleStore.
func (s *Tenants) DeleteRole(ctx context.Context, key string) error {
	return s.changeRoles(ctx, "delete role", func(tx *tx) (note, error) {
		r, err := tx.roleFor(ctx, key, tx.forDelete())
		if err != nil {
			return note{}, err
		}
		if err := tx.refuseUsed(ctx, key); err != nil {
			return note{}, err
		}
		if err := tx.confine(ctx, installationTenant); err != nil {
			return note{}, err
		}
		if _, err := tx.exec(ctx, `delete from role_permissions where role = $1`, key); err != nil {
			return note{}, err
		}
		_, err = tx.exec(ctx, `delete from roles where key = $1`, key)
		return roleNote("deleted", r), err
	})
}

// refuseUsed refuses to delete a role that something refers to. Whoever writes
// such a reference holds the role's row with lockRoles, so none comes in between.
func (t *tx) refuseUsed(ctx context.Context, key string) error {
	customers, err := t.tenantsWithRole(ctx, key)
	if err != nil {
		return err
	}
	if customers > 0 {
		return &tenants.RefusedError{Code: "in_use", Reason: fmt.Sprintf(
			"Role mappings or assignments in %s give the role %s. Remove them there first.", count(customers, "tenant"), key)}
	}
	ways, err := t.waysWithRole(ctx, key)
	if err == nil && ways > 0 {
		return &tenants.RefusedError{Code: "in_use", Reason: fmt.Sprintf(
			"%s with the role %s can still be used. Revoke them, or wait until they have expired.",
			count(ways, "portal link or session"), key)}
	}
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// tenantsPerBatch bounds what is asked of the database at once.
const tenantsPerBatch = 100

// tenantsWithRole counts the tenants that map or assign a role. Their tables show
// the rows of one tenant at a time, so it goes through all of them.
func (t *tx) tenantsWithRole(ctx context.Context, key string) (int, error) {
	var ids []tenants.TenantID
	err := t.each(ctx, func(row scanner) error {
		var id tenants.TenantID
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	}, `select id from tenants where purged_at is null`)
	if err != nil {
		return 0, err
	}
	found := 0
	for some := range slices.Chunk(ids, tenantsPerBatch) {
		b := &batch{}
		for _, id := range some {
			t.confineIn(b, id.UUID())
			b.query(func(row scanner) error {
				var uses int
				err := row.Scan(&uses)
				found += min(uses, 1)
				return err
			}, `
				select (select count(*) from role_mappings m where m.tenant_id = $1 and m.role = $2)
					+ (select count(*) from assignments a where a.tenant_id = $1 and a.role = $2)`, id, key)
		}
		if err := t.send(ctx, b); err != nil {
			return 0, err
		}
	}
	return found, nil
}

// confineIn is confine for the statements of a batch that follow.
func (t *tx) confineIn(b *batch, tenant string) {
	if t.writersOverlap() {
		b.exec(`select set_config('roster.tenant_id', $1, true)`, tenant)
	}
}

// waysWithRole counts the portal links that can still be opened and the sessions
// that run with a role.
func (t *tx) waysWithRole(ctx context.Context, key string) (int, error) {
	n := 0
	err := t.get(ctx, func(row scanner) error { return row.Scan(&n) }, `
		select (select count(*) from portal_links l
				where l.expires_at > $1 and l.used_at is null and l.revoked_at is null and `+t.inList("l.roles", "$2")+`)
			+ (select count(*) from sessions s
				where s.expires_at > $1 and s.ended_at is null and `+t.inList("s.roles", "$2")+`)`,
		t.micros(), key)
	return n, err
}

// inList is whether a JSON array of texts has a text.
func (t *tx) inList(array, text string) string {
	return `exists (select 1 from ` + t.jsonEach(array, nil, "e") + ` where ` + t.element("e", schema.String) + ` = ` + text + `)`
}

// lockRoles returns those of the keys that are roles of the catalogue. They stay
// in it until the transaction ends. Whoever writes a reference to a role calls it
// in the same transaction.
func (t *tx) lockRoles(ctx context.Context, keys []string) (map[string]*tenants.Role, error) {
	lock := ""
	if t.writersOverlap() {
		lock = " for key share"
	}
	found := make(map[string]*tenants.Role, len(keys))
	err := t.each(ctx, func(row scanner) error {
		r, err := scanRole(row)
		found[r.Key] = r
		return err
	}, `
		select `+roleColumns+` from roles
		where key in (select k.key from `+t.jsonRows("$1", "k", "key text")+`)
		order by key`+lock, jsonParam(roleKeys(keys)))
	return found, err
}

// roleKey is a key as a statement takes it.
type roleKey struct {
	Key string `json:"key"`
}

func roleKeys(keys []string) []roleKey {
	list := make([]roleKey, len(keys))
	for i, k := range keys {
		list[i].Key = k
	}
	return list
}
