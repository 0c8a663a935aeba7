-- +goose Up
-- Tenant tables: every key begins with tenant_id, the column that a sharded
-- database distributes by. Row-level security stands behind the condition that
-- every statement has; it binds the owner of the tables too. A transaction says
-- which tenant it is for; one that has not said so sees and writes nothing.

-- Version, time and document of a resource are in no index: with room on its
-- page, a new version of the row costs no index entry.
create table resources (
    tenant_id     uuid   not null,
    id            uuid   not null,          -- UUIDv7, the SCIM id
    connection_id uuid   not null,          -- the directory it belongs to
    resource_type text   collate "C" not null, -- "User", "Group", or a tenant's own type
    position      bigint not null,          -- order of creation in its directory and type, from 0
    version       bigint not null,
    created_at    bigint not null,
    modified_at   bigint not null,
    display       text   collate "C" not null, -- what a person calls it: members.display, groups.display
    document      json   not null,          -- canonical, without id, meta, schemas and members; kept to the byte
    primary key (tenant_id, id)
) with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
create unique index resources_position on resources (tenant_id, connection_id, resource_type, position);

-- Values that a filter finds by index: whatever must be unique, and what
-- identity providers look people and groups up by. A row says that the resource
-- may match; the document decides. The primary key answers a look-up without
-- the table, as long as vacuum keeps up.
create table resource_values (
    tenant_id     uuid not null,
    connection_id uuid not null,
    resource_type text collate "C" not null,
    attribute     text collate "C" not null, -- canonical name: "emails.value"
    value         text collate "C" not null, -- folded unless caseExact; a digest if it is long
    resource_id   uuid not null,
    is_unique     boolean not null,
    primary key (tenant_id, connection_id, resource_type, attribute, value, resource_id),
    foreign key (tenant_id, resource_id) references resources (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02);
create unique index resource_values_unique
    on resource_values (tenant_id, connection_id, resource_type, attribute, value) where is_unique;
create index resource_values_resource on resource_values (tenant_id, resource_id);

-- Both ways are read from an index alone. Memberships never leave a directory.
create table members (
    tenant_id     uuid   not null,
    group_id      uuid   not null,
    member_id     uuid   not null,
    connection_id uuid   not null,
    member_type   text   collate "C" not null, -- "User" or "Group"
    added_at      bigint not null,
    primary key (tenant_id, group_id, member_id) include (connection_id),
    foreign key (tenant_id, group_id) references resources (tenant_id, id),
    foreign key (tenant_id, member_id) references resources (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02);
create index members_member on members (tenant_id, member_id, group_id) include (connection_id);

-- How many resources a directory has of each type, in all and per run of 1,024
-- positions: totals and deep pages are found without walking the rows before
-- them. Few rows, each changed by many writes: they need room on their pages and
-- a vacuum that goes by the number of changes.
create table directory_totals (
    tenant_id     uuid   not null,
    connection_id uuid   not null,
    resource_type text   collate "C" not null,
    next_position bigint not null,
    total         bigint not null,
    primary key (tenant_id, connection_id, resource_type)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

create table directory_buckets (
    tenant_id     uuid   not null,
    connection_id uuid   not null,
    resource_type text   collate "C" not null,
    bucket        bigint not null,          -- position / 1024
    total         bigint not null,
    primary key (tenant_id, connection_id, resource_type, bucket)
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

-- Plans are made once for all tenants, so they are made for the largest: a tenant
-- and a directory are taken to be as many rows as the most frequent one has, and
-- all rows where none stands out; a group is taken to have 100 members at least.
-- A directory belongs to one tenant, and so does a group, which the planner would
-- not know: it would think the rows of both together to be few, and read them all
-- to find one.
alter table resources
    alter column tenant_id set (n_distinct = 1), alter column connection_id set (n_distinct = 1);
alter table resource_values
    alter column tenant_id set (n_distinct = 1), alter column connection_id set (n_distinct = 1);
alter table members
    alter column tenant_id set (n_distinct = 1), alter column connection_id set (n_distinct = 1),
    alter column group_id set (n_distinct = -0.01);
create statistics resources_directory (dependencies) on tenant_id, connection_id from resources;
create statistics resource_values_directory (dependencies) on tenant_id, connection_id from resource_values;
create statistics members_group (dependencies) on tenant_id, connection_id, group_id from members;
create statistics members_of (dependencies) on tenant_id, connection_id, member_id from members;

alter table resources enable row level security, force row level security;
alter table resource_values enable row level security, force row level security;
alter table members enable row level security, force row level security;
alter table directory_totals enable row level security, force row level security;
alter table directory_buckets enable row level security, force row level security;

create policy tenant on resources
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on resource_values
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on members
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on directory_totals
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on directory_buckets
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);

-- +goose Down
drop table directory_buckets;
drop table directory_totals;
drop table members;
drop table resource_values;
drop table resources;
