"""What holds of attempts, grades, draws and settings: no framework, database or clock."""
