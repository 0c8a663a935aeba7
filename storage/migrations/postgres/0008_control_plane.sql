-- +goose Up
-- Row-level security binds the owner too; these statements are about all tenants.
alter table audit no force row level security;
alter table tenant_sequences no force row level security;
alter table directory_totals no force row level security;
alter table resources no force row level security;
alter table resource_values no force row level security;

alter table tenants
    add column entitlements json   not null default '{}', -- what the vendor lets the tenant do
    add column settings     json   not null default '{}', -- adoption of manual users
    add column purged_at    bigint;                       -- the grace after deleted_at is over and its data is gone

alter table connections
    add column domains       json   not null default '[]', -- array of domains whose people it may provision; empty: any
    add column delete_people text   collate "C",           -- keep | deactivate | remove, while deleted_at is set
    add column updated_at    bigint,
    add column purged_at     bigint;
create index connections_deleted on connections (deleted_at) where deleted_at is not null and purged_at is null;

alter table tokens
    add column created_by text   collate "C" not null default '',
    add column replaces   uuid,                    -- the token that this one takes the place of, while both work
    add column told_days  bigint not null default 1000; -- the last warning before the expiry was this many days ahead
create index tokens_expiring on tokens (expires_at) where expires_at is not null and revoked_at is null and told_days > 0;

-- People of a directory who are active count as seats.
alter table directory_totals add column active bigint not null default 0;
update directory_totals set active = (
    select count(*) from resources r
    where r.tenant_id = directory_totals.tenant_id and r.connection_id = directory_totals.connection_id
        and r.resource_type = directory_totals.resource_type and coalesce(r.document ->> 'active', 'true') <> 'false')
where resource_type = 'User';

-- What people call somebody, if that is not the userName, and that somebody is
-- inactive: the console looks for people by both.
insert into resource_values (tenant_id, connection_id, resource_type, attribute, value, resource_id, is_unique)
select r.tenant_id, r.connection_id, r.resource_type, 'display', substr(roster_fold(r.display), 1, 200), r.id, false
from resources r where r.resource_type = 'User' and r.display <> '' and r.display <> coalesce(r.document ->> 'userName', '');
insert into resource_values (tenant_id, connection_id, resource_type, attribute, value, resource_id, is_unique)
select r.tenant_id, r.connection_id, r.resource_type, 'inactive', '', r.id, false
from resources r where r.resource_type = 'User' and (r.document ->> 'active') = 'false';
-- Groups are listed across directories, and are few among many users.
create index resources_groups on resources (tenant_id, id) where resource_type = 'Group';

-- The audit log of each tenant is a chain: a row's hash covers the row and the
-- hash before it. The installation's own log is that of the zero tenant. Rows
-- that are older than the chain have an empty hash.
alter table tenant_sequences
    add column audit_number bigint not null default 0,
    add column audit_hash   bytea  not null default '';
alter table audit
    add column number      bigint,
    add column hash        bytea not null default '',
    add column actor_name  text  collate "C" not null default '',
    add column target_name text  collate "C" not null default '',
    alter column target_id drop not null;
update audit set number = o.number
from (select tenant_id, id, row_number() over (partition by tenant_id order by id) as number from audit) o
where audit.tenant_id = o.tenant_id and audit.id = o.id;
insert into tenant_sequences (tenant_id, sequence, audit_number)
select tenant_id, 0, max(number) from audit group by tenant_id
on conflict (tenant_id) do update set audit_number = excluded.audit_number;
alter table audit drop constraint audit_pkey;
alter table audit alter column number set not null;
alter table audit add primary key (tenant_id, number);
alter table audit alter column hash drop default;
drop index audit_target;
create index audit_target on audit (tenant_id, target_id, number);

-- The vendor's role catalogue and what its roles may do in Roster itself.
create table roles (
    key         text    collate "C" not null primary key,
    name        text    collate "C" not null,
    description text    collate "C" not null,
    rank        bigint  not null,           -- higher wins
    grantable   boolean not null,           -- a group mapping may give it
    keep_one    boolean not null,           -- a change of mappings must leave somebody who has it
    mappable_with_permissions boolean not null, -- a mapping may give it although it carries permissions
    created_at  bigint  not null,
    updated_at  bigint  not null
);
create table role_permissions (
    tenant_id  uuid   not null,             -- zero: all tenants
    role       text   collate "C" not null references roles (key),
    permission text   collate "C" not null,
    effect     text   collate "C" not null, -- allow | deny
    primary key (tenant_id, role, permission)
);
create table installation (
    only_row        boolean not null primary key default true check (only_row),
    policy_revision bigint  not null,       -- +1 with every change of roles and role_permissions
    settings        json    not null
);
insert into installation (policy_revision, settings) values (1, '{}');

-- Ways in. They are looked up before the tenant is known.
create table api_keys (
    tenant_id    uuid   not null,           -- zero: all tenants
    id           uuid   not null,
    name         text   collate "C" not null,
    hash         bytea  not null,           -- SHA-256 of the key
    prefix       text   collate "C" not null,
    last_four    text   collate "C" not null,
    permissions  json   not null,           -- array
    created_by   text   collate "C" not null,
    created_at   bigint not null,
    expires_at   bigint,
    revoked_at   bigint,
    last_used_at bigint,
    primary key (tenant_id, id)
) with (fillfactor = 50);
create index api_keys_lookup on api_keys (hash);
create index api_keys_id on api_keys (id);

create table portal_links (
    tenant_id     uuid   not null,          -- zero: a sign-in of staff
    id            uuid   not null,
    connection_id uuid,                     -- the one connection that it is for
    hash          bytea  not null,          -- SHA-256 of the code
    roles         json   not null,          -- array of role keys
    return_url    text   collate "C" not null,
    email         text   collate "C" not null, -- who may open it; empty: whoever has it
    tries         bigint not null default 0,   -- wrong addresses so far
    inviter       text   collate "C" not null,
    note          text   collate "C" not null,
    created_by    text   collate "C" not null,
    created_at    bigint not null,
    expires_at    bigint not null,
    used_at       bigint,
    used_from     text   collate "C" not null default '',
    revoked_at    bigint,
    revoked_by    text   collate "C" not null default '',
    primary key (tenant_id, id)
);
create index portal_links_lookup on portal_links (hash);
create table portal_link_openings (
    tenant_id  uuid   not null,
    link_id    uuid   not null,
    id         uuid   not null,
    at         bigint not null,
    address    text   collate "C" not null,
    user_agent text   collate "C" not null,
    outcome    text   collate "C" not null, -- shown | opened | used | expired | revoked | wrong_email
    primary key (tenant_id, link_id, id)
);

create table sessions (
    tenant_id     uuid   not null,          -- zero: staff
    id            uuid   not null,
    kind          text   collate "C" not null, -- portal | staff
    connection_id uuid,
    link_id       uuid,
    issuer_id     uuid,
    subject       text   collate "C" not null, -- who, as the link, issuer or sign-in says
    name          text   collate "C" not null,
    email         text   collate "C" not null,
    roles         json   not null,
    created_at    bigint not null,
    expires_at    bigint not null,
    seen_at       bigint not null,          -- within a minute
    ended_at      bigint,
    ended_by      text   collate "C" not null default '',
    address       text   collate "C" not null,
    user_agent    text   collate "C" not null,
    primary key (tenant_id, id)
) with (fillfactor = 50);
create index sessions_id on sessions (id);

create table issuers (
    id         uuid   not null primary key,
    name       text   collate "C" not null,
    issuer     text   collate "C" not null,
    audience   text   collate "C" not null,
    jwks_url   text   collate "C" not null,
    pem        json   not null,             -- array
    created_at bigint not null
);
create unique index issuers_issuer on issuers (issuer);
create table used_tokens (                  -- jti of exchanged tokens, until they have expired
    issuer_id  uuid   not null,
    jti        bytea  not null,             -- SHA-256
    expires_at bigint not null,
    primary key (issuer_id, jti)
);
create index used_tokens_expired on used_tokens (expires_at);

create table idempotency_keys (
    actor      text   collate "C" not null,
    key        bytea  not null,             -- SHA-256
    request    bytea  not null,             -- SHA-256 of method, path and body
    status     bigint,                      -- null: the request is under way
    answer     bytea,                       -- encrypted: it may hold a secret
    created_at bigint not null,
    primary key (actor, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- Access.
create table entry_points (
    tenant_id   uuid   not null,
    key         text   collate "C" not null,
    name        text   collate "C" not null,
    description text   collate "C" not null,
    created_at  bigint not null,
    primary key (tenant_id, key)
);
create table role_mappings (
    tenant_id   uuid   not null,
    group_id    uuid   not null,            -- stays when the group goes, without effect
    entry_point text   collate "C" not null, -- "*": the whole organisation
    role        text   collate "C" not null,
    group_name  text   collate "C" not null, -- when it was made
    created_by  text   collate "C" not null,
    created_by_name text collate "C" not null,
    created_at  bigint not null,
    primary key (tenant_id, group_id, entry_point, role)
);
create index role_mappings_role on role_mappings (tenant_id, role, entry_point);
create table assignments (
    tenant_id   uuid   not null,
    user_id     uuid   not null,
    entry_point text   collate "C" not null,
    role        text   collate "C" not null,
    id          uuid   not null,
    created_by  text   collate "C" not null,
    created_by_name text collate "C" not null,
    created_at  bigint not null,
    primary key (tenant_id, user_id, entry_point, role)
);
create unique index assignments_id on assignments (tenant_id, id);
create index assignments_role on assignments (tenant_id, role, entry_point);
create table access_told (                  -- what the vendor was last told that a user holds
    tenant_id uuid not null,
    user_id   uuid not null,
    access    json not null,
    primary key (tenant_id, user_id)
);

-- Work that goes on after the answer. Found across tenants, so without row-level
-- security; it has ids and numbers only.
create table jobs (
    tenant_id   uuid   not null,
    id          uuid   not null,
    kind        text   collate "C" not null,
    subject     text   collate "C" not null, -- what it is about: the id of a group, …
    detail      json   not null,
    done        bigint not null,
    total       bigint not null,
    place       text   collate "C" not null, -- where to go on
    created_by  text   collate "C" not null,
    created_at  bigint not null,
    finished_at bigint,
    failure     text   collate "C" not null default '',
    failures    bigint not null default 0,  -- in a row
    worker      text   collate "C" not null default '',
    leased_until bigint not null default 0,
    primary key (tenant_id, id)
) with (fillfactor = 50);
create index jobs_open on jobs (leased_until) where finished_at is null;

alter table portal_link_openings enable row level security, force row level security;
alter table entry_points enable row level security, force row level security;
alter table role_mappings enable row level security, force row level security;
alter table assignments enable row level security, force row level security;
alter table access_told enable row level security, force row level security;
alter table audit force row level security;
alter table tenant_sequences force row level security;
alter table directory_totals force row level security;
alter table resources force row level security;
alter table resource_values force row level security;

create policy tenant on portal_link_openings
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on entry_points
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on role_mappings
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on assignments
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on access_told
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);

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
alter table audit drop constraint audit_pkey;
alter table audit drop column number, drop column hash, drop column actor_name, drop column target_name;
alter table audit add primary key (tenant_id, id);
create index audit_target on audit (tenant_id, target_id, id);
alter table tenant_sequences drop column audit_number, drop column audit_hash;
drop index resources_groups;
alter table resource_values no force row level security;
delete from resource_values where attribute in ('display', 'inactive') and resource_type = 'User';
alter table resource_values force row level security;
alter table directory_totals drop column active;
alter table tokens drop column created_by, drop column replaces, drop column told_days;
alter table connections drop column domains, drop column delete_people, drop column updated_at, drop column purged_at;
alter table tenants drop column entitlements, drop column settings, drop column purged_at;
