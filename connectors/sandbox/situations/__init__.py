"""The situations of the world as data, by theme."""
