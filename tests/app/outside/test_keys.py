import hashlib
import hmac
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.outside.keys import read_keys, rotate_encryption_key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secret" / "keys"


def test_the_key_file_is_made_at_first_use_for_this_account_only(file: Path) -> None:
    made = read_keys(file, may_make=True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.digest("code", "ABC") == read_keys(file, may_make=False).digest("code", "ABC")
    assert [child.name for child in file.parent.iterdir()] == ["keys"]


def test_a_digest_is_hmac_sha256_under_a_key_derived_for_its_purpose(file: Path) -> None:
    keys = read_keys(file, may_make=True)
    master = bytes.fromhex(re.findall(r"^digest \w+ (\w+)$", file.read_text(), re.MULTILINE)[0])
    # RFC 5869, written out: extract with no salt, then one block of expand.
    extracted = hmac.digest(bytes(32), master, "sha256")
    derived = hmac.digest(extracted, b"patient-portal/1/digest/activation" + b"\x01", "sha256")
    assert keys.digest("activation", "ABCD") == hmac.digest(derived, b"ABCD", hashlib.sha256)


def test_purposes_never_share_a_digest_or_a_text(file: Path) -> None:
    keys = read_keys(file, may_make=True)
    assert keys.digest("activation", "ABCD") != keys.digest("invitation", "ABCD")
    with pytest.raises(ValueError, match="not encrypted"):
        keys.decrypt("other", keys.encrypt("mail", b"clear"))


def test_what_was_encrypted_comes_back_and_does_not_show(file: Path) -> None:
    keys = read_keys(file, may_make=True)
    one, two = keys.encrypt("mail", b"the clear text"), keys.encrypt("mail", b"the clear text")
    assert one != two
    assert b"clear" not in one
    assert keys.decrypt("mail", one) == keys.decrypt("mail", two) == b"the clear text"


def test_a_changed_text_is_refused_whichever_byte_was_changed(file: Path) -> None:
    keys = read_keys(file, may_make=True)
    encrypted = keys.encrypt("mail", b"clear")
    for place in range(len(encrypted)):
        changed = bytearray(encrypted)
        changed[place] ^= 1
        with pytest.raises(ValueError, match="not encrypted"):
            keys.decrypt("mail", bytes(changed))
    for length in range(len(encrypted)):
        with pytest.raises(ValueError, match="not encrypted"):
            keys.decrypt("mail", encrypted[:length])


def test_after_a_rotation_old_texts_open_new_ones_use_the_new_key_and_codes_stay_known(file: Path) -> None:
    before = read_keys(file, may_make=True)
    old, digest = before.encrypt("mail", b"old"), before.digest("code", "ABC")
    rotate_encryption_key(file)
    after = read_keys(file, may_make=False)
    assert after.decrypt("mail", old) == b"old"
    assert after.digest("code", "ABC") == digest
    with pytest.raises(ValueError, match="not encrypted"):
        before.decrypt("mail", after.encrypt("mail", b"new"))
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_others_can_read_is_refused_in_plain_words(file: Path) -> None:
    read_keys(file, may_make=True)
    for mode in (0o644, 0o640, 0o604, 0o620):
        file.chmod(mode)
        with pytest.raises(Unavailable) as refused:
            read_keys(file, may_make=True)
        assert refused.value.kind == "key_file_open_to_others"
        assert "chmod 600 {file}" in refused.value.sentence
    file.chmod(0o600)
    read_keys(file, may_make=False)


def test_a_missing_key_file_is_not_replaced_where_older_keys_are_needed(file: Path) -> None:
    with pytest.raises(Unavailable) as missing:
        read_keys(file, may_make=False)
    assert missing.value.kind == "key_file_missing"
    assert not file.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[:-10],
        lambda text: text.replace("encrypt", "encrpyt"),
        lambda text: re.sub(r"^digest.*\n", "", text, flags=re.MULTILINE),
        lambda text: re.sub(r"^encrypt.*\n", "", text, flags=re.MULTILINE),
        lambda text: text + "h\u00e9",
        lambda text: text.replace("digest ", "digest zz"),
    ],
)
def test_a_damaged_key_file_is_refused_and_its_keys_stay_out_of_the_message(file: Path, spoil) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - a small function of one line
    read_keys(file, may_make=True)
    text = file.read_text()
    file.write_text(spoil(text))
    with pytest.raises(Unavailable) as damaged:
        read_keys(file, may_make=True)
    assert damaged.value.kind == "key_file_damaged"
    assert damaged.value.fields == {"file": str(file)}
    assert damaged.value.__context__ is None or damaged.value.__suppress_context__


def test_a_folder_that_cannot_be_made_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "in-the-way").write_text("a file")
    with pytest.raises(Unavailable) as refused:
        read_keys(tmp_path / "in-the-way" / "keys", may_make=True)
    assert refused.value.kind == "key_file_unwritable"


_MAKE = """
import sys
from pathlib import Path
from app.outside.keys import read_keys
print("ready", flush=True)
sys.stdin.readline()
print(read_keys(Path(sys.argv[1]), may_make=True).digest("code", "ABC").hex())
"""


def test_programs_that_start_together_agree_on_one_key_file(file: Path) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _MAKE, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(4)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    digests = {program.communicate()[0] for program in programs}
    assert digests == {read_keys(file, may_make=False).digest("code", "ABC").hex() + "\n"}
    assert [child.name for child in file.parent.iterdir()] == ["keys"]


def test_keys_do_not_show_when_printed(file: Path) -> None:
    keys = read_keys(file, may_make=True)
    secrets = re.findall(r"\b[0-9a-f]{64}\b", file.read_text())
    assert len(secrets) == 2
    shown = repr(keys) + repr(vars(keys))
    assert not any(secret in shown or repr(bytes.fromhex(secret)) in shown for secret in secrets)
