"""Tables as CSV and back."""

from hypothesis import given
from hypothesis import strategies as st

from vae.study import read_csv, write_csv

CELLS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r")
)  # fmt: skip


@given(cells=st.lists(CELLS, min_size=1, max_size=5))
def test_every_number_and_text_comes_back_as_it_was(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("table") / "table.csv"
    row = {f"column {i}": cell for i, cell in enumerate(cells)}
    write_csv(path, [row, row])
    [again, _] = read_csv(path)
    assert again == row
    assert [type(cell) for cell in again.values()] == [type(cell) for cell in cells]


def test_texts_that_look_like_numbers_stay_texts(tmp_path):
    row = {"revision": "12e4567", "number": "7", "empty": "", "word": "true", "nothing": None}
    write_csv(tmp_path / "table.csv", [row])
    assert read_csv(tmp_path / "table.csv") == [row]


def test_a_table_is_plain_and_has_all_columns(tmp_path):
    write_csv(tmp_path / "table.csv", [{"beta": 4, "network": "dense"}, {"beta": 0.5, "score": float("nan")}])
    assert (tmp_path / "table.csv").read_text() == "beta,network,score\n4,dense,\n0.5,,NaN\n"
