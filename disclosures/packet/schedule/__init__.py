"""The record schedules: each exhibit's rows as a table, at any number of rows."""
