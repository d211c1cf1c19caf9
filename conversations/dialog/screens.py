"""What a buyer sees at each place: the screens with their choices, in the order in which they are read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from conversations.dialog.answers import answer_of
from conversations.dialog.replay import Place
from conversations.dialog.replies import Choice, Reply, other_languages
from conversations.dialog.steps import READINGS, STEPS, StepName
from conversations.events import Language
from conversations.policy.eligibility import Verdict, examine
from conversations.policy.handbook import Handbook
from conversations.policy.order import UNKNOWN, UNSEEN, Order
from conversations.policy.rows import AnsweredBy, Reason

BACK = Choice("back", "back")
HOME = Choice("home", "home")
CONTINUE = Choice("continue", "continue")
DAYS_AGO: Mapping[str, int] = {
    "today": 0,
    "yesterday": 1,
    "days_2_3": 3,
    "week_1": 7,
    "weeks_2": 14,
    "weeks_3": 21,
    "month_1": 35,
}
"""What a date question offers: the label's name and how many days ago. "Over a month" counts five weeks: longer
than any method's time, holidays included."""
ORDER_WAYS = (Choice("menu:check", "menu:check"), Choice("menu:write", "menu:write"))
"""What a page that answers a question leads to, whatever it is about."""
SHOWN_CAUTIONS = 3
"""A verdict is one screen; the other cautions that apply have a screen of their own."""


def screens(place: Place, language: Language, handbook: Handbook, today: date) -> tuple[Reply, ...]:
    """Return the messages for a place: what is being read, if anything, and the question or screen itself."""
    shows_details = place.step in {StepName.DRAFT, StepName.MENU, *handbook.details}
    if not shows_details and place.order.tells_any(handbook.details):
        place = replace(place, order=place.order.without(*handbook.details))
    pending = _PENDING.get(place.step, _question)(place, language, handbook, today)
    if place.reading is not None:
        reading = _reading(place, language, handbook, today)
        if place.step in STEPS:
            ways = (BACK, HOME) if place.step in READINGS else (CONTINUE, BACK, HOME)
            pending = (replace(reading, choices=(*reading.choices, *ways)),)
        else:
            pending = (reading, *pending)
    return pending


def _choices(step: str, values: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(f"{step}:{value}", f"{step}:{value}") for value in values)


def _reading(place: Place, language: Language, handbook: Handbook, today: date) -> Reply:
    subject = place.reading.value if place.reading is not None else ""
    if place.reading is not None and place.reading.step == StepName.HELP:
        return Reply(_HELP_SCREENS[subject], place.order, today, _beside_help(subject, language))
    related = _choices(StepName.TOPIC, handbook.topic[subject].related)
    return Reply("topic", place.order, today, (*related, *ORDER_WAYS), subject=subject)


_HELP_SCREENS = {"me": "help", "cancel": "leave", "settings": "settings", "privacy": "privacy", "forget": "forget"}


def _beside_help(subject: str, language: Language) -> tuple[Choice, ...]:
    """Return where a page about the product leads. Who says "cancel" mostly means the order: its check comes first."""
    match subject:
        case "cancel":
            return (*ORDER_WAYS, Choice("restart", "restart"))
        case "settings":
            return (*other_languages(language), *_choices(StepName.HELP, ("privacy", "forget")))
        case "privacy":
            return _choices(StepName.HELP, ("forget",))
        case "forget":
            return (Choice("forget", "forget"),)
        case _:
            return _choices(StepName.MENU, ("check", "questions", "write", "reply"))


def _question(place: Place, _: Language, handbook: Handbook, today: date) -> tuple[Reply, ...]:
    step, fact = place.step, handbook.fact[place.step]
    match fact.answered_by:
        case AnsweredBy.DAY:
            days = tuple(
                Choice(f"{step}:{today - timedelta(days=ago)}", f"ago:{name}") for name, ago in DAYS_AGO.items()
            )
            choices = (*days, *_choices(step, (UNKNOWN,)))
        case AnsweredBy.WORDS:
            given = place.order.fact(step)
            keep = (Choice(f"{step}:{given}", "keep"),) if given else ()
            choices = (*keep, Choice(f"{step}:", "skip"))
        case _:
            unknown = UNSEEN if place.explained else UNKNOWN
            choices = _choices(step, (*handbook.values[step], *((unknown,) if fact.or_unknown else ())))
    choices += tuple(
        Choice(token, f"{step}:{label}")
        for label, token in fact.elsewhere.items()
        if place.order.fact(answer_of(token).step) != answer_of(token).value
    )
    for one in place.assumed:
        others = tuple(value for value in handbook.values[one] if value != handbook.fact[one].assumed)
        choices += _choices(one, others)
    return (Reply(step, place.order, today, (*choices, BACK, HOME), explained=place.explained, assumed=place.assumed),)


def _menu(place: Place, language: Language, _: Handbook, today: date) -> tuple[Reply, ...]:
    known = place.order.status is not None
    check = Choice("menu:check", "menu:check_again" if known else "menu:check")
    choices = [
        check,
        *(Choice(f"menu:{value}", f"menu:{value}") for value in ("questions", "write", "reply")),
    ]
    choices += other_languages(language)
    choices += [Choice("help:me", "help:me")]
    if place.order.known():
        choices += [Choice("restart", "restart")]
    return (Reply("menu", place.order, today, tuple(choices)),)


def _verdict(place: Place, _: Language, __: Handbook, today: date) -> tuple[Reply, ...]:
    verdict = _reached(place)
    choices = (*_choices(StepName.VERDICT, _own_device_first(place, verdict)), BACK, HOME)
    cautions = verdict.cautions[:SHOWN_CAUTIONS]
    return (Reply("verdict", place.order, today, choices, verdict.outcome, verdict, cautions=cautions),)


def _own_device_first(place: Place, verdict: Verdict) -> tuple[str, ...]:
    device = place.order.fact("device")
    return verdict.ways if device is None else tuple(sorted(verdict.ways, key=lambda way: way != device))


def _beside_verdict(place: Place, _: Language, __: Handbook, today: date) -> tuple[Reply, ...]:
    """Show the steps, the money or the cautions, with the other ways on from the verdict."""
    verdict = _reached(place)
    here = {place.device if place.step == StepName.STEPS else place.step, "cautions", "change"}
    choices = _choices(StepName.VERDICT, tuple(way for way in verdict.ways if way not in here))
    if place.step == StepName.STEPS:
        subject = f"{place.device}_{verdict.steps}"
        return (Reply("steps", place.order, today, (*choices, BACK, HOME), subject, verdict),)
    if place.step == StepName.MONEY:
        choices += (Choice("money:payment", "money:payment"),)
    choices += _choices(StepName.TOPIC, verdict.topics)
    others = verdict.cautions[SHOWN_CAUTIONS:]
    return (Reply(place.step, place.order, today, (*choices, BACK, HOME), verdict.outcome, verdict, cautions=others),)


def _reached(place: Place) -> Verdict:
    assert place.verdict is not None  # noqa: S101  # these screens hang on a verdict
    return place.verdict


def _change(place: Place, _: Language, handbook: Handbook, today: date) -> tuple[Reply, ...]:
    considered = examine(place.order, handbook, today).considered
    facts = dict.fromkeys((*considered, *(fact for fact in ("payment", "reason") if place.order.fact(fact))))
    choices = (*_choices(StepName.CHANGE, tuple(facts)), BACK, HOME)
    return (Reply("change", place.order, today, choices, verdict=place.verdict),)


def _list(place: Place, _: Language, handbook: Handbook, today: date) -> tuple[Reply, ...]:
    """Show a menu: kinds of message, groups of replies or questions, and what is in a group."""
    step = place.step
    match step:
        case StepName.TOPIC:
            values = handbook.topic_group[place.group or ""].topics
        case StepName.REPLY_KIND:
            values = handbook.reply_group[place.group or ""].kinds
        case StepName.WRITE:
            values = tuple(sorted(handbook.menu_drafts, key=lambda draft: not handbook.is_true_at(draft, place.stage)))
        case _:
            values = STEPS[step].offered(handbook)
    choices = _choices(step, values)
    choices += tuple(Choice(token, label) for token, label in STEPS[step].also.items())
    screen = "topic_list" if step == StepName.TOPIC else step
    return (Reply(screen, place.order, today, (*choices, BACK, HOME), subject=place.group),)


def _drafts(place: Place, _: Language, handbook: Handbook, today: date) -> tuple[Reply, ...]:
    """Show the messages to the seller, each alone so that it can be copied, the choices under the last."""
    replies: list[Reply] = []
    order, stage = place.order, place.stage
    reason = handbook.reason.get(order.reason or "")
    if reason is not None and reason.of_whole_order:
        order = order.without("scope")
    replies += [seller_reply(kind, order, stage, handbook, today) for kind in place.reply_kinds]
    for number, draft in enumerate(place.drafts, 1):
        one = Reply("draft", order, today, draft=draft, verdict=place.verdict, stage=stage)
        if draft in handbook.cancel_drafts:
            replies.append(replace(one, form=True))
        replies.append(replace(one, number=number if len(place.drafts) > 1 else 0))
    details = handbook.details_of(place.drafts, order)
    choices = _choices(StepName.DRAFT, ("details",) if details else ())
    choices += _choices(StepName.DRAFT, tuple(one for one in ("own_reason",) if one in details))
    stages = _stages(place, handbook)
    choices += stages
    if replies[0].form and reason is not None:
        choices += _request_ways(order, reason)
    choices += (BACK, HOME)
    return (*replies[:-1], replace(replies[-1], choices=choices, stage_open=bool(stages)))


def _request_ways(order: Order, reason: Reason) -> tuple[Choice, ...]:
    """Return how a cancellation request can be changed: of the whole or a part, for another reason, into a change."""
    other = "whole" if order.is_part else "part"
    is_open = order.status != "partially_shipped" and not reason.of_whole_order
    scope = (Choice(f"scope:{other}", f"scope:{other}"),) if is_open else ()
    change = () if reason.change is None else (Choice(reason.change, "write:change_instead"),)
    return (*scope, Choice("draft:reason", "draft:reason"), *change)


def seller_reply(kind: str, order: Order, stage: str | None, handbook: Handbook, today: date) -> Reply:
    """Return the explanation of a kind of seller's message at a stage of the order."""
    return Reply("reply", order, today, subject=kind, stage=stage, drafts=handbook.answers_to((kind,), stage))


def _stages(place: Place, handbook: Handbook) -> tuple[Choice, ...]:
    """Return the stages to choose from, where the answer to a seller depends on one that the buyer has not told."""
    depends = any(handbook.reply_kind[kind].at for kind in place.reply_kinds)
    if place.order.status is not None or not depends:
        return ()
    return tuple(
        Choice(f"status:{row.stands_for}", f"stage:{row.stage}")
        for row in handbook.stages
        if row.stands_for is not None and row.stage != place.stage
    )


_Screen = Callable[[Place, Language, Handbook, date], tuple[Reply, ...]]
_PENDING: Mapping[str, _Screen] = {
    StepName.MENU: _menu,
    StepName.VERDICT: _verdict,
    StepName.STEPS: _beside_verdict,
    StepName.MONEY: _beside_verdict,
    StepName.CAUTIONS: _beside_verdict,
    StepName.CHANGE: _change,
    StepName.WRITE: _list,
    StepName.REPLY_GROUP: _list,
    StepName.REPLY_KIND: _list,
    StepName.TOPIC_GROUP: _list,
    StepName.TOPIC: _list,
    StepName.DRAFT: _drafts,
}
