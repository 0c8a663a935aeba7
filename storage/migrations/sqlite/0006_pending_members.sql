-- +goose Up
-- Members that an identity provider named before it provisioned them. They are
-- no members yet; a row goes when its resource appears or the client takes the
-- value back. The index is what every new resource is looked up in.
create table pending_members (
    tenant_id     text   not null,
    group_id      text   not null,
    value         text   not null,          -- as sent: an id or externalId that nothing has
    connection_id text   not null,
    member_type   text   not null,          -- "User", "Group", or '' if the client did not say
    pending_since bigint not null,
    primary key (tenant_id, group_id, value),
    foreign key (tenant_id, group_id) references resources (tenant_id, id)
) without rowid;
create index pending_members_value on pending_members (tenant_id, connection_id, value, group_id);

insert into sqlite_stat1 (tbl, idx, stat) values
    ('pending_members', 'pending_members',       '100000 1000 10 1'),
    ('pending_members', 'pending_members_value', '100000 1000 500 2 1');

-- +goose Down
delete from sqlite_stat1 where tbl = 'pending_members';
drop table pending_members;
