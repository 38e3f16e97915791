"""Who is asking, and whether they may. One local admin until logins come; every page and route asks here already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

LOCAL_TENANT = "00000000-0000-4000-8000-000000000001"
LOCAL_ADMIN = "00000000-0000-4000-8000-000000000002"
"""Both are made by the first migration."""


class Role(IntEnum):
    """What a person may do; each role includes those before it."""

    ANALYST = 1
    MANAGER = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class User:
    """A person who is logged in."""

    id: str
    tenant_id: str
    name: str
    role: Role


class NotAllowed(Exception):
    """Your role does not allow this. Ask an administrator."""

    code = "not_allowed"


def current_user() -> User:
    """The person on whose behalf this request or page runs."""
    return User(LOCAL_ADMIN, LOCAL_TENANT, "Local admin", Role.ADMIN)


def require(role: Role) -> User:
    """The current user, who has at least that role.

    Raises:
        NotAllowed: they have less.
    """
    user = current_user()
    if user.role < role:
        raise NotAllowed
    return user
