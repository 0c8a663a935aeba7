-- +goose Up
-- Tenant tables: every key begins with tenant_id, the column that a sharded
-- database distributes by.
create table resources (
    tenant_id     text   not null,
    id            text   not null,          -- UUIDv7, the SCIM id
    connection_id text   not null,          -- the directory it belongs to
    resource_type text   not null,          -- "User", "Group", or a tenant's own type
    position      bigint not null,          -- order of creation in its directory and type, from 0
    version       bigint not null,
    created_at    bigint not null,
    modified_at   bigint not null,
    display       text   not null,          -- what a person calls it: members.display, groups.display
    document      text   not null,          -- canonical JSON without id, meta, schemas and members
    primary key (tenant_id, id)
);
create unique index resources_position on resources (tenant_id, connection_id, resource_type, position);

-- Values that a filter finds by index: whatever must be unique, and what
-- identity providers look people and groups up by. A row says that the resource
-- may match; the document decides.
create table resource_values (
    tenant_id     text not null,
    connection_id text not null,
    resource_type text not null,
    attribute     text not null,            -- canonical name: "emails.value"
    value         text not null,            -- folded unless caseExact; a digest if it is long
    resource_id   text not null,
    is_unique     boolean not null,
    primary key (tenant_id, connection_id, resource_type, attribute, value, resource_id),
    foreign key (tenant_id, resource_id) references resources (tenant_id, id)
) without rowid;
create unique index resource_values_unique
    on resource_values (tenant_id, connection_id, resource_type, attribute, value) where is_unique;
create index resource_values_resource on resource_values (tenant_id, resource_id);

create table members (
    tenant_id     text   not null,
    group_id      text   not null,
    member_id     text   not null,
    connection_id text   not null,
    member_type   text   not null,          -- "User" or "Group"
    added_at      bigint not null,
    primary key (tenant_id, group_id, member_id),
    foreign key (tenant_id, group_id) references resources (tenant_id, id),
    foreign key (tenant_id, member_id) references resources (tenant_id, id)
) without rowid;
create index members_member on members (tenant_id, member_id, group_id);

-- How many resources a directory has of each type, in all and per run of 1,024
-- positions: totals and deep pages are found without walking the rows before them.
create table directory_totals (
    tenant_id     text   not null,
    connection_id text   not null,
    resource_type text   not null,
    next_position bigint not null,
    total         bigint not null,
    primary key (tenant_id, connection_id, resource_type)
) without rowid;

create table directory_buckets (
    tenant_id     text   not null,
    connection_id text   not null,
    resource_type text   not null,
    bucket        bigint not null,          -- position / 1024
    total         bigint not null,
    primary key (tenant_id, connection_id, resource_type, bucket)
) without rowid;

-- +goose Down
drop table directory_buckets;
drop table directory_totals;
drop table members;
drop table resource_values;
drop table resources;
