"""The dialog, the policy and the understanding: pure values in, pure values out. No I/O, no clock, no wording."""

from conversations.data_error import DataError
from conversations.dialog.answers import Answer
from conversations.dialog.conversation import Conversation, Turn
from conversations.dialog.replay import Place, replay
from conversations.dialog.replies import Choice, Notice, Reply, Role
from conversations.dialog.steps import StepName
from conversations.dialog.turns import advance, look
from conversations.events import (
    FIRST_LANGUAGE,
    JOINED,
    Asked,
    Attachment,
    Chose,
    Event,
    Filled,
    Language,
    Quoted,
    Rewrote,
    Sent,
    Started,
    Wrote,
)
from conversations.policy.handbook import Handbook
from conversations.policy.order import Order
from conversations.policy.read_handbook import read_handbook
from conversations.reading.readers import Readers, read_readers

__all__ = [
    "FIRST_LANGUAGE",
    "JOINED",
    "Answer",
    "Asked",
    "Attachment",
    "Choice",
    "Chose",
    "Conversation",
    "DataError",
    "Event",
    "Filled",
    "Handbook",
    "Language",
    "Notice",
    "Order",
    "Place",
    "Quoted",
    "Readers",
    "Reply",
    "Rewrote",
    "Role",
    "Sent",
    "Started",
    "StepName",
    "Turn",
    "Wrote",
    "advance",
    "look",
    "read_handbook",
    "read_readers",
    "replay",
]
