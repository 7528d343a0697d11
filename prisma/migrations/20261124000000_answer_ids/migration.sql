-- An answer's id is taken from the moment that its run is made: no message may have it, and no other answer.
CREATE UNIQUE INDEX "runs_answer_id_key" ON "runs"("answer_id");
