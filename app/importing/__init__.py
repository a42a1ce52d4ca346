"""How files from outside become exams: found, described by a worker, compared, kept, filed."""
