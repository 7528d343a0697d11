-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "leaf_id" UUID;

-- AlterTable
ALTER TABLE "messages" ADD COLUMN "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN "rating" TEXT;

-- AlterTable
ALTER TABLE "runs" ADD COLUMN "model" TEXT;

-- CreateIndex
CREATE INDEX "messages_parent_id_idx" ON "messages"("parent_id");

-- What Prisma's schema cannot say:
-- what a conversation begins with;
CREATE INDEX "messages_roots_idx" ON "messages"("session_id") WHERE "parent_id" IS NULL;
-- the few messages that are deleted and can still be brought back.
CREATE INDEX "messages_deleted_idx" ON "messages"("deleted_at") WHERE "deleted_at" IS NOT NULL;
