-- AlterTable
ALTER TABLE "providers" ADD COLUMN "dialect_settings" JSONB;
