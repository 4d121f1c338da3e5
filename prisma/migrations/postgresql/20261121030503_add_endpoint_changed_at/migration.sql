-- AlterTable
ALTER TABLE "providers" ADD COLUMN     "endpoint_changed_at" TIMESTAMP(3);
