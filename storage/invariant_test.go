package storage

import "github.com/roster-scim/roster/scim/schema"

// checkInvariants asserts what must hold of the whole database at any time.
func (f *fixture) checkInvariants() {
	f.t.Helper()
	for what, query := range map[string]string{
		"values of nothing": `
			select v.resource_id from resource_values v where not exists (
				select 1 from resources r where r.tenant_id = v.tenant_id and r.id = v.resource_id)`,
		"members of nothing": `
			select m.group_id, m.member_id from members m where not exists (
					select 1 from resources r where r.tenant_id = m.tenant_id and r.id = m.group_id)
				or not exists (select 1 from resources r where r.tenant_id = m.tenant_id and r.id = m.member_id)`,
		"waiting for nothing": `
			select p.group_id, p.value from pending_members p where not exists (
				select 1 from resources r where r.tenant_id = p.tenant_id and r.id = p.group_id)`,
		"totals that are wrong": `
			select t.* from directory_totals t where t.total <> (
				select count(*) from resources r where r.tenant_id = t.tenant_id
					and r.connection_id = t.connection_id and r.resource_type = t.resource_type)`,
		"seats that are wrong": `
			select t.* from directory_totals t where t.active <> (
				select count(*) from resources r where r.tenant_id = t.tenant_id and r.connection_id = t.connection_id
					and r.resource_type = t.resource_type and r.resource_type = 'User'
					and (` + f.db.engine.jsonValue("r.document", []string{"active"}, schema.Boolean) + ` = false) is not true)`,
		"directories without a total": `
			select distinct r.tenant_id, r.connection_id, r.resource_type from resources r
			except select tenant_id, connection_id, resource_type from directory_totals`,
		"positions that will be given out twice": `
			select r.id from resources r join directory_totals t on r.tenant_id = t.tenant_id
				and r.connection_id = t.connection_id and r.resource_type = t.resource_type
			where r.position >= t.next_position or r.position < 0`,
		"buckets that are wrong": `
			select tenant_id, connection_id, resource_type, bucket, total from directory_buckets
			except
			select tenant_id, connection_id, resource_type, position / 1024, count(*) from resources group by 1, 2, 3, 4`,
		"buckets that are missing": `
			select tenant_id, connection_id, resource_type, position / 1024, count(*) from resources group by 1, 2, 3, 4
			except
			select tenant_id, connection_id, resource_type, bucket, total from directory_buckets`,
		"sequences with gaps": `
			select s.tenant_id, s.sequence, count(e.sequence), min(e.sequence), max(e.sequence)
			from tenant_sequences s left join events e on e.tenant_id = s.tenant_id
			group by s.tenant_id, s.sequence
			having count(e.sequence) <> s.sequence or min(e.sequence) <> 1 or max(e.sequence) <> s.sequence`,
		"events without a sequence": `
			select e.tenant_id from events e where not exists (
				select 1 from tenant_sequences s where s.tenant_id = e.tenant_id)`,
		"members across directories": `
			select m.group_id, m.member_id from members m
				join resources g on g.tenant_id = m.tenant_id and g.id = m.group_id
				join resources r on r.tenant_id = m.tenant_id and r.id = m.member_id
			where g.connection_id <> m.connection_id or r.connection_id <> m.connection_id
				or r.resource_type <> m.member_type`,
		"values of another directory": `
			select v.resource_id from resource_values v
				join resources r on r.tenant_id = v.tenant_id and r.id = v.resource_id
			where r.connection_id <> v.connection_id or r.resource_type <> v.resource_type`,
		"groups that contain themselves": `
			with recursive up (start, id) as (
				select member_id, group_id from members
				union
				select up.start, m.group_id from up join members m on m.member_id = up.id
			) select start from up where start = id`,
		"versions without an audit row": `
			select r.id, r.version from resources r where r.resource_type = 'User' and r.version <> (
				select count(*) from audit a where a.tenant_id = r.tenant_id and a.target_id = r.id and a.action like 'user.%')`,
	} {
		if bad := f.rows(query); len(bad) > 0 {
			f.t.Errorf("%s: %v", what, bad)
		}
	}
}
