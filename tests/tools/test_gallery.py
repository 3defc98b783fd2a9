"""The README shows figures of the lessons as they are."""

import base64

import pytest

from tools import ROOT, gallery

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_four_pictures():
    assert len(gallery.PICTURE.findall(README)) == README.count("notebooks/pictures/") == 4
    assert len(list((ROOT / "notebooks" / "pictures").glob("*.png"))) == 4


def test_the_pictures_are_the_figures_of_their_lessons(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gallery, "ROOT", tmp_path)
    gallery.main(ROOT / "README.md")
    names = capsys.readouterr().out.splitlines()
    assert names == [name for _, name, _ in gallery.PICTURE.findall(README)]
    for name in names:
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes(), name


def test_figures_come_in_their_order_with_words_kind_and_content():
    made = [('"2 > 1" & so on', "png", b"one"), ("<two>", "jpeg", b"two")]
    escaped = ["&quot;2 &gt; 1&quot; &amp; so on", "&lt;two&gt;"]
    page = "".join(f'<p><img alt="{words}" src="data:image/{kind};base64,'
                   f'{base64.b64encode(content).decode()}"></p>'
                   for words, (_, kind, content) in zip(escaped, made))
    outputs = [{"text": "a stream"}, {"data": {"text/plain": "3"}}, {"data": {"text/html": page}}]
    assert list(gallery.figures(outputs)) == made


@pytest.mark.parametrize(("picture", "answer"), [
    ("![No such words.](notebooks/pictures/04.png)",
     "04_siamese_contrastive_vision.ipynb has no figure"),
    ("![Words.](notebooks/pictures/99.png)", "There is no lesson 99"),
    ("![No such words.](notebooks/pictures/P1.png)", "1_python_and_tensors.ipynb has no figure"),
])
def test_a_picture_that_no_lesson_has_gets_a_sentence(picture, answer, tmp_path):
    (tmp_path / "README.md").write_text(picture)
    with pytest.raises(SystemExit, match=f"^{answer}"):
        gallery.main(tmp_path / "README.md")
