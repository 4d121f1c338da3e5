-- CreateTable
CREATE TABLE "last_uses" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL
);
