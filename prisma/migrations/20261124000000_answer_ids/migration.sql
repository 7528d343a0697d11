-- An answer's id is taken from the moment that its run is made: no message may have it, and no other answer.
CREATE UNIQUE INDEX "runs_answer_id_key" ON "runs"("answer_id");

-- Visitors who left nothing are looked for by their age.
CREATE INDEX "users_created_at_idx" ON "users"("created_at");
