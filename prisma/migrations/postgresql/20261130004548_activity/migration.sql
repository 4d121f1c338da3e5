-- CreateTable
CREATE TABLE "last_uses" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "last_uses_pkey" PRIMARY KEY ("id")
);
