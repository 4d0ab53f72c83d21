"""`python -m bot.cli` is `pointsman`."""

from bot.cli import main

main()
