"""Compares JSON that a document shows with what came."""

import json
from decimal import Decimal
from typing import Any


def differences(shown_text: str, real: Any) -> list[str]:
    """Where what is shown is not part of what came. Lists and objects may be shortened, and numbers rounded."""
    return _compare(json.loads(shown_text, parse_float=Decimal), real, "")


def _compare(shown: Any, real: Any, place: str) -> list[str]:
    if isinstance(shown, dict) and isinstance(real, dict):
        missing = [f"{place}/{key} is not there" for key in shown if key not in real]
        both = [key for key in shown if key in real]
        return missing + [found for key in both for found in _compare(shown[key], real[key], f"{place}/{key}")]
    if isinstance(shown, list) and isinstance(real, list):
        found: list[str] = []
        for index, item in enumerate(shown):
            # In any order: the closest of those with the same id says what differs.
            alike = [other for other in real if not isinstance(item, dict) or other.get("id") == item.get("id")]
            tried = [_compare(item, other, f"{place}/{index}") for other in alike]
            closest: list[str] = min(tried, key=len, default=[f"{place}/{index} is not there"])
            found += closest
        return found
    if isinstance(shown, Decimal) and isinstance(real, (int, float)) and not isinstance(real, bool):
        same = Decimal(str(real)).quantize(shown) == shown
    else:
        same = type(shown) is type(real) and shown == real
    return [] if same else [f"{place} is shown as {shown}, and came as {real}"]
