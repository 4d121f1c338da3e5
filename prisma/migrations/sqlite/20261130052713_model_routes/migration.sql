-- CreateTable
CREATE TABLE "model_routes" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "retry_after_timeout" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "route_targets" (
    "number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "route_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "weight" REAL NOT NULL DEFAULT 1,
    "priority" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "route_targets_route_id_fkey" FOREIGN KEY ("route_id") REFERENCES "model_routes" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "route_targets_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "model_routes_id_key" ON "model_routes"("id");

-- CreateIndex
CREATE UNIQUE INDEX "model_routes_name_key" ON "model_routes"("name");

-- CreateIndex
CREATE UNIQUE INDEX "route_targets_id_key" ON "route_targets"("id");

-- CreateIndex
CREATE INDEX "route_targets_route_id_number_idx" ON "route_targets"("route_id", "number");

-- CreateIndex
CREATE INDEX "route_targets_provider_id_idx" ON "route_targets"("provider_id");
