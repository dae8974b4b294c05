# SPDX-License-Identifier: Apache-2.0
"""What Stripe's API accepts in a form body, as a table: every parameter not in the table is refused, as Stripe refuses it."""
from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable

Check = Callable[[str, str], None]
TYPE = "invalid_request_error"


class Refusal(Exception):
    """An answer in the shape of Stripe's errors."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400,
                 kind: str = TYPE) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = "https://stripe.com/docs/error-codes/" + code.replace("_", "-")
        if param:
            self.error["param"] = param

    @property
    def body(self) -> dict:
        return {"error": self.error}


def text(longest: int = 5000) -> Check:
    def check(name: str, value: str) -> None:
        if len(value) > longest:
            raise Refusal(f"Invalid string: {value[:20]}...; must be at most {longest} characters", param=name)
    return check


def integer(least: int | None = None, greatest: int | None = None) -> Check:
    def check(name: str, value: str) -> None:
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise Refusal(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
        if least is not None and int(value) < least:
            raise Refusal(f"Invalid integer: must be greater than or equal to {least}", param=name,
                          code="parameter_invalid_integer")
        if greatest is not None and int(value) > greatest:
            raise Refusal(f"Invalid integer: must be at most {greatest}", param=name, code="parameter_invalid_integer")
    return check


def choice(*words: str) -> Check:
    def check(name: str, value: str) -> None:
        if value not in words:
            raise Refusal(f"Invalid {name}: must be one of {', '.join(words)}", param=name)
    return check


def url(name: str, value: str) -> None:
    parts = urllib.parse.urlsplit(value.replace("{CHECKOUT_SESSION_ID}", "x"))
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value) or len(value) > 5000:
        raise Refusal("Not a valid URL", param=name, code="url_invalid")


def email(name: str, value: str) -> None:
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", value) or len(value) > 512:
        raise Refusal(f"Invalid email address: {value}", param=name, code="email_invalid")


def currency(name: str, value: str) -> None:
    if not re.fullmatch(r"[a-zA-Z]{3}", value):
        raise Refusal(f"Invalid currency: {value}", param=name)


boolean = choice("true", "false")
metadata = text(500)
EXPAND = {"expand.#": text(200)}

SESSION = EXPAND | {
    "mode": choice("payment", "setup", "subscription"),
    "line_items.#.quantity": integer(1, 999_999),
    "line_items.#.price_data.currency": currency,
    "line_items.#.price_data.unit_amount": integer(0, 99_999_999),
    "line_items.#.price_data.tax_behavior": choice("inclusive", "exclusive", "unspecified"),
    "line_items.#.price_data.product_data.name": text(250),
    "line_items.#.price_data.product_data.description": text(),
    "line_items.#.price_data.product_data.metadata.*": metadata,
    "line_items.#.price_data.product_data.tax_code": text(50),
    "success_url": url,
    "cancel_url": url,
    "client_reference_id": text(200),
    "customer_email": email,
    "customer_creation": choice("always", "if_required"),
    "expires_at": integer(0),
    "locale": text(8),
    "submit_type": choice("auto", "book", "donate", "pay", "subscribe"),
    "billing_address_collection": choice("auto", "required"),
    "phone_number_collection.enabled": boolean,
    "allow_promotion_codes": boolean,
    "automatic_tax.enabled": choice("false"),
    "invoice_creation.enabled": choice("false"),
    "payment_method_types.#": choice("card", "us_bank_account", "sepa_debit"),
    "custom_text.submit.message": text(1200),
    "metadata.*": metadata,
    "ui_mode": choice("hosted", "hosted_page"),
    "payment_intent_data.description": text(1000),
    "payment_intent_data.receipt_email": email,
    "payment_intent_data.statement_descriptor": text(22),
    "payment_intent_data.statement_descriptor_suffix": text(22),
    "payment_intent_data.capture_method": choice("automatic", "automatic_async"),
    "payment_intent_data.metadata.*": metadata,
}
REFUND = EXPAND | {
    "payment_intent": text(200), "charge": text(200), "amount": integer(1), "metadata.*": metadata,
    "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
}
INTENT = EXPAND | {
    "amount": integer(1, 99_999_999), "currency": currency, "metadata.*": metadata, "description": text(1000),
    "receipt_email": email, "payment_method_types.#": choice("card"), "automatic_payment_methods.enabled": boolean,
    "statement_descriptor_suffix": text(22),
}
INTENT_UPDATE = EXPAND | {"metadata.*": metadata, "description": text(1000), "receipt_email": email}
NOTHING = dict(EXPAND)
PAGING = EXPAND | {"limit": integer(1, 100), "starting_after": text(200), "ending_before": text(200),
                   "created": integer(0), "created.gt": integer(0), "created.gte": integer(0), "created.lt": integer(0),
                   "created.lte": integer(0)}
SESSION_LIST = PAGING | {"payment_intent": text(200), "status": choice("open", "complete", "expired"),
                         "customer_details.email": text(512)}
EVENT_LIST = PAGING | {"type": text(100), "types.#": text(100), "delivery_success": boolean}
REFUND_LIST = PAGING | {"payment_intent": text(200), "charge": text(200)}
CHARGE_LIST = PAGING | {"payment_intent": text(200)}
INTENT_LIST = PAGING


def parse(body: str, table: dict[str, Check]) -> dict:
    """The nested parameters of a form body. Refused: anything the table does not name, twice the same, not well-formed."""
    flat: dict[tuple[str, ...], str] = {}
    pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body), errors="strict")
    counts: dict[str, int] = {}
    for name, value in pairs:
        match = re.fullmatch(r"([^\[\]]+)((?:\[[^\[\]]*\])*)", name)
        if not match:
            raise Refusal(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")
        keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        if keys[-1] == "":
            counts[name] = counts.get(name, -1) + 1
            keys[-1] = str(counts[name])
        rule = find(keys, table)
        if rule is None:
            raise Refusal(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")
        if keys[0] == "metadata" or "metadata" in keys[:-1]:
            if len(keys[-1]) > 40:
                raise Refusal("Metadata keys can have up to 40 characters.", param=name)
        elif value == "":
            raise Refusal(f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a "
                          f"parameter; however '{name}' cannot be unset.", param=name, code="parameter_invalid_empty")
        if tuple(keys) in flat:
            raise Refusal(f"Invalid request: {name} was given twice", param=name)
        rule(name, value)
        flat[tuple(keys)] = value
    return nest(flat)


def find(keys: list[str], table: dict[str, Check]) -> Check | None:
    for pattern, check in table.items():
        parts = pattern.split(".")
        if len(parts) == len(keys) and all(
                part == key or (part == "#" and key.isdigit()) or (part == "*" and key != "")
                for part, key in zip(parts, keys)):
            return check
    return None


def nest(flat: dict[tuple[str, ...], str]) -> dict:
    root: dict = {}
    for keys, value in flat.items():
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    if len(root.get("metadata", {})) > 50:
        raise Refusal("You can only have 50 metadata keys.", param="metadata")
    return root


def require(parameters: dict, *path: str):
    """The value at the path, or Stripe's words for its absence."""
    place = parameters
    for depth, key in enumerate(path):
        if not isinstance(place, dict) or key not in place:
            name = path[0] + "".join(f"[{part}]" for part in path[1:depth + 1])
            raise Refusal(f"Missing required param: {name}.", param=name, code="parameter_missing")
        place = place[key]
    return place
