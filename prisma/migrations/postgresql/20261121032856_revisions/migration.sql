-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "revision" INTEGER;

-- CreateTable
CREATE TABLE "revisions" (
    "id" INTEGER NOT NULL,
    "value" INTEGER NOT NULL,

    CONSTRAINT "revisions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_events_revision_number_idx" ON "audit_events"("revision", "number");

-- The one row
INSERT INTO "revisions" ("id", "value") VALUES (1, 0);

-- The order of names is the order of their bytes in both databases, whatever the locale of the server
ALTER TABLE "providers" ALTER COLUMN "name" TYPE TEXT COLLATE "C";
ALTER TABLE "providers" ALTER COLUMN "sort_name" TYPE TEXT COLLATE "C";
