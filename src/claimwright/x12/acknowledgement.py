"""Acknowledgements in one place: TA1 and 999 (functional.py), 277CA (claim_acknowledgement.py)."""

from claimwright.x12.claim_acknowledgement import ClaimAck, ClaimAcks, LineAck, read_277ca, stream_277ca, write_277ca
from claimwright.x12.functional import FunctionalAck, SetAck, Ta1, read_999, read_ta1, write_999, write_ta1

__all__ = [
    "ClaimAck", "ClaimAcks", "FunctionalAck", "LineAck", "SetAck", "Ta1", "read_277ca", "read_999", "read_ta1", "stream_277ca",
    "write_277ca", "write_999", "write_ta1",
]  # fmt: skip
