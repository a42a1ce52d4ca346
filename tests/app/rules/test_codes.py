import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.codes import ALPHABET, grouped, new_code, read_code

CODES = st.text(ALPHABET, min_size=12, max_size=12)


@pytest.mark.rule("D2", "D12")
def test_the_alphabet_is_crockfords() -> None:
    assert sorted(set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set(ALPHABET)) == ["I", "L", "O", "U"]
    assert len(ALPHABET) == len(set(ALPHABET)) == 32


@pytest.mark.rule("D2", "D12")
def test_every_letter_is_as_likely_as_every_other_at_every_place() -> None:
    # Whatever the other bits are, five bits of the source decide one place, so equal bits give equal letters.
    for place in range(12):
        seen = {
            new_code(lambda n, bits=bits, place=place: (bits << 5 * place).to_bytes(n))[place]  # type: ignore[misc]  # defaults bind the loop's values
            for bits in range(32)
        }
        assert seen == set(ALPHABET)


@pytest.mark.rule("D2")
def test_no_two_of_many_new_codes_are_the_same() -> None:
    codes = {new_code() for _ in range(5000)}
    assert len(codes) == 5000
    assert {len(code) for code in codes} == {12}
    assert all(read_code(code) == code for code in codes)


@pytest.mark.rule("D2")
@pytest.mark.parametrize(
    "typed",
    [
        "7K3M9QXR2B01",
        "7K3M-9QXR-2B01",
        "7k3m 9qxr 2b01",
        "  7k3m-9qxr-2bOl ",
        "7K3M 9QXR 2Boi",
        "7k3m—9qxr–2B0I",
        "7 k 3 m 9 q x r 2 b o L",
        "７Ｋ３Ｍ-9QXR-2B01",
        "\u200b7K3M\u00a09QXR\u20112B01\n",
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "7K3M9QXR2B01"


@pytest.mark.rule("D2")
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "7K3M9QXR2B0",
        "7K3M9QXR2B011",
        "UK3M9QXR2B01",
        "uk3m9qxr2b01",
        "7K3M9QXR2B0?",
        "7K3M9QXR2Bß1",
        "0" * 5000,
    ],
)
def test_another_length_or_letter_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(ValueError, match="code") as refusal:
        read_code(typed)
    assert not typed or typed == "-" or typed not in str(refusal.value)


@pytest.mark.rule("D2")
@given(CODES, st.data())
def test_every_likely_misreading_of_a_printed_code_is_understood(code: str, data: st.DataObject) -> None:
    lookalikes = {"0": "0Oo", "1": "1IiLl"}
    letters = [data.draw(st.sampled_from(lookalikes.get(letter, letter + letter.lower()))) for letter in code]
    spacing = data.draw(st.lists(st.sampled_from(["", " ", "-", " - "]), min_size=12, max_size=12))
    typed = "".join(itertools.chain.from_iterable(zip(letters, spacing, strict=True)))
    assert read_code(typed) == code


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_a_refusal(typed: str) -> None:
    try:
        code = read_code(typed)
    except ValueError:
        return
    assert len(code) == 12
    assert set(code) <= set(ALPHABET)


@pytest.mark.rule("D2")
def test_a_code_is_printed_in_three_groups() -> None:
    assert grouped("7K3M9QXR2B01") == "7K3M-9QXR-2B01"


@given(CODES)
def test_the_grouped_code_reads_as_the_code(code: str) -> None:
    assert read_code(grouped(code)) == code
