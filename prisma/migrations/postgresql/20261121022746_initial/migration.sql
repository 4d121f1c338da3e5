-- CreateEnum
CREATE TYPE "ProviderType" AS ENUM ('ANTHROPIC', 'AZURE', 'BEDROCK', 'COPILOT', 'GOOGLE', 'OPENAI', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL');

-- CreateEnum
CREATE TYPE "ConnectionStatus" AS ENUM ('OK', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'RATE_LIMITED', 'TIMED_OUT', 'UNREACHABLE', 'TLS_FAILED', 'REDIRECTED', 'BLOCKED_ADDRESS', 'UNEXPECTED_RESPONSE', 'NOT_TESTABLE');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('VIEWER', 'EDITOR', 'ADMIN');

-- CreateEnum
CREATE TYPE "TokenSource" AS ENUM ('API', 'BOOTSTRAP', 'ENVIRONMENT');

-- CreateTable
CREATE TABLE "providers" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL DEFAULT '',
    "sort_name" TEXT NOT NULL,
    "search_text" TEXT NOT NULL,
    "icon" TEXT NOT NULL DEFAULT '',
    "type" "ProviderType" NOT NULL,
    "base_url" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB,
    "network" JSONB,
    "vendor_preset" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMP(3) NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,
    "deleted_at" TIMESTAMP(3),
    "last_connection_test_id" TEXT,

    CONSTRAINT "providers_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "name" TEXT,
    "masked" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "weight" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "environment_variable" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "last_connection_test_id" TEXT,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "api_key_secrets" (
    "api_key_id" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "kid" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,

    CONSTRAINT "api_key_secrets_pkey" PRIMARY KEY ("api_key_id")
);

-- CreateTable
CREATE TABLE "provider_secrets" (
    "provider_id" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "kid" TEXT NOT NULL,

    CONSTRAINT "provider_secrets_pkey" PRIMARY KEY ("provider_id","field")
);

-- CreateTable
CREATE TABLE "encryption_keys" (
    "kid" TEXT NOT NULL,
    "canary" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "retired_at" TIMESTAMP(3),

    CONSTRAINT "encryption_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "connection_tests" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "api_key_id" TEXT,
    "status" "ConnectionStatus" NOT NULL,
    "message" TEXT NOT NULL,
    "http_status" INTEGER,
    "key_verified" BOOLEAN NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "models" JSONB NOT NULL,
    "tested_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "connection_tests_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "access_tokens" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "lookup_id" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "source" "TokenSource" NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "last_used_at" TIMESTAMP(3),
    "expires_at" TIMESTAMP(3),
    "revoked_at" TIMESTAMP(3),

    CONSTRAINT "access_tokens_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "changes" JSONB,
    "request_id" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE UNIQUE INDEX "providers_id_key" ON "providers"("id");

-- CreateIndex
CREATE UNIQUE INDEX "providers_last_connection_test_id_key" ON "providers"("last_connection_test_id");

-- CreateIndex
CREATE INDEX "providers_sort_name_number_idx" ON "providers"("sort_name", "number");

-- CreateIndex
CREATE INDEX "providers_created_at_number_idx" ON "providers"("created_at", "number");

-- CreateIndex
CREATE INDEX "providers_updated_at_number_idx" ON "providers"("updated_at", "number");

-- CreateIndex
CREATE UNIQUE INDEX "providers_live_name_key" ON "providers"("name") WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_id_key" ON "api_keys"("id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_last_connection_test_id_key" ON "api_keys"("last_connection_test_id");

-- CreateIndex
CREATE INDEX "api_keys_provider_id_number_idx" ON "api_keys"("provider_id", "number");

-- CreateIndex
CREATE INDEX "api_key_secrets_kid_idx" ON "api_key_secrets"("kid");

-- CreateIndex
CREATE INDEX "provider_secrets_kid_idx" ON "provider_secrets"("kid");

-- CreateIndex
CREATE UNIQUE INDEX "connection_tests_id_key" ON "connection_tests"("id");

-- CreateIndex
CREATE INDEX "connection_tests_provider_id_number_idx" ON "connection_tests"("provider_id", "number");

-- CreateIndex
CREATE INDEX "connection_tests_api_key_id_idx" ON "connection_tests"("api_key_id");

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_id_key" ON "access_tokens"("id");

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_lookup_id_key" ON "access_tokens"("lookup_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_events_id_key" ON "audit_events"("id");

-- CreateIndex
CREATE INDEX "audit_events_subject_id_number_idx" ON "audit_events"("subject_id", "number");

-- CreateIndex
CREATE INDEX "audit_events_created_at_idx" ON "audit_events"("created_at");

-- AddForeignKey
ALTER TABLE "providers" ADD CONSTRAINT "providers_last_connection_test_id_fkey" FOREIGN KEY ("last_connection_test_id") REFERENCES "connection_tests"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_last_connection_test_id_fkey" FOREIGN KEY ("last_connection_test_id") REFERENCES "connection_tests"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key_secrets" ADD CONSTRAINT "api_key_secrets_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key_secrets" ADD CONSTRAINT "api_key_secrets_kid_fkey" FOREIGN KEY ("kid") REFERENCES "encryption_keys"("kid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_secrets" ADD CONSTRAINT "provider_secrets_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_secrets" ADD CONSTRAINT "provider_secrets_kid_fkey" FOREIGN KEY ("kid") REFERENCES "encryption_keys"("kid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_tests" ADD CONSTRAINT "connection_tests_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_tests" ADD CONSTRAINT "connection_tests_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_keys"("id") ON DELETE SET NULL ON UPDATE CASCADE;
