-- Databases and roles of custinfo. Plain SQL for psql, safe to repeat; the embedded servers run this same file.
--
-- Each password is a session setting, so that none stands in a command line or a log:
--
--   PGOPTIONS="-c custinfo.owner_password=… -c custinfo.app_password=…" psql -U postgres -f deploy/roles.sql
--
-- Only roles and databases whose password is given are made, so the same file serves the server of the data
-- (owner, app, public, backup, restricted_main), the server of the keyring (keyring_owner, keyring_web, keyring_worker) and the
-- restricted server (restricted_owner, restricted), or one server for all.
-- `custinfo.createdb=yes` lets the owners make databases: those of `make test`, and those that
-- `manage.py verify_backup` restores into.

select format('create role %I login', 'custinfo_' || name)
from unnest(array['owner', 'app', 'public', 'keyring_owner', 'keyring_web', 'keyring_worker',
                  'restricted_owner', 'restricted', 'restricted_main', 'backup']) as name
where coalesce(current_setting('custinfo.' || name || '_password', true), '') <> ''
  and not exists (select from pg_roles where rolname = 'custinfo_' || name)
\gexec

select format('alter role %I with login nosuperuser nocreaterole noinherit password %L',
              'custinfo_' || name, current_setting('custinfo.' || name || '_password', true))
from unnest(array['owner', 'app', 'public', 'keyring_owner', 'keyring_web', 'keyring_worker',
                  'restricted_owner', 'restricted', 'restricted_main', 'backup']) as name
where coalesce(current_setting('custinfo.' || name || '_password', true), '') <> ''
\gexec

select format('alter role %I %s', rolname,
              case when current_setting('custinfo.createdb', true) = 'yes' then 'createdb' else 'nocreatedb' end)
from pg_roles where rolname in ('custinfo_owner', 'custinfo_keyring_owner', 'custinfo_restricted_owner')
\gexec

select format('create database %I owner %I encoding ''UTF8'' template template0', datname, owner)
from (values ('custinfo', 'custinfo_owner'), ('custinfo_keyring', 'custinfo_keyring_owner'),
             ('custinfo_restricted', 'custinfo_restricted_owner')) as wanted (datname, owner)
where exists (select from pg_roles where rolname = owner)
  and not exists (select from pg_database where pg_database.datname = wanted.datname)
\gexec

-- The main role gets nothing in the keyring and the keyring's roles nothing in the data. Of the main site nobody gets
-- anything in the restricted database.
select format('revoke all on database %I from public', datname)
from pg_database where datname in ('custinfo', 'custinfo_keyring', 'custinfo_restricted')
\gexec

select format('grant connect on database %I to %I', wanted.datname, role)
from (values ('custinfo', 'custinfo_app'), ('custinfo', 'custinfo_public'),
             ('custinfo_keyring', 'custinfo_keyring_web'), ('custinfo_keyring', 'custinfo_keyring_worker'),
             ('custinfo', 'custinfo_backup'), ('custinfo', 'custinfo_restricted_main'), ('custinfo_restricted', 'custinfo_restricted')) as wanted (datname, role)
join pg_database on pg_database.datname = wanted.datname
join pg_roles on rolname = role
\gexec

-- Backups read every row of every table, past row security and in the months of the trail too; they never write.
select unnest(array['alter role custinfo_backup inherit bypassrls', 'grant pg_read_all_data to custinfo_backup'])
from pg_roles where rolname = 'custinfo_backup'
\gexec
