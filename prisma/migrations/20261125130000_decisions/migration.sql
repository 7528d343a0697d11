ALTER TABLE "approvals" ADD COLUMN "decision_id" UUID, ADD COLUMN "form" JSON;

-- A session, or a user, that is purged takes its own with it without a look at all others.
CREATE INDEX "approvals_session_id_idx" ON "approvals"("session_id");
CREATE INDEX "tool_decisions_user_id_idx" ON "tool_decisions"("user_id");
