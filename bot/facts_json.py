"""What was understood of typed words, in the form in which programs are told."""

from collections.abc import Mapping

JSON_FACTS = ("status", "payment", "reason", "coupon", "device", "scope")
"""The facts that programs are told, by name. Days and the finer facts only move the dialog."""


def as_json(facts: Mapping[str, str]) -> dict[str, str | bool]:
    """Return facts as JSON has them: a coupon is yes or no.

    >>> as_json({"coupon": "yes", "movement": "stuck", "status": "shipped"})
    {'status': 'shipped', 'coupon': True}
    """
    told: dict[str, str | bool] = {name: facts[name] for name in JSON_FACTS if name in facts}
    if "coupon" in told:
        told["coupon"] = told["coupon"] == "yes"
    return told
