-- CreateTable; ids by bytes, which is the order of their times in any language.
CREATE TABLE "model_calls" (
    "id" TEXT COLLATE "C" NOT NULL,
    "started_at" TIMESTAMP(3) NOT NULL,
    "provider_id" TEXT,
    "provider_name" TEXT,
    "provider_type" TEXT,
    "api_key_id" TEXT,
    "api_key_masked" TEXT,
    "caller_kind" TEXT NOT NULL,
    "caller_id" TEXT NOT NULL,
    "caller_name" TEXT NOT NULL,
    "route" TEXT,
    "kind" TEXT NOT NULL,
    "model" TEXT,
    "answered_model" TEXT,
    "streamed" BOOLEAN NOT NULL,
    "outcome" TEXT NOT NULL,
    "http_status" INTEGER,
    "attempts" INTEGER NOT NULL,
    "first_byte_ms" INTEGER,
    "duration_ms" INTEGER NOT NULL,
    "request_bytes" DOUBLE PRECISION NOT NULL,
    "response_bytes" DOUBLE PRECISION NOT NULL,
    "usage_source" TEXT NOT NULL,
    "input_tokens" DOUBLE PRECISION,
    "cached_input_tokens" DOUBLE PRECISION,
    "cache_write_tokens" DOUBLE PRECISION,
    "output_tokens" DOUBLE PRECISION,
    "reasoning_tokens" DOUBLE PRECISION,
    "client" TEXT,
    "vendor_request_id" TEXT,

    CONSTRAINT "model_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_sums" (
    "hours" INTEGER NOT NULL,
    "at" INTEGER NOT NULL,
    "provider_id" TEXT NOT NULL,
    "api_key_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "caller_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "calls" INTEGER NOT NULL,
    "missing_usage" INTEGER NOT NULL,
    "input_tokens" DOUBLE PRECISION NOT NULL,
    "cached_input_tokens" DOUBLE PRECISION NOT NULL,
    "cache_write_tokens" DOUBLE PRECISION NOT NULL,
    "output_tokens" DOUBLE PRECISION NOT NULL,
    "reasoning_tokens" DOUBLE PRECISION NOT NULL,
    "first_byte_0" INTEGER NOT NULL DEFAULT 0,
    "first_byte_1" INTEGER NOT NULL DEFAULT 0,
    "first_byte_2" INTEGER NOT NULL DEFAULT 0,
    "first_byte_3" INTEGER NOT NULL DEFAULT 0,
    "first_byte_4" INTEGER NOT NULL DEFAULT 0,
    "first_byte_5" INTEGER NOT NULL DEFAULT 0,
    "first_byte_6" INTEGER NOT NULL DEFAULT 0,
    "first_byte_7" INTEGER NOT NULL DEFAULT 0,
    "first_byte_8" INTEGER NOT NULL DEFAULT 0,
    "first_byte_9" INTEGER NOT NULL DEFAULT 0,
    "first_byte_10" INTEGER NOT NULL DEFAULT 0,
    "first_byte_11" INTEGER NOT NULL DEFAULT 0,
    "first_byte_12" INTEGER NOT NULL DEFAULT 0,
    "first_byte_13" INTEGER NOT NULL DEFAULT 0,
    "first_byte_14" INTEGER NOT NULL DEFAULT 0,
    "first_byte_15" INTEGER NOT NULL DEFAULT 0,
    "first_byte_16" INTEGER NOT NULL DEFAULT 0,
    "first_byte_17" INTEGER NOT NULL DEFAULT 0,
    "first_byte_18" INTEGER NOT NULL DEFAULT 0,
    "first_byte_19" INTEGER NOT NULL DEFAULT 0,
    "first_byte_20" INTEGER NOT NULL DEFAULT 0,
    "first_byte_21" INTEGER NOT NULL DEFAULT 0,
    "first_byte_22" INTEGER NOT NULL DEFAULT 0,
    "first_byte_23" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "usage_sums_pkey" PRIMARY KEY ("hours","at","provider_id","api_key_id","model","caller_id","outcome")
);

-- CreateTable
CREATE TABLE "usage_names" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "seen_on" INTEGER NOT NULL,

    CONSTRAINT "usage_names_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "model_calls_caller_id_id_idx" ON "model_calls"("caller_id", "id");

-- CreateIndex
CREATE INDEX "model_calls_provider_id_id_idx" ON "model_calls"("provider_id", "id");

-- CreateIndex
CREATE INDEX "model_calls_api_key_id_id_idx" ON "model_calls"("api_key_id", "id");

-- CreateIndex
CREATE INDEX "model_calls_model_id_idx" ON "model_calls"("model", "id");

-- CreateIndex
CREATE INDEX "model_calls_outcome_id_idx" ON "model_calls"("outcome", "id");

-- CreateIndex
CREATE INDEX "usage_sums_caller_id_hours_at_idx" ON "usage_sums"("caller_id", "hours", "at");

-- CreateIndex
CREATE INDEX "usage_names_seen_on_idx" ON "usage_names"("seen_on");
