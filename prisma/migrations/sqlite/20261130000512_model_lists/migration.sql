-- CreateTable
CREATE TABLE "model_lists" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "names" JSONB NOT NULL,
    CONSTRAINT "model_lists_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- The lists that tests of today would have kept; equal ones of a provider once.
INSERT INTO "model_lists" ("id", "provider_id", "names")
SELECT min("id"), "provider_id", "models" FROM "connection_tests" AS t
WHERE json_array_length("models") > 0 AND (
    "id" IN (SELECT "last_connection_test_id" FROM "providers" WHERE "last_connection_test_id" IS NOT NULL)
    OR "id" IN (SELECT "last_connection_test_id" FROM "api_keys" WHERE "last_connection_test_id" IS NOT NULL)
    OR ("status" = 'OK' AND "tested_at" = (
        SELECT max("tested_at") FROM "connection_tests" AS g WHERE g."provider_id" = t."provider_id" AND g."status" = 'OK'
    ))
)
GROUP BY "provider_id", "models";

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_connection_tests" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "api_key_id" TEXT,
    "status" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "http_status" INTEGER,
    "key_verified" BOOLEAN NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "model_count" INTEGER NOT NULL DEFAULT 0,
    "model_list_id" TEXT,
    "tested_at" DATETIME NOT NULL,
    CONSTRAINT "connection_tests_model_list_id_fkey" FOREIGN KEY ("model_list_id") REFERENCES "model_lists" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "connection_tests_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "connection_tests_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_keys" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
INSERT INTO "new_connection_tests" ("api_key_id", "duration_ms", "http_status", "id", "key_verified", "message", "model_count", "model_list_id", "number", "provider_id", "status", "tested_at")
SELECT "api_key_id", "duration_ms", "http_status", "id", "key_verified", "message", json_array_length("models"),
    (SELECT l."id" FROM "model_lists" AS l WHERE l."provider_id" = t."provider_id" AND l."names" = t."models"),
    "number", "provider_id", "status", "tested_at" FROM "connection_tests" AS t;
DROP TABLE "connection_tests";
ALTER TABLE "new_connection_tests" RENAME TO "connection_tests";
CREATE UNIQUE INDEX "connection_tests_id_key" ON "connection_tests"("id");
CREATE INDEX "connection_tests_provider_id_number_idx" ON "connection_tests"("provider_id", "number");
CREATE INDEX "connection_tests_api_key_id_idx" ON "connection_tests"("api_key_id");
CREATE INDEX "connection_tests_model_list_id_idx" ON "connection_tests"("model_list_id");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE UNIQUE INDEX "model_lists_id_key" ON "model_lists"("id");

-- CreateIndex
CREATE INDEX "model_lists_provider_id_number_idx" ON "model_lists"("provider_id", "number");
