"""The query desk: a recipe or a query of one's own, and its answer as table and picture."""

import streamlit as st

from graph.errors import FlockwatchError
from graph.foreign_text import show_markdown, show_text
from graph.neo4j.query_desk import QueryAnswer
from graph.neo4j.recipes import RECIPES, Parameter, Recipe
from investigator_ui.charts import rings
from investigator_ui.desk import Desk
from investigator_ui.look import ROW, capped, heading, palette, refused, show_chart
from investigator_ui.services.querying import ask_cypher, ask_recipe
from investigator_ui.views.answer_picture import GROUPS, answer_picture, answer_rows
from investigator_ui.views.wording import plural

_ANSWER = "query answer"
_FIRST = "MATCH (a:Account {version: $version})\nRETURN a.id AS account, a.handle AS handle, a.actions AS acts\nORDER BY acts DESC LIMIT 20"


def recipe_form(desk: Desk) -> None:
    """Choose a recipe, fill what it takes, run it."""
    name = st.selectbox("Recipe", list(RECIPES), key="recipe", bind="query-params", width=420)
    recipe = RECIPES[name or next(iter(RECIPES))]
    st.markdown(recipe.purpose)
    if recipe.needs_runs:
        st.caption("It reads clusters: it is empty until a run was brought to the server.")
    with st.form(f"recipe {recipe.name}", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            typed = {one.name: _field(recipe, one) for one in recipe.parameters}
        if st.form_submit_button("Run", icon=":material/play_arrow:", type="primary"):
            _run(desk, recipe.name, typed, "")
    with st.expander("Its Cypher", icon=":material/code:"):
        st.code(recipe.cypher.strip(), language="cypher")


def cypher_form(desk: Desk) -> None:
    """A query of one's own; what it may do is checked by the server before it runs."""
    with st.form("free cypher", border=True):
        text = st.text_area("Cypher", value=_FIRST, height=150, key="cypher", max_chars=20_000)
        st.caption("Read-only; $version is the version of the graph that counts. What the nodes hold: docs/cypher.md.")
        if st.form_submit_button("Run", icon=":material/play_arrow:", type="primary"):
            _run(desk, "", {}, text or "")


def last_answer(desk: Desk) -> None:
    """The answer of the last query of this session."""
    asked, answer = st.session_state.get(_ANSWER, ("", None))
    if not isinstance(answer, QueryAnswer):
        return
    heading(f"Answer to {show_markdown(asked, 80)}", plural(len(answer.rows), "row"), "table_rows")
    for sentence in answer.left_out:
        capped(sentence)
    if answer.ties:
        drawn = answer_picture(answer)
        st.caption(drawn.line)
        with st.container(border=True):
            show_chart(rings(drawn.nodes, drawn.links, palette(), GROUPS), f"Picture of the answer: {drawn.line}")
        capped(drawn.cap)
    rows = answer_rows(answer)
    if rows.is_empty():
        st.markdown(":gray[No row: nothing in the graph is like this.]")
        return
    st.dataframe(
        rows, hide_index=True, row_height=ROW, height=ROW * min(14, rows.height) + 36, alt="Rows of the answer"
    )
    accounts = [one for one in answer.nodes if one.account_id]
    if accounts:
        _open_account(desk, {one.account_id: one.name for one in accounts})


def _open_account(desk: Desk, names: dict[str, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "An account of the answer",
            list(names),
            format_func=lambda id_: show_text(f"{names[id_]} ({id_})" if names[id_] != id_ else id_, 80),
            key="answer account",
            width=420,
        )
        if chosen and st.button("Open account", icon=":material/person_search:"):
            st.switch_page("screens/account.py", query_params={**desk.address, "account": chosen})


def _field(recipe: Recipe, one: Parameter) -> str:
    key = f"{recipe.name} {one.name}"
    default = "" if one.default is None else str(one.default)
    label = f"{one.name}: {one.says}"
    if one.kind == "list":
        return (
            st.text_area(label, key=key, height=80, placeholder="with commas or line ends between", max_chars=20_000)
            or ""
        )
    return st.text_input(label, value=default, key=key, max_chars=2_000) or ""


def _run(desk: Desk, recipe: str, typed: dict[str, str], cypher: str) -> None:
    st.session_state.pop(_ANSWER, None)
    try:
        if recipe:
            answer = ask_recipe(desk.workspace, recipe, typed, desk.actor)
        else:
            answer = ask_cypher(desk.workspace, cypher, desk.actor)
    except FlockwatchError as said:
        refused(show_markdown(said.message, 400), show_markdown(said.hint, 200))
        return
    st.session_state[_ANSWER] = (recipe or "your query", answer)
