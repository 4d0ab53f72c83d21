"""What durable work needs of the world above it. Slack implements these; tests and the terminal do too.

Work never renders and never imports Slack: it says *that* something changed, by id, and the presenter reads the stored
truth and shows it. Every method may be called again for the same state (after a crash) and must then show the same
thing without a second new message: what was posted is remembered in the `posts` table.
"""

from __future__ import annotations

from typing import Protocol


class Presenter(Protocol):
    """Shows stored state to people."""

    def working(self, case_id: str) -> None:
        """Show at once that the question is being looked into."""

    def show_case(self, case_id: str) -> None:
        """Post or edit the case's card from its stored state, and clear any status."""

    def show_proposal(self, proposal_id: str) -> None:
        """Edit every view of this proposal; post the new messages that the design names (decision needed; decided;
        done or failed), each once."""

    def remind(self, proposal_id: str, nth: int) -> None:
        """Nudge those who may decide, by editing the request and mentioning them once more in the thread."""

    def failed(self, case_id: str) -> None:
        """Say kindly that the work broke, what was kept, and what to do now; clear any status."""
