"""The one file that checks an export: it needs nothing of ours, finds what was altered, and says what it cannot know."""

from __future__ import annotations

import ast
import base64
import json
import random
import shutil
import sys
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from app.audit import anchors, chain, changes, checkpoints, live_rows
from app.court import checking, verifier
from app.extensions import db
from tests.conftest import Instance

from .exports import WAYS, checked, decided, exported, listed, rewritten, signed_anew

# RFC 8032, 7.1: secret key (not needed to check), public key, message, signature.
VECTORS = (
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
)  # fmt: skip


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_ed25519_is_that_of_the_rfc(public: str, message: str, signature: str) -> None:
    key, said, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert anchors.is_signed(key, said, signed)
    for at in range(0, 64, 5):
        changed = bytearray(signed)
        changed[at] ^= 1
        assert not anchors.is_signed(key, said, bytes(changed))
    assert not anchors.is_signed(key, said + b"x", signed)
    # The same signature with the group's order added to its second half: RFC 8032, 5.1.7, has it refused.
    more = int.from_bytes(signed[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert not anchors.is_signed(key, said, signed[:32] + more.to_bytes(32, "little"))


def test_ed25519_says_what_the_library_says() -> None:
    chance = random.Random(8032)
    for _ in range(20):
        key, said = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)), chance.randbytes(chance.randrange(200))
        public, signed = key.public_key().public_bytes_raw(), key.sign(said)
        assert anchors.is_signed(public, said, signed)
        assert not anchors.is_signed(Ed25519PrivateKey.generate().public_key().public_bytes_raw(), said, signed)


def test_it_needs_the_standard_library_alone_and_an_old_python() -> None:
    tree = ast.parse(verifier.text(), feature_version=(3, 9))
    named = {n.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    named |= {str(n.module).split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert named <= sys.stdlib_module_names | {"__future__"}
    assert not any(isinstance(n, ast.Match) for n in ast.walk(tree))
    assert "app." not in verifier.text()


def test_what_it_knows_of_tables_is_what_the_service_knows() -> None:
    assert live_rows._NEVER_CHANGED.keys() == checking.NEVER_CHANGED
    assert checking.NOT_REPEATED == changes.LEFT_OUT
    assert (checking.MARK, bytes(32)) == (chain.MARK, chain.START)


def test_an_outsider_finds_an_export_sound(either: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(either)
    folder = exported(either, case_id, tmp_path / "export")
    said = checked(folder)
    assert said.status == 0, said.out
    for told in (
        "PROVEN",
        "NOT PROVEN",
        "SOUND",
        "Only an anchor",
        "key was read from this same folder",
        "The seal of each PDF",
    ):
        assert told in said.out
    assert "WRONG" not in said.out
    with either.app.app_context():
        key = checkpoints.verifier(either.settings)
    (tmp_path / "key.txt").write_text(key)
    assert "key was read" not in checked(folder, "--key", str(tmp_path / "key.txt")).out
    # The very file in the export, run as it lies there.
    assert (folder / "verify.py").read_text("utf-8") == verifier.text()


def test_it_is_no_export_where_there_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert checked(tmp_path / "empty").status == 2


def test_two_hundred_tampered_folders_are_all_found(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    whole = exported(instance, case_id, tmp_path / "export")
    assert checked(whole).status == 0
    chance, passed, unnamed = random.Random(11), [], []
    for at in range(200):
        way, copy = WAYS[at % len(WAYS)], tmp_path / "copy"
        shutil.copytree(whole, copy)
        name = way(copy, chance)
        said = checked(copy)
        if said.status == 0:
            passed.append((at, way.__name__, name))
        elif name not in said.out and name not in ("manifest.json", "manifest.note", "key.txt"):
            unnamed.append((way.__name__, name, said.out[-900:]))
        shutil.rmtree(copy)
    assert passed == []
    assert unnamed == []


def test_what_only_an_anchor_shows_passes_without_one_and_fails_with_it(instance: Instance, tmp_path: Path) -> None:
    """Whoever has everything, the key too, or puts their own in its place: written again, and the end cut off."""
    case_id, _ = decided(instance)
    outside = tmp_path / "outside"
    outside.mkdir()
    instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"checkpoints": outside})
    with instance.app.app_context():
        assert checkpoints.leave() is not None
        last = db.session.execute(text("SELECT seq, hash FROM audit_head")).one()
        db.session.rollback()
    folder = exported(instance, case_id, tmp_path / "export")
    assert checked(folder, "--anchor", str(outside)).status == 0
    printed = tmp_path / "copied-from-paper.txt"
    printed.write_text(
        f"the last entry of the council’s audit was entry {last.seq}, and its hash {bytes(last.hash).hex()}."
    )
    assert checked(folder, "--anchor", str(printed)).status == 0
    before = tmp_path / "before"
    shutil.copytree(folder, before)
    rewritten(before, random.Random(3), 0)
    signed_anew(before)
    said = checked(before)
    assert (said.status, "records/R-" in said.out) == (1, True), (
        "a record that was issued is an anchor for all before it"
    )
    rewritten(folder, random.Random(3), -1)  # what came behind the last record
    signed_anew(folder)
    said = checked(folder)
    assert said.status == 0, said.out
    assert "Only an anchor" in said.out, "and it says that it cannot know"
    for anchor in (outside, printed):
        said = checked(folder, "--anchor", str(anchor))
        assert said.status == 1, said.out
    assert "is not what copied-from-paper.txt says it was" in said.out
    said = checked(folder, "--key", (outside / "key.txt").read_text())
    assert said.status == 1, "the key that was kept outside finds it too"
    anchored = folder / "anchors"
    shutil.copytree(outside, anchored)
    assert checked(folder).status == 1, "beside it they are taken by themselves"


def test_an_end_that_is_cut_off_is_found_by_an_anchor_alone(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    folder = exported(instance, case_id, tmp_path / "export")
    head = json.loads((folder / "manifest.json").read_text("utf-8"))["audit"]
    anchor = tmp_path / "readyz.json"
    anchor.write_text(json.dumps({"audit": {"entry": head["entry"], "hash": head["hash"]}}))
    entries = (folder / "audit" / "entries.jsonl").read_text("utf-8").splitlines(keepends=True)
    chained = (folder / "audit" / "chain.txt").read_text("ascii").splitlines(keepends=True)
    # What was done last is looked at by nobody: the export of a case without its last entries.
    keep = next(at for at, line in enumerate(entries) if '"record.issued"' in json.loads(line)["said"]) + 2
    upto = json.loads(entries[keep - 1])["seq"]
    (folder / "audit" / "entries.jsonl").write_text("".join(entries[:keep]), "utf-8")
    (folder / "audit" / "chain.txt").write_text("".join(c for c in chained if int(c.split(" ")[0]) <= upto), "ascii")
    for note in (folder / "checkpoints").glob("0*.txt"):
        note.rename(note.with_name(f"{upto:012d}.txt"))
    for pdf in (folder / "records").glob("*.pdf"):
        pdf.unlink()  # that it was made into a PDF is among what was cut off
    signed_anew(folder)
    said = checked(folder)
    assert said.status == 0, said.out
    said = checked(folder, "--anchor", str(anchor))
    assert said.status == 1
    assert "the end is gone" in said.out


def test_a_pdf_with_other_data_inside_is_named(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    folder = exported(instance, case_id, tmp_path / "export")
    body = next((folder / "records").glob("*.json"))
    other = json.loads(body.read_text("utf-8")) | {"number": "R-2026-99999"}
    pdf = body.with_suffix(".pdf")
    pdf.write_bytes(b"%PDF-1.7\nstream\n" + zlib.compress(json.dumps(other).encode()) + b"\nendstream\n")
    listed(folder)
    signed_anew(folder)
    said = checked(folder)
    assert said.status == 1
    assert f"records/{pdf.name}: the data inside it is not records/{body.name}" in said.out
    assert f"records/{pdf.name}: no entry of the audit says that it was issued as it is" in said.out


def test_an_answer_that_is_not_as_it_was_entered_is_named(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    folder = exported(instance, case_id, tmp_path / "export")
    file = folder / "data" / "case.json"
    data = json.loads(file.read_text("utf-8"))
    data["decision"][0]["note"] = "Never written"
    file.write_text(json.dumps(data), "utf-8")
    signed_anew(folder)
    said = checked(folder)
    assert said.status == 1
    assert f"the row {data['decision'][0]['id']} of decision is not as entry" in said.out


def test_an_anchor_that_says_nothing_or_is_anothers_is_told(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    folder = exported(instance, case_id, tmp_path / "export")
    empty = tmp_path / "empty.txt"
    empty.write_text("It stood well.")
    said = checked(folder, "--anchor", str(empty))
    assert (said.status, "empty.txt cannot be held against this export" in said.out) == (1, True)
    note = next((folder / "checkpoints").glob("0*.txt")).read_text("utf-8")
    coded = note.rstrip("\n").rsplit(" ", 1)[1]
    packed = bytearray(base64.b64decode(coded))
    packed[20] ^= 1
    forged = tmp_path / "forged.txt"
    forged.write_text(note.replace(coded, base64.b64encode(packed).decode()), "utf-8")
    said = checked(folder, "--anchor", str(forged))
    assert (said.status, "it was changed after it was signed" in said.out) == (1, True)
