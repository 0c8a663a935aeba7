package storage

import (
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/audit"
)

// Conditions on rows of resources that are users, for statements that go through
// many people. What is the same for all of them, which groups lead to access, is
// found once per statement: they cost an index look-up or two for each user. The
// arguments are a placeholder that has the tenant and the alias of the resources;
// the rest are placeholders, too.
//
//	activeUser(d, "$1", "r")                     may hold something at all
//	unassignedUsers(d, "$1", "r")                is active and holds nothing
//	usersWithReason(d, "$1", "r", "$5", "$6")    has a reason to hold a role at an entry point; either placeholder
//	                                             may have "", for any. Where the highest role wins, another may
//	                                             win over it: access.Facts decides.

// activeUser is the condition that somebody can hold anything: neither inactive
// nor of a connection whose deletion takes its people with it.
func activeUser(d queryDialect, tenant, user string) string {
	return `(` + d.jsonValue(user+".document", []string{"active"}, schema.Boolean) + ` = false) is not true
		and not exists (
			select 1 from connections c
			where c.tenant_id = ` + tenant + ` and c.id = ` + user + `.connection_id
				and c.deleted_at is not null and c.delete_people in ('deactivate', 'remove'))`
}

// unassignedUsers is the condition that somebody is active and holds nothing.
func unassignedUsers(d queryDialect, tenant, user string) string {
	return activeUser(d, tenant, user) + `
		and not exists (
			select 1 from assignments a
			where a.tenant_id = ` + tenant + ` and a.user_id = ` + user + `.id and ` + assignmentHolds(tenant, "a") + forEach + `)
		and not exists (
			select 1 from members m
			where m.tenant_id = ` + tenant + ` and m.member_id = ` + user + `.id
				and (m.group_id in (` + groupsLeadingTo(tenant, "") + `)) is true` + forEach + `)`
}

// forEach ends the query of an "exists" that is to be asked for each user: with
// an offset, PostgreSQL does not ask it for all members of the tenant at once,
// however few users are looked at until a page is full.
const forEach = ` limit 1 offset 0`

// usersWithReason is the condition that somebody is active and has an assignment
// or a mapping of a role at an entry point.
func usersWithReason(d queryDialect, tenant, user, entryPoint, role string) string {
	of := func(alias string) string {
		return ` and (` + entryPoint + ` = '' or ` + alias + `.entry_point = ` + entryPoint + `)` +
			` and (` + role + ` = '' or ` + alias + `.role = ` + role + `)`
	}
	return activeUser(d, tenant, user) + `
		and (exists (
				select 1 from assignments a
				where a.tenant_id = ` + tenant + ` and a.user_id = ` + user + `.id and ` + assignmentHolds(tenant, "a") + of("a") + forEach + `)
			or exists (
				select 1 from members m
				where m.tenant_id = ` + tenant + ` and m.member_id = ` + user + `.id
					and (m.group_id in (` + groupsLeadingTo(tenant, of("x")) + `)) is true` + forEach + `))`
}

// groupsLeadingTo is a query for the groups whose members have access by a
// mapping of the group, or of one that it is in, at any depth. more is a further
// condition on the mapping x.
func groupsLeadingTo(tenant, more string) string {
	return `with recursive reach (start, id) as (
			select g.id, g.id from directory_totals t cross join resources g
			where t.tenant_id = ` + tenant + ` and t.resource_type = 'Group'
				and g.tenant_id = ` + tenant + ` and g.connection_id = t.connection_id and g.resource_type = 'Group'
			union
			select reach.start, u.group_id from reach cross join members u
			where u.tenant_id = ` + tenant + ` and u.member_id = reach.id
		)
		select reach.start from reach
		where exists (
			select 1 from role_mappings x
			where x.tenant_id = ` + tenant + ` and x.group_id = reach.id and ` + mappingHolds(tenant, "x") + more + `)`
}

// mappingHolds is the condition that a mapping has effect: its entry point and
// its role are there and a mapping may give the role (tenants.Role.Mappable).
func mappingHolds(tenant, alias string) string {
	return entryPointExists(tenant, alias) + `
		and exists (
			select 1 from roles o
			where o.key = ` + alias + `.role and o.grantable
				and (o.mappable_with_permissions or not ` + rolePermits(tenant, "o.key") + `))`
}

// assignmentHolds is the condition that an assignment has effect.
func assignmentHolds(tenant, alias string) string {
	return entryPointExists(tenant, alias) + ` and exists (select 1 from roles o where o.key = ` + alias + `.role)`
}

func entryPointExists(tenant, alias string) string {
	return `(` + alias + `.entry_point = '*' or exists (
			select 1 from entry_points e where e.tenant_id = ` + tenant + ` and e.key = ` + alias + `.entry_point))`
}

// rolePermits is the condition that a role carries permissions of Roster in the
// tenant.
func rolePermits(tenant, role string) string {
	of := func(tenant string) string {
		return `exists (select 1 from role_permissions p where p.tenant_id = ` + tenant + ` and p.role = ` + role + ` and p.effect = 'allow')`
	}
	return `(` + of(quoted(audit.Installation)) + ` or ` + of(tenant) + `)`
}
