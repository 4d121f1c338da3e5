-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN "revision" INTEGER;

-- CreateTable
CREATE TABLE "revisions" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "value" INTEGER NOT NULL
);

-- CreateIndex
CREATE INDEX "audit_events_revision_number_idx" ON "audit_events"("revision", "number");

-- The one row
INSERT INTO "revisions" ("id", "value") VALUES (1, 0);
