"""The README shows figures of the lessons as they are."""

import pytest

from tools import ROOT, gallery

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_four_pictures():
    assert len(gallery.PICTURE.findall(README)) == README.count("notebooks/pictures/") == 4
    assert len(list((ROOT / "notebooks" / "pictures").glob("*.png"))) == 4


@pytest.mark.parametrize(("words", "name", "number"), gallery.PICTURE.findall(README))
def test_a_picture_is_the_figure_of_its_lesson(words, name, number):
    assert (ROOT / name).read_bytes() == gallery.find_figure(number, words)


@pytest.mark.parametrize(("picture", "answer"), [
    ("![No such words.](notebooks/pictures/04.png)",
     "04_siamese_contrastive_vision.ipynb has no figure"),
    ("![Words.](notebooks/pictures/99.png)", "There is no lesson 99"),
])
def test_a_picture_that_no_lesson_has_gets_a_sentence(picture, answer, tmp_path):
    (tmp_path / "README.md").write_text(picture)
    with pytest.raises(SystemExit, match=f"^{answer}"):
        gallery.main(tmp_path / "README.md")
