"""Field audits: the protocol that was registered, and the table of what came back.

No channel of ours: volunteers write to brands and hand in two files. How they are to
be written is in docs/audits.md.
"""

from collectors.audits.protocol import read_protocol
from collectors.audits.results import Sent, read_results

__all__ = ["Sent", "read_protocol", "read_results"]
