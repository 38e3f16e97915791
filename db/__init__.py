"""What is remembered: PostgreSQL tables and plain functions per subject, and the blob store."""
