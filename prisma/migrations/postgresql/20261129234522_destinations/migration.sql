-- A program of an earlier release fails at its first statement: it would seal for less than the whole destination.
ALTER TABLE "providers" RENAME COLUMN "dialect_settings" TO "extensions";
ALTER TABLE "providers" ADD COLUMN "models_path" TEXT;
ALTER TABLE "providers" ADD COLUMN "authentication" TEXT NOT NULL DEFAULT 'DEFAULT';
ALTER TABLE "providers" ADD COLUMN "call_headers" JSONB;
ALTER TABLE "providers" ADD COLUMN "test_after_writes" TEXT NOT NULL DEFAULT 'WITH_KEYS';
ALTER TABLE "api_keys" RENAME COLUMN "dialect_settings" TO "extensions";
ALTER TABLE "api_keys" ADD COLUMN "endpoint" TEXT;
ALTER TABLE "api_keys" ADD COLUMN "endpoint_variable" TEXT;
ALTER TABLE "api_keys" ADD COLUMN "region" TEXT;
ALTER TABLE "api_keys" ADD COLUMN "role_arn" TEXT;
ALTER TABLE "api_keys" ADD COLUMN "external_id" TEXT;
ALTER TABLE "api_keys" ADD COLUMN "credential_parts" JSONB;
ALTER TABLE "api_keys" ADD COLUMN "models" JSONB;
ALTER TABLE "api_keys" ADD COLUMN "except_models" JSONB;
