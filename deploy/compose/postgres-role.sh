#!/bin/sh
# Makes the role that Roster works as, and its database. The role is no superuser
# and does not bypass row-level security: the server refuses one that does.
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres --no-psqlrc --quiet <<'SQL'
\set password `cat /run/secrets/postgres/roster_password`
create role roster login nosuperuser nobypassrls nocreatedb nocreaterole password :'password';
create database roster owner roster;
revoke all on database roster from public;
SQL
