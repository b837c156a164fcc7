"""What this phone keeps: SQLite rows with sealed payloads; in clear only ids, words, times, state of sync."""
