"""What can go wrong with a vendor, as one closed tree.

VendorError
├── Unreachable      no answer, a timeout on a read, 5xx, or an answer that cannot be read: ask again later
├── Throttled        the vendor's limit (429); nothing was done
├── Denied           wrong credentials, or the key lacks the role (401, 403)
├── NotFound         the vendor says there is no such record
├── Rejected         the vendor understood and refused (400, 409, 422); nothing was done
├── Unsupported      the vendor has no such operation, or it is switched off in the settings
└── UnknownOutcome   a write was sent and nobody can say whether it happened: read back, never resend blindly

`reason` is a short plain clause for staff ("Alpine IQ did not answer in time"); `detail` is for the operator and is
redacted already. Neither carries credentials or personal data.
"""

from __future__ import annotations


class VendorError(Exception):
    """Base of all vendor errors. `code` is stable and goes into metrics, evidence and logs."""

    code = "vendor_error"

    def __init__(self, vendor: str, reason: str, *, detail: str = "", trace_id: str | None = None) -> None:
        super().__init__(f"{vendor}: {reason}" + (f" ({detail})" if detail else ""))
        self.vendor = vendor
        self.reason = reason
        self.detail = detail
        self.trace_id = trace_id


class Unreachable(VendorError):
    code = "unreachable"


class Throttled(VendorError):
    """`retry_after` is the vendor's own wait in seconds, where it named one."""

    code = "throttled"

    def __init__(
        self,
        vendor: str,
        reason: str,
        *,
        detail: str = "",
        trace_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(vendor, reason, detail=detail, trace_id=trace_id)
        self.retry_after = retry_after


class Denied(VendorError):
    code = "denied"


class NotFound(VendorError):
    code = "not_found"


class Rejected(VendorError):
    code = "rejected"


class Unsupported(VendorError):
    code = "unsupported"


class UnknownOutcome(VendorError):
    code = "unknown_outcome"
