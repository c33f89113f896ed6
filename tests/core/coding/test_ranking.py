"""Mention mode: what is found, where it stands, how it is ordered, and that fitting is the same twice."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from claimwright.cli.code import code
from claimwright.coding.model import Document
from claimwright.coding.ranking import mentioned, mentioned_each, model, net, train
from claimwright.coding.ranking.alignment import mended
from claimwright.coding.ranking.corpus import case
from claimwright.coding.ranking.features import FEATURES, table
from claimwright.coding.ranking.knowledge import unpacked
from claimwright.coding.ranking.learn import learn
from claimwright.coding.ranking.train import EVEN, fit, folds, rising, saved, share_threshold
from claimwright.coding.ranking.words import cue_distances, read

NOTE = (
    "A 61-year-old woman with arterial hypertension and type 2 diabetes came with fever and abdominal pain.\n"
    "She had no dyspnea. Ultrasound showed a stone in the left ureter.\n"
)


def asked(text: str = NOTE):
    return mentioned([Document(kind="other", text=text)])


def test_plain_diagnoses_are_suggested_with_their_words():
    suggested = {one.code: one for one in asked() if one.suggested}
    assert {"I10", "E11.9", "R50.9", "R10.9"} <= suggested.keys()
    assert [held.text for held in suggested["R50.9"].evidence] == ["fever"]


def test_evidence_is_the_text_at_its_place():
    found = [held for one in asked() for held in one.evidence]
    assert found and all(NOTE[held.start : held.end] == held.text for held in found)


def test_the_likeliest_code_is_first_and_the_auto_lane_lies_above_the_threshold():
    said = asked()
    assert [one.score for one in said] == sorted((one.score for one in said), reverse=True)
    assert all(one.suggested for one in said if one.auto) and not all(one.suggested for one in said)
    assert len({one.code for one in said}) == len(said)


def test_a_reason_names_the_words_and_where_they_were_learned():
    fever = next(one for one in asked() if one.code == "R50.9")
    assert "“fever”" in fever.reason and "CodiEsp" in fever.reason and "official term" in fever.reason


def test_a_text_in_a_group_gets_what_it_gets_alone():
    other = "Cough for two weeks, smoker. Chest radiograph: pneumonia."
    alone = [asked(NOTE), asked(other)]
    assert list(mentioned_each([NOTE, other])) == alone


@pytest.mark.parametrize("text", ["", " \n", "...", "🙂", "zzz qqq"])
def test_a_text_that_says_nothing_suggests_nothing(text):
    assert not any(one.suggested for one in asked(text))


def test_documents_of_a_visit_share_one_list_and_point_to_themselves():
    said = mentioned([Document(kind="other", text="Fever."), Document(kind="other", text="Arterial hypertension.")])
    places = {one.code: one.evidence[0].document for one in said if one.code in ("R50.9", "I10")}
    assert places == {"R50.9": 0, "I10": 1}


def test_the_package_knows_what_its_table_of_features_asks():
    ranker = model.ranker()
    assert all(trees.input_feature_names() == list(FEATURES) for trees in (ranker.trees.sieve, *ranker.trees.forests))
    assert ranker.settings.threshold == EVEN < ranker.settings.auto <= 1.01
    for curve in (ranker.settings.known, ranker.settings.new):
        assert list(curve.chances) == sorted(curve.chances)
    assert len(ranker.knowledge.codes) == len(ranker.knowledge.prior) > 1000
    again = unpacked(ranker.knowledge.packed())
    assert again.lists == ranker.knowledge.lists
    assert all(np.array_equal(again[name], held) for name, held in ranker.knowledge.arrays.items())


def test_cues_count_words_inside_the_sentence():
    text = read("No fever or cough. Pain.")
    negation = dict(zip(text.words, cue_distances(text)[0].tolist(), strict=True))
    assert negation[text.words[1]] == 1 and negation[text.words[3]] == 3 and negation[text.words[-1]] == 12


# --- a made-up corpus

WORDS = {
    "R50.9": ("fever", "fiebre"),
    "R05": ("dry cough", "tos seca"),
    "I10": ("hypertension", "hipertension"),
    "R52": ("pain", "dolor"),
}


def made_up(number: int):
    codes = sorted(WORDS)
    held = [codes[number % 4], codes[(number // 4) % 4]]
    sentences = [
        f"Patient {number} came to us.",
        *(f"There was {WORDS[one][0]} since day {number % 7}." for one in dict.fromkeys(held)),
    ]
    mentions, where = [], []
    for line, one in enumerate(dict.fromkeys(held), 1):
        words, original = WORDS[one]
        start = sentences[line].index(words)
        place = {"sent": line, "start": start, "end": start + len(words), "text": words}
        mentions.append({"code": one.replace(".", ""), "es": original, **place})
        where.append([one.replace(".", ""), [line]])
    return case(
        {
            "id": str(number),
            "text": "\n".join(sentences) + "\n",
            "dx": list(dict.fromkeys(held)),
            "sentences": sentences,
            "mentions": [mentions, where],
        }
    )


def test_a_corpus_teaches_its_words():
    knowledge = learn([made_up(number) for number in range(24)], [[]] * 24)
    made = table(read("He has a cough that is dry."), knowledge, [])
    best = made.rows[:, FEATURES.index("t_whole")]
    assert made.codes[int(np.nanargmax(best))] == "R05"


def test_a_place_beside_the_point_is_mended_by_likeness():
    sentence = "He was studied for retinopathy of both eyes."
    mention = {"code": "H350", "es": "retinopatía", "sent": 0, "start": 7, "end": 14, "text": "studied"}
    lost = {"code": "H350", "es": "retinopatía"}
    row = {"id": "1", "text": sentence, "dx": ["H35.0"], "sentences": [sentence], "mentions": [[mention, lost], [["H350", [0]]]]}
    (held,) = mended([case(row)])
    assert {held.text.words[named.first] for named in held.named} == {read("retinopathy").words[0]}
    assert len(held.named) == 2 and not held.unplaced


def test_a_code_named_twice_keeps_all_its_sentences():
    row = {"id": "1", "text": "Fever.\nFever.", "dx": ["R50.9"], "sentences": ["Fever.", "Fever."]}
    assert case(row | {"mentions": [[], [["R509", [0]], ["R509", [1]]]]}).where == {"R50.9": {0, 1}}


def test_a_code_proposed_in_vain_is_known_to_be():
    cases = [made_up(number) for number in range(24)]
    official = [model.official(one.text) for one in cases]
    taken = {one.code for found in official for one in found}
    knowledge = learn(cases, official)
    made = table(read("Fever."), knowledge, model.official(read("Fever.")))
    share = dict(zip(made.codes, made.rows[:, FEATURES.index("o_share")].tolist(), strict=True))
    assert share["R50.9"] > 0.8
    assert all(share[code] < 0.2 for code in taken & share.keys() - {code for one in cases for code in one.codes})


def test_words_as_written_tell_the_name_from_the_describing_word():
    knowledge = learn([made_up(number) for number in range(24)], [[]] * 24)
    column = FEATURES.index("p_adjective")
    told = {}
    for text in ("He has hypertension.", "He takes hypertensive drugs."):
        made = table(read(text), knowledge, [])
        told[text] = made.rows[made.codes.index("I10"), column]
    assert list(told.values()) == [0.0, 1.0]


def test_fitting_twice_gives_the_same_files(tmp_path, monkeypatch):
    monkeypatch.setitem(train.TREES, "num_trees", 30)  # a tenth: each is grown in the same way
    monkeypatch.setattr(train, "FOLDS", (8, 2))  # shown twice: each showing is made in the same way
    cases = [made_up(number) for number in range(48)]
    for one in cases[::5]:  # whoever annotates leaves something
        one.codes, one.named, one.where = frozenset(), [], {}
    for name in ("one", "two"):
        saved(fit(cases[:32], cases[32:]), tmp_path / name)
    one, two = model.loaded(tmp_path / "one"), model.loaded(tmp_path / "two")
    assert one.settings == two.settings
    assert all(np.array_equal(two.knowledge[name], held) for name, held in one.knowledge.arrays.items())
    contents = ["There was dry cough.", "No fever."]
    assert [ranked for _, ranked in one.ranked(contents)] == [ranked for _, ranked in two.ranked(contents)]


def test_folds_are_about_as_large_and_the_same_each_time():
    held = folds(21, 4)
    assert held == folds(21, 4) and sorted(held.count(part) for part in range(4)) == [5, 5, 5, 6]


def test_chances_rise_with_scores():
    said = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    curve = rising(said, np.array([0, 1, 0, 0, 1, 1], dtype=bool))
    assert list(curve.scores) == sorted(curve.scores) and list(curve.chances) == sorted(curve.chances)
    assert list(curve(np.array([0.0, 0.35, 1.0]))) == sorted(curve(np.array([0.0, 0.35, 1.0])))


def test_thresholds_say_what_they_promise():
    chances, right = np.array([0.9, 0.8, 0.7, 0.2]), np.array([True, True, False, False])
    assert share_threshold(chances, right, 0.95) == 0.8 and share_threshold(chances, ~right, 0.95) == 1.01


# --- the command

app = typer.Typer()
app.command()(code)


def test_the_command_tells_every_candidate_as_json(tmp_path):
    (tmp_path / "a.txt").write_text(NOTE)
    (tmp_path / "b.txt").write_bytes(b"\x00")
    done = CliRunner().invoke(app, [str(tmp_path), "--mode", "mention", "--json"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 2 and "b.txt" in done.stderr and "fever" not in done.stderr
    assert {row["file"].rsplit("/", 1)[1] for row in rows} == {"a.txt"}
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1)) and len(rows) >= 50
    assert {"system", "code", "modifiers", "units", "score", "suggested", "auto", "evidence", "reason", "rules"} <= rows[0].keys()
    assert rows[0]["suggested"] and not rows[-1]["suggested"]


def test_in_mention_mode_every_file_stands_for_itself(tmp_path):
    paths = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path, text in zip(paths, ("Fever.", "Arterial hypertension."), strict=True):
        path.write_text(text)
    done = CliRunner().invoke(app, [*map(str, paths), "--mode", "mention", "--json"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {(row["file"], row["code"]) for row in rows if row["suggested"]} == {(str(paths[0]), "R50.9"), (str(paths[1]), "I10")}


# --- the network beside the trees


def test_a_network_learns_what_no_single_feature_tells_and_is_the_same_twice_and_packed(monkeypatch):
    monkeypatch.setattr(net, "EPOCHS", 60)  # of few rows
    chance = np.random.default_rng(1)
    rows = chance.standard_normal((4_000, 3)).astype(np.float32)
    rows[chance.random(rows.shape) < 0.1] = np.nan
    right = np.nan_to_num(rows[:, 0]) * np.nan_to_num(rows[:, 1]) > 0.2
    network = net.trained(rows[:3_500], right[:3_500], [1])
    said = network(rows[3_500:])
    assert ((said > 0) == right[3_500:]).mean() > 0.85
    assert np.array_equal(net.unpacked(network.packed())(rows[3_500:]), said)
    assert np.array_equal(net.trained(rows[:3_500], right[:3_500], [1])(rows[3_500:]), said)
    assert np.array_equal([network(row[None])[0] for row in rows[3_500:3_520]], said[:20])


def test_the_sieve_says_what_its_trees_say():
    trees = model.ranker().trees
    rows = table(read(NOTE), model.ranker().knowledge, model.official(read(NOTE))).rows
    assert np.allclose(trees.sieved(np.ascontiguousarray(rows.T)), model.scores(trees.sieve, rows), rtol=0, atol=1e-7)
