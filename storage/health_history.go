package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
)

var _ health.SizeStore = (*Health)(nil)

// Sizes implements health.Store.
func (s *Health) Sizes(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, since, until time.Time) ([]health.Size, error) {
	var list []health.Size
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		b := &batch{}
		b.query(func(row scanner) error {
			var size health.Size
			var at int64
			err := row.Scan(&at, &size.People, &size.Active, &size.Groups)
			size.At = fromMicros(at)
			list = append(list, size)
			return err
		}, `
			select h.at, h.people, h.active, h.groups from directory_history h
			where h.tenant_id = $1 and h.connection_id = $2 and h.at < $4 and h.at >= coalesce((
				select max(l.at) from directory_history l
				where l.tenant_id = $1 and l.connection_id = $2 and l.at <= $3), cast($3 as bigint))
			order by h.at`, tenant, connection, since.UnixMicro(), until.UnixMicro())
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("read the sizes of a directory: %w", err)
	}
	return list, nil
}

// changedSizes are the directories n of the tenant $1 that have not been noted for
// the hour $2 and are not as they were noted last.
const changedSizes = `
	from (
		select d.connection_id as id,
			cast(sum(case d.resource_type when 'User' then d.total else 0 end) as bigint) as people,
			cast(sum(case d.resource_type when 'User' then d.active else 0 end) as bigint) as active,
			cast(sum(case d.resource_type when 'Group' then d.total else 0 end) as bigint) as groups
		from directory_totals d
		where d.tenant_id = $1 and d.resource_type in ('User', 'Group')
		group by d.connection_id
	) n
	join connections c on c.tenant_id = $1 and c.id = n.id and c.purged_at is null
	where not exists (
		select 1 from directory_history h
		where h.tenant_id = $1 and h.connection_id = n.id
			and h.at = (select max(l.at) from directory_history l where l.tenant_id = $1 and l.connection_id = n.id)
			and (h.at >= $2 or h.people = n.people and h.active = n.active and h.groups = n.groups))`

// NoteSizes implements health.SizeStore. It only reads of tenants where nothing
// has changed.
func (s *Health) NoteSizes(ctx context.Context, hour time.Time, after tenants.TenantID, limit int) (tenants.TenantID, bool, error) {
	page, err := findAll(ctx, s.db, "tenants", func(row scanner) (*sizesOf, error) {
		one := &sizesOf{}
		return one, row.Scan(&one.tenant)
	}, `select t.id from tenants t where t.id > $1 and t.deleted_at is null order by t.id limit cast($2 as bigint)`, after, limit)
	if err != nil || len(page) == 0 {
		return after, false, err
	}
	if err := s.findChangedSizes(ctx, page, hour); err != nil {
		return after, false, err
	}
	for _, one := range page {
		if !one.changed {
			continue
		}
		err := s.db.updateRelaxed(ctx, one.tenant.UUID(), func(tx *tx) error {
			_, err := tx.exec(ctx, `
				insert into directory_history (tenant_id, connection_id, at, people, active, groups)
				select $1, n.id, $2, n.people, n.active, n.groups`+changedSizes+`
				order by n.id
				on conflict (tenant_id, connection_id, at) do nothing`, one.tenant, hour.UnixMicro())
			return err
		})
		if err != nil {
			return after, false, fmt.Errorf("note the sizes of tenant %s: %w", one.tenant, err)
		}
	}
	return page[len(page)-1].tenant, len(page) == limit, nil
}

// sizesOf is a tenant and whether there is something to note.
type sizesOf struct {
	tenant  tenants.TenantID
	changed bool
}

func (s *Health) findChangedSizes(ctx context.Context, page []*sizesOf, hour time.Time) error {
	err := s.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		for _, one := range page {
			one.changed = false
			tx.confineIn(b, one.tenant.UUID())
			b.query(func(row scanner) error { return row.Scan(&one.changed) }, `select exists (select 1`+changedSizes+`)`,
				one.tenant, hour.UnixMicro())
		}
		return tx.last(ctx, b)
	})
	return wrapIf("look for directories whose sizes have changed", err)
}
