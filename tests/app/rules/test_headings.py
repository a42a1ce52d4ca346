import pytest

from app.rules.headings import is_heading, paragraphs


@pytest.mark.parametrize("line", ["FINDINGS", "Findings:", "  CLINICAL NOTES ", "X-RAY OF THE HAND"])
def test_capitals_or_a_colon_on_a_line_of_its_own_make_a_heading(line: str) -> None:
    assert is_heading(line)


@pytest.mark.parametrize("line", ["", "No fracture.", "NO FRACTURE.", "A" * 41, "Two\nLINES", "12 mm"])
def test_anything_else_is_text(line: str) -> None:
    assert not is_heading(line)


@pytest.mark.rule("R22")
def test_a_report_is_parted_at_empty_lines_and_at_headings() -> None:
    text = "Technique: plain\r\n\r\nFINDINGS:\r\nNo fracture.\r\nNo mass.\r\n\r\n\r\nCONCLUSION\nNormal."
    assert paragraphs(text) == (
        "Technique: plain",
        "FINDINGS:",
        "No fracture.\nNo mass.",
        "CONCLUSION",
        "Normal.",
    )
