"""The dialog, the policy and the understanding: pure values in, pure values out. No I/O, no clock, no wording."""

from conversations.conversation import Conversation, Turn, advance, look
from conversations.events import Asked, Attachment, Chose, Event, Language, Quoted, Sent, Started, Wrote
from conversations.handbook import Handbook, HandbookError, read_handbook
from conversations.order import Order
from conversations.place import Answer, Place, replay
from conversations.replies import Choice, Notice, Reply
from conversations.steps import StepName

__all__ = [
    "Answer",
    "Asked",
    "Attachment",
    "Choice",
    "Chose",
    "Conversation",
    "Event",
    "Handbook",
    "HandbookError",
    "Language",
    "Notice",
    "Order",
    "Place",
    "Quoted",
    "Reply",
    "Sent",
    "Started",
    "StepName",
    "Turn",
    "Wrote",
    "advance",
    "look",
    "read_handbook",
    "replay",
]
