-- A release that knows no MACs must not read tokens: it fails at the old name
ALTER TABLE "access_tokens" RENAME COLUMN "secret_hash" TO "secret_digest";

-- AlterTable
ALTER TABLE "access_tokens" ADD COLUMN     "calls" JSONB,
ADD COLUMN     "kid" TEXT,
ADD COLUMN     "mac" TEXT;

-- CreateIndex
CREATE INDEX "access_tokens_kid_idx" ON "access_tokens"("kid");

-- AddForeignKey
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_kid_fkey" FOREIGN KEY ("kid") REFERENCES "encryption_keys"("kid") ON DELETE RESTRICT ON UPDATE CASCADE;
