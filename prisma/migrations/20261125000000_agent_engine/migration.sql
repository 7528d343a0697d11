-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "model" TEXT,
ADD COLUMN "reasoning_effort" TEXT;

-- AlterTable
ALTER TABLE "runs" ADD COLUMN "mode" TEXT NOT NULL DEFAULT 'follow-up';

-- CreateTable
CREATE TABLE "approvals" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "call_id" TEXT NOT NULL,
    "tool_name" TEXT NOT NULL,
    "fingerprint" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "approvals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tool_decisions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "session_id" UUID,
    "tool_name" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "is_approved" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tool_decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "files" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "media_type" TEXT NOT NULL,
    "name" TEXT,
    "data" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mcp_credentials" (
    "server" TEXT NOT NULL,
    "data" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mcp_credentials_pkey" PRIMARY KEY ("server")
);

-- CreateIndex
CREATE INDEX "approvals_run_id_idx" ON "approvals"("run_id");

-- CreateIndex
CREATE INDEX "files_session_id_idx" ON "files"("session_id");

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tool_decisions" ADD CONSTRAINT "tool_decisions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tool_decisions" ADD CONSTRAINT "tool_decisions_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "files" ADD CONSTRAINT "files_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's schema cannot say:
-- one active run a session, also while it waits for a person;
DROP INDEX "runs_one_active_key";
CREATE UNIQUE INDEX "runs_one_active_key" ON "runs"("session_id") WHERE "status" IN ('pending', 'running', 'waiting');
-- what a person has not decided yet;
CREATE INDEX "approvals_open_idx" ON "approvals"("session_id") WHERE "decided_at" IS NULL;
CREATE INDEX "approvals_expiry_idx" ON "approvals"("expires_at") WHERE "decided_at" IS NULL;
-- one decision on a tool in a session, and one for all sessions of a user.
CREATE UNIQUE INDEX "tool_decisions_session_key" ON "tool_decisions"("session_id", "tool_name") WHERE "session_id" IS NOT NULL;
CREATE UNIQUE INDEX "tool_decisions_user_key" ON "tool_decisions"("user_id", "tool_name") WHERE "session_id" IS NULL;
