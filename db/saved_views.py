"""A person's own views of a screen: the parameters of its address, under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from db.tables import saved_views

LONGEST_NAME = 60
MOST = 50
"""How many a person may have of one screen."""


class ViewNotSaved(Exception):
    """The view was not saved."""

    code = "view_not_saved"


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view that a person saved; `params`: name -> values."""

    id: str
    name: str
    params: dict[str, list[str]]


def of_person(connection: Connection, tenant_id: str, user_id: str, screen: str) -> list[SavedView]:
    """A person's views of a screen, by name."""
    rows = connection.execute(
        select(saved_views.c.id, saved_views.c.name, saved_views.c.params)
        .where(saved_views.c.tenant_id == tenant_id, saved_views.c.user_id == user_id, saved_views.c.screen == screen)
        .order_by(func.lower(saved_views.c.name), saved_views.c.id)
    )
    return [SavedView(*row) for row in rows]


def save(
    connection: Connection, tenant_id: str, user_id: str, screen: str, name: str, params: Mapping[str, Sequence[str]]
) -> None:
    """Stores a view; one of the same name is replaced.

    Raises:
        ViewNotSaved: it has no name, too long a one, or the person has too many.
    """
    name = " ".join(name.split())
    if not name:
        raise ViewNotSaved("Give the view a name first.")
    if len(name) > LONGEST_NAME:
        raise ViewNotSaved(f"The name is too long. Use at most {LONGEST_NAME} characters.")
    names = {view.name for view in of_person(connection, tenant_id, user_id, screen)}
    if name not in names and len(names) >= MOST:
        raise ViewNotSaved(f"You have {MOST} views already. Delete one you no longer use, then save again.")
    stored = {key: list(values) for key, values in params.items()}
    connection.execute(
        insert(saved_views)
        .values(tenant_id=tenant_id, user_id=user_id, screen=screen, name=name, params=stored)
        .on_conflict_do_update(index_elements=["user_id", "screen", "name"], set_={"params": stored})
    )


def delete(connection: Connection, tenant_id: str, user_id: str, view_id: str) -> None:
    """Forgets one of a person's views; nothing happens when it is gone already."""
    connection.execute(
        saved_views.delete().where(
            saved_views.c.tenant_id == tenant_id, saved_views.c.user_id == user_id, saved_views.c.id == view_id
        )
    )
