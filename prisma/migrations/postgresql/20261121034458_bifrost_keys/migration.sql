-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "dialect_settings" JSONB;
