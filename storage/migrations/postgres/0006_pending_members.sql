-- +goose Up
-- Members that an identity provider named before it provisioned them. They are
-- no members yet; a row goes when its resource appears or the client takes the
-- value back. The index is what every new resource is looked up in.
create table pending_members (
    tenant_id     uuid   not null,
    group_id      uuid   not null,
    value         text   collate "C" not null, -- as sent: an id or externalId that nothing has
    connection_id uuid   not null,
    member_type   text   collate "C" not null, -- "User", "Group", or '' if the client did not say
    pending_since bigint not null,
    primary key (tenant_id, group_id, value),
    foreign key (tenant_id, group_id) references resources (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02);
create index pending_members_value on pending_members (tenant_id, connection_id, value, group_id);

-- As with members: a plan is made for the largest tenant, directory and group.
alter table pending_members
    alter column tenant_id set (n_distinct = 1), alter column connection_id set (n_distinct = 1),
    alter column group_id set (n_distinct = -0.01);
create statistics pending_members_group (dependencies) on tenant_id, connection_id, group_id from pending_members;

alter table pending_members enable row level security, force row level security;
create policy tenant on pending_members
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);

-- +goose Down
drop table pending_members;
