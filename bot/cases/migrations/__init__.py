"""Alembic's migrations of our tables. `env.py` and `versions/` are run by Alembic, never imported."""
