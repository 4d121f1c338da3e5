-- AlterTable
ALTER TABLE "providers" ADD COLUMN "dialect_data" JSONB;

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN "dialect_data" JSONB;
