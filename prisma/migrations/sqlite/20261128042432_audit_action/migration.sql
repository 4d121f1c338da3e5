-- CreateIndex
CREATE INDEX "audit_events_action_number_idx" ON "audit_events"("action", "number");
