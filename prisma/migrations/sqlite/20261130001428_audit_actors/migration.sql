-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN "actor_id" TEXT NOT NULL DEFAULT '';
ALTER TABLE "audit_events" ADD COLUMN "actor_kind" TEXT NOT NULL DEFAULT 'TOKEN';
ALTER TABLE "audit_events" ADD COLUMN "subject_name" TEXT;

-- What stood in one text, `name (id)`, becomes the name and the id. An id of a token has 36 characters.
UPDATE "audit_events" SET "actor_kind" = 'SYSTEM', "actor" = 'gateway' WHERE "channel" = 'start';
UPDATE "audit_events" SET "actor_kind" = 'COMMAND_LINE', "actor_id" = substr("actor", 15, length("actor") - 15), "actor" = 'command line' WHERE "channel" = 'cli' AND "actor" LIKE 'command line (%)';
UPDATE "audit_events" SET "actor_id" = substr("actor", length("actor") - 36, 36), "actor" = substr("actor", 1, length("actor") - 39) WHERE "actor_kind" = 'TOKEN' AND length("actor") > 39 AND "actor" LIKE '% (%)';

-- Rows of deleted providers and revoked tokens still have their names.
UPDATE "audit_events" SET "subject_name" = (SELECT "name" FROM "providers" WHERE "id" = "audit_events"."subject_id") WHERE "subject_type" = 'provider';
UPDATE "audit_events" SET "subject_name" = (SELECT "name" FROM "access_tokens" WHERE "id" = "audit_events"."subject_id") WHERE "subject_type" = 'access_token';
UPDATE "audit_events" SET "subject_name" = "subject_id" WHERE "subject_type" = 'encryption_key' AND "subject_id" <> '';
