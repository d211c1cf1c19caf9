"""Errors that a person can mend. Each message says what is wrong, where, and what to do next.

MendableError             the command line prints the message and ends with 2
├── ContentError          a file of the content (``content``): its author
├── SettingsError         an environment variable (``settings``): the operator
├── NewerStoreError       the chats were kept by a newer release (``store``): the operator
└── TranscriptError       a transcript (``transcripts``): its author

``StoreError`` is not among them: while the store fails, the chats go on without it.
"""


class MendableError(Exception):
    """Somebody can mend this; the message says who and how."""
