"""What trainers do with a bank's questions: compare versions, find doubles, try answers."""
