-- +goose Up
alter table tenants add column entitlements text   not null default '{}'; -- what the vendor lets the tenant do
alter table tenants add column settings     text   not null default '{}'; -- adoption of manual users
alter table tenants add column purged_at    bigint; -- the grace after deleted_at is over and its data is gone

alter table connections add column domains       text   not null default '[]'; -- array of domains whose people it may provision; empty: any
alter table connections add column delete_people text; -- keep | deactivate | remove, while deleted_at is set
alter table connections add column updated_at    bigint;
alter table connections add column purged_at     bigint;
create index connections_deleted on connections (deleted_at) where deleted_at is not null and purged_at is null;

alter table tokens add column created_by text   not null default '';
alter table tokens add column replaces   text; -- the token that this one takes the place of, while both work
alter table tokens add column told_days  bigint not null default 1000; -- the last warning before the expiry was this many days ahead
create index tokens_expiring on tokens (expires_at) where expires_at is not null and revoked_at is null and told_days > 0;

-- People of a directory who are active count as seats.
alter table directory_totals add column active bigint not null default 0;
update directory_totals set active = (
    select count(*) from resources r
    where r.tenant_id = directory_totals.tenant_id and r.connection_id = directory_totals.connection_id
        and r.resource_type = directory_totals.resource_type and coalesce(r.document ->> 'active', 1) <> 0)
where resource_type = 'User';

-- What people call somebody, if that is not the userName, and that somebody is
-- inactive: the console looks for people by both.
insert into resource_values (tenant_id, connection_id, resource_type, attribute, value, resource_id, is_unique)
select r.tenant_id, r.connection_id, r.resource_type, 'display', substr(roster_fold(r.display), 1, 200), r.id, false
from resources r where r.resource_type = 'User' and r.display <> '' and r.display <> coalesce(r.document ->> 'userName', '');
insert into resource_values (tenant_id, connection_id, resource_type, attribute, value, resource_id, is_unique)
select r.tenant_id, r.connection_id, r.resource_type, 'inactive', '', r.id, false
from resources r where r.resource_type = 'User' and (r.document ->> 'active') = 0;
-- Groups are listed across directories, and are few among many users.
create index resources_groups on resources (tenant_id, id) where resource_type = 'Group';

-- The audit log of each tenant is a chain: a row's hash covers the row and the
-- hash before it. The installation's own log is that of the zero tenant. Rows
-- that are older than the chain have an empty hash.
alter table tenant_sequences add column audit_number bigint not null default 0;
alter table tenant_sequences add column audit_hash   blob not null default x'';
alter table audit rename to old_audit;
drop index audit_target;
create table audit (
    tenant_id     text   not null,
    number        bigint not null,          -- per tenant from 1, in the order of commits
    id            text   not null,
    connection_id text,
    actor         text   not null,          -- "tok01…"
    actor_name    text   not null,
    action        text   not null,          -- "user.updated"
    target_type   text   not null,
    target_id     text,
    target_name   text   not null,
    changes       text   not null,          -- JSON: {"title": {"from": …, "to": …}}
    occurred_at   bigint not null,
    address       text   not null,
    user_agent    text   not null,
    request_id    text   not null,
    hash          blob   not null,
    primary key (tenant_id, number)
) without rowid;
insert into audit (tenant_id, number, id, connection_id, actor, actor_name, action, target_type, target_id, target_name,
    changes, occurred_at, address, user_agent, request_id, hash)
select tenant_id, row_number() over (partition by tenant_id order by id), id, connection_id, actor, '', action, target_type,
    target_id, '', changes, occurred_at, address, user_agent, request_id, x''
from old_audit;
drop table old_audit;
create index audit_target on audit (tenant_id, target_id, number);
insert into tenant_sequences (tenant_id, sequence, audit_number)
select tenant_id, 0, max(number) from audit where true group by tenant_id
on conflict (tenant_id) do update set audit_number = excluded.audit_number;

-- The vendor's role catalogue and what its roles may do in Roster itself.
create table roles (
    key         text   not null primary key,
    name        text   not null,
    description text   not null,
    rank        bigint  not null,           -- higher wins
    grantable   boolean not null,           -- a group mapping may give it
    keep_one    boolean not null,           -- a change of mappings must leave somebody who has it
    mappable_with_permissions boolean not null, -- a mapping may give it although it carries permissions
    created_at  bigint  not null,
    updated_at  bigint  not null
);
create table role_permissions (
    tenant_id  text   not null,             -- zero: all tenants
    role       text   not null references roles (key),
    permission text   not null,
    effect     text   not null, -- allow | deny
    primary key (tenant_id, role, permission)
);
create table installation (
    only_row        boolean not null primary key default true check (only_row),
    policy_revision bigint  not null,       -- +1 with every change of roles and role_permissions
    settings        text   not null
);
insert into installation (policy_revision, settings) values (1, '{}');

-- Ways in. They are looked up before the tenant is known.
create table api_keys (
    tenant_id    text   not null,           -- zero: all tenants
    id           text   not null,
    name         text   not null,
    hash         blob  not null,           -- SHA-256 of the key
    prefix       text   not null,
    last_four    text   not null,
    permissions  text   not null,           -- array
    created_by   text   not null,
    created_at   bigint not null,
    expires_at   bigint,
    revoked_at   bigint,
    last_used_at bigint,
    primary key (tenant_id, id)
);
create index api_keys_lookup on api_keys (hash);
create index api_keys_id on api_keys (id);

create table portal_links (
    tenant_id     text   not null,          -- zero: a sign-in of staff
    id            text   not null,
    connection_id text,                     -- the one connection that it is for
    hash          blob  not null,          -- SHA-256 of the code
    roles         text   not null,          -- array of role keys
    return_url    text   not null,
    email         text   not null, -- who may open it; empty: whoever has it
    tries         bigint not null default 0,   -- wrong addresses so far
    inviter       text   not null,
    note          text   not null,
    created_by    text   not null,
    created_at    bigint not null,
    expires_at    bigint not null,
    used_at       bigint,
    used_from     text   not null default '',
    revoked_at    bigint,
    revoked_by    text   not null default '',
    primary key (tenant_id, id)
);
create index portal_links_lookup on portal_links (hash);
create table portal_link_openings (
    tenant_id  text   not null,
    link_id    text   not null,
    id         text   not null,
    at         bigint not null,
    address    text   not null,
    user_agent text   not null,
    outcome    text   not null, -- shown | opened | used | expired | revoked | wrong_email
    primary key (tenant_id, link_id, id)
);

create table sessions (
    tenant_id     text   not null,          -- zero: staff
    id            text   not null,
    kind          text   not null, -- portal | staff
    connection_id text,
    link_id       text,
    issuer_id     text,
    subject       text   not null, -- who, as the link, issuer or sign-in says
    name          text   not null,
    email         text   not null,
    roles         text   not null,
    created_at    bigint not null,
    expires_at    bigint not null,
    seen_at       bigint not null,          -- within a minute
    ended_at      bigint,
    ended_by      text   not null default '',
    address       text   not null,
    user_agent    text   not null,
    primary key (tenant_id, id)
);
create index sessions_id on sessions (id);

create table issuers (
    id         text   not null primary key,
    name       text   not null,
    issuer     text   not null,
    audience   text   not null,
    jwks_url   text   not null,
    pem        text   not null,             -- array
    created_at bigint not null
);
create unique index issuers_issuer on issuers (issuer);
create table used_tokens (                  -- jti of exchanged tokens, until they have expired
    issuer_id  text   not null,
    jti        blob  not null,             -- SHA-256
    expires_at bigint not null,
    primary key (issuer_id, jti)
);
create index used_tokens_expired on used_tokens (expires_at);

create table idempotency_keys (
    actor      text   not null,
    key        blob  not null,             -- SHA-256
    request    blob  not null,             -- SHA-256 of method, path and body
    status     bigint,                      -- null: the request is under way
    answer     blob,                       -- encrypted: it may hold a secret
    created_at bigint not null,
    primary key (actor, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- Access.
create table entry_points (
    tenant_id   text   not null,
    key         text   not null,
    name        text   not null,
    description text   not null,
    created_at  bigint not null,
    primary key (tenant_id, key)
);
create table role_mappings (
    tenant_id   text   not null,
    group_id    text   not null,            -- stays when the group goes, without effect
    entry_point text   not null, -- "*": the whole organisation
    role        text   not null,
    group_name  text   not null, -- when it was made
    created_by  text   not null,
    created_by_name text not null,
    created_at  bigint not null,
    primary key (tenant_id, group_id, entry_point, role)
);
create index role_mappings_role on role_mappings (tenant_id, role, entry_point);
create table assignments (
    tenant_id   text   not null,
    user_id     text   not null,
    entry_point text   not null,
    role        text   not null,
    id          text   not null,
    created_by  text   not null,
    created_by_name text not null,
    created_at  bigint not null,
    primary key (tenant_id, user_id, entry_point, role)
);
create unique index assignments_id on assignments (tenant_id, id);
create index assignments_role on assignments (tenant_id, role, entry_point);
create table access_told (                  -- what the vendor was last told that a user holds
    tenant_id text not null,
    user_id   text not null,
    access    text not null,
    primary key (tenant_id, user_id)
);

-- Work that goes on after the answer. Found across tenants, so with ids and
-- numbers only.
create table jobs (
    tenant_id   text   not null,
    id          text   not null,
    kind        text   not null,
    subject     text   not null, -- what it is about: the id of a group, …
    detail      text   not null,
    done        bigint not null,
    total       bigint not null,
    place       text   not null, -- where to go on
    created_by  text   not null,
    created_at  bigint not null,
    finished_at bigint,
    failure     text   not null default '',
    failures    bigint not null default 0,  -- in a row
    worker      text   not null default '',
    leased_until bigint not null default 0,
    primary key (tenant_id, id)
);
create index jobs_open on jobs (leased_until) where finished_at is null;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('connections',      'connections_deleted',                 '20 1'),
    ('resources',        'resources_groups',                    '20000 200 1'),
    ('tokens',           'tokens_expiring',                     '300 1'),
    ('roles',            'sqlite_autoindex_roles_1',            '20 1'),
    ('role_permissions', 'sqlite_autoindex_role_permissions_1', '100 20 5 1'),
    ('api_keys',         'sqlite_autoindex_api_keys_1',         '100 2 1'),
    ('api_keys',         'api_keys_lookup',                     '100 1'),
    ('api_keys',         'api_keys_id',                         '100 1'),
    ('portal_links',     'sqlite_autoindex_portal_links_1',     '1000 10 1'),
    ('portal_links',     'portal_links_lookup',                 '1000 1'),
    ('sessions',         'sqlite_autoindex_sessions_1',         '10000 100 1'),
    ('sessions',         'sessions_id',                         '10000 1'),
    ('used_tokens',      'sqlite_autoindex_used_tokens_1',      '10000 5000 1'),
    ('used_tokens',      'used_tokens_expired',                 '10000 1'),
    ('entry_points',     'sqlite_autoindex_entry_points_1',     '1000 10 1'),
    ('role_mappings',    'sqlite_autoindex_role_mappings_1',    '10000 100 5 2 1'),
    ('role_mappings',    'role_mappings_role',                  '10000 100 20 10'),
    ('assignments',      'sqlite_autoindex_assignments_1',      '100000 1000 2 2 1'),
    ('assignments',      'assignments_id',                      '100000 1000 1'),
    ('assignments',      'assignments_role',                    '100000 1000 200 50'),
    ('access_told',      'sqlite_autoindex_access_told_1',      '1000000 10000 1'),
    ('jobs',             'sqlite_autoindex_jobs_1',             '10000 100 1'),
    ('jobs',             'jobs_open',                           '10 1');
delete from sqlite_stat1 where tbl = 'audit';
insert into sqlite_stat1 (tbl, idx, stat) values
    ('audit', 'audit',        '10000000 100000 1'),
    ('audit', 'audit_target', '10000000 100000 5 1');

-- +goose Down
drop table jobs;
drop table access_told;
drop table assignments;
drop table role_mappings;
drop table entry_points;
drop table idempotency_keys;
drop table used_tokens;
drop table issuers;
drop table sessions;
drop table portal_link_openings;
drop table portal_links;
drop table api_keys;
drop table installation;
drop table role_permissions;
drop table roles;
drop index audit_target;
alter table audit rename to new_audit;
create table audit (
    tenant_id     text   not null,
    id            text   not null,
    connection_id text,
    actor         text   not null,
    action        text   not null,
    target_type   text   not null,
    target_id     text   not null,
    changes       text   not null,
    occurred_at   bigint not null,
    address       text   not null,
    user_agent    text   not null,
    request_id    text   not null,
    primary key (tenant_id, id)
) without rowid;
insert into audit (tenant_id, id, connection_id, actor, action, target_type, target_id, changes, occurred_at, address, user_agent, request_id)
select tenant_id, id, connection_id, actor, action, target_type, target_id, changes, occurred_at, address, user_agent, request_id
from new_audit where target_id is not null;
drop table new_audit;
create index audit_target on audit (tenant_id, target_id, id);
alter table tenant_sequences drop column audit_number;
alter table tenant_sequences drop column audit_hash;
drop index resources_groups;
delete from resource_values where attribute in ('display', 'inactive') and resource_type = 'User';
alter table directory_totals drop column active;
drop index tokens_expiring;
alter table tokens drop column created_by;
alter table tokens drop column replaces;
alter table tokens drop column told_days;
drop index connections_deleted;
alter table connections drop column domains;
alter table connections drop column delete_people;
alter table connections drop column updated_at;
alter table connections drop column purged_at;
alter table tenants drop column entitlements;
alter table tenants drop column settings;
alter table tenants drop column purged_at;
