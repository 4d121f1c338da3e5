-- AlterTable
ALTER TABLE "connection_tests" ADD COLUMN     "model_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "model_list_id" TEXT;

-- CreateTable
CREATE TABLE "model_lists" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "names" JSONB NOT NULL,

    CONSTRAINT "model_lists_pkey" PRIMARY KEY ("number")
);

-- The lists that tests of today would have kept; equal ones of a provider once.
INSERT INTO "model_lists" ("id", "provider_id", "names")
SELECT min("id"), "provider_id", "models" FROM "connection_tests" AS t
WHERE jsonb_array_length("models") > 0 AND (
    "id" IN (SELECT "last_connection_test_id" FROM "providers" WHERE "last_connection_test_id" IS NOT NULL)
    OR "id" IN (SELECT "last_connection_test_id" FROM "api_keys" WHERE "last_connection_test_id" IS NOT NULL)
    OR ("status" = 'OK' AND "tested_at" = (
        SELECT max("tested_at") FROM "connection_tests" AS g WHERE g."provider_id" = t."provider_id" AND g."status" = 'OK'
    ))
)
GROUP BY "provider_id", "models";

UPDATE "connection_tests" AS t SET "model_count" = jsonb_array_length("models"),
    "model_list_id" = (SELECT l."id" FROM "model_lists" AS l WHERE l."provider_id" = t."provider_id" AND l."names" = t."models");

-- AlterTable
ALTER TABLE "connection_tests" DROP COLUMN "models";

-- CreateIndex
CREATE UNIQUE INDEX "model_lists_id_key" ON "model_lists"("id");

-- CreateIndex
CREATE INDEX "model_lists_provider_id_number_idx" ON "model_lists"("provider_id", "number");

-- CreateIndex
CREATE INDEX "connection_tests_model_list_id_idx" ON "connection_tests"("model_list_id");

-- AddForeignKey
ALTER TABLE "connection_tests" ADD CONSTRAINT "connection_tests_model_list_id_fkey" FOREIGN KEY ("model_list_id") REFERENCES "model_lists"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_lists" ADD CONSTRAINT "model_lists_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
