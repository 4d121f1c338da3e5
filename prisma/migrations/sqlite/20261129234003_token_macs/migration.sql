-- A release that knows no MACs must not read tokens: it fails at the old name
ALTER TABLE "access_tokens" RENAME COLUMN "secret_hash" TO "secret_digest";

-- AlterTable
ALTER TABLE "access_tokens" ADD COLUMN "calls" JSONB;
ALTER TABLE "access_tokens" ADD COLUMN "mac" TEXT;
ALTER TABLE "access_tokens" ADD COLUMN "kid" TEXT CONSTRAINT "access_tokens_kid_fkey" REFERENCES "encryption_keys" ("kid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "access_tokens_kid_idx" ON "access_tokens"("kid");
