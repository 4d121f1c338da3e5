-- CreateTable
CREATE TABLE "providers" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL DEFAULT '',
    "sort_name" TEXT NOT NULL,
    "search_text" TEXT NOT NULL,
    "icon" TEXT NOT NULL DEFAULT '',
    "type" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB,
    "network" JSONB,
    "vendor_preset" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "deleted_at" DATETIME,
    "last_connection_test_id" TEXT,
    CONSTRAINT "providers_last_connection_test_id_fkey" FOREIGN KEY ("last_connection_test_id") REFERENCES "connection_tests" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "api_keys" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "name" TEXT,
    "masked" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "weight" REAL NOT NULL DEFAULT 1,
    "environment_variable" TEXT,
    "created_at" DATETIME NOT NULL,
    "last_connection_test_id" TEXT,
    CONSTRAINT "api_keys_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "api_keys_last_connection_test_id_fkey" FOREIGN KEY ("last_connection_test_id") REFERENCES "connection_tests" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "api_key_secrets" (
    "api_key_id" TEXT NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL,
    "kid" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    CONSTRAINT "api_key_secrets_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_keys" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "api_key_secrets_kid_fkey" FOREIGN KEY ("kid") REFERENCES "encryption_keys" ("kid") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "provider_secrets" (
    "provider_id" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "kid" TEXT NOT NULL,

    PRIMARY KEY ("provider_id", "field"),
    CONSTRAINT "provider_secrets_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "provider_secrets_kid_fkey" FOREIGN KEY ("kid") REFERENCES "encryption_keys" ("kid") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "encryption_keys" (
    "kid" TEXT NOT NULL PRIMARY KEY,
    "canary" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "retired_at" DATETIME
);

-- CreateTable
CREATE TABLE "connection_tests" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "api_key_id" TEXT,
    "status" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "http_status" INTEGER,
    "key_verified" BOOLEAN NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "models" JSONB NOT NULL,
    "tested_at" DATETIME NOT NULL,
    CONSTRAINT "connection_tests_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "connection_tests_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_keys" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "access_tokens" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "lookup_id" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "last_used_at" DATETIME,
    "expires_at" DATETIME,
    "revoked_at" DATETIME
);

-- CreateTable
CREATE TABLE "audit_events" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "changes" JSONB,
    "request_id" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL
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
CREATE UNIQUE INDEX "providers_live_name_key" ON "providers"("name") WHERE deleted_at IS NULL;

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
