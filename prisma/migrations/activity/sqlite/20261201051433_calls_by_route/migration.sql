-- CreateIndex
CREATE INDEX "model_calls_route_id_idx" ON "model_calls"("route", "id");
