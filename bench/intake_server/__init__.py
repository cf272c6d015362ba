"""The gridloop server with one more page: a minimal view that inserts two rows, to be measured beside the whole pipeline."""
