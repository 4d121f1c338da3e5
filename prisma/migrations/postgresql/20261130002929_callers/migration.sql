-- AlterEnum
ALTER TYPE "Role" ADD VALUE 'CALLER';

-- AlterTable
ALTER TABLE "providers" ADD COLUMN     "call_routes" TEXT NOT NULL DEFAULT 'STANDARD';

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "availability_resets" INTEGER NOT NULL DEFAULT 0;
