-- CreateIndex
CREATE INDEX "providers_base_url_number_idx" ON "providers"("base_url", "number");

-- CreateIndex
CREATE INDEX "providers_type_name_number_idx" ON "providers"("type", "name", "number");
