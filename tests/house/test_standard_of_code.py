"""What the standard asks of the code itself and can be read off it: nothing that runs what was typed. docs/running/asvs.csv names these tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = sorted(file for wing in ("app", "forms") for file in (ROOT / wing).rglob("*.py"))
RUNS = {"eval", "exec", "compile", "__import__"}
UNSAFE = {
    ("os", "system"), ("os", "popen"), ("yaml", "load"), ("yaml", "unsafe_load"), ("yaml", "full_load"), ("flask", "render_template_string"),
    ("jinja2", "Template"), ("random", "choice"), ("random", "random"), ("random", "randint"), ("ssl", "_create_unverified_context"),
}  # fmt: skip
MODULES = {"pickle", "marshal", "shelve", "dill", "random", "telnetlib", "ftplib", "xmlrpc", "ldap", "lxml"}
HASHES = {"md5", "sha1"}
CIPHERS = {
    "ECB",
    "PKCS1v15",
    "TripleDES",
    "ARC4",
    "Blowfish",
    "IDEA",
    "CAST5",
    "SEED",
    "CBC",
    "CTR",
    "MD5",
    "SHA1",
}  # by name: none is put together by hand


def found_in(source: str) -> list[str]:
    """What of this source may not stand there, in words."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            wrong += [f"imports {name}" for name in names if name.split(".")[0] in MODULES]
            if isinstance(node, ast.ImportFrom):
                wrong += [f"imports {each.name}" for each in node.names if (node.module, each.name) in UNSAFE]
        if isinstance(node, ast.Attribute) and node.attr in CIPHERS:
            wrong.append(f"names {node.attr}")
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in RUNS:
            wrong.append(f"calls {called.id}")
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            if (called.value.id, called.attr) in UNSAFE:
                wrong.append(f"calls {called.value.id}.{called.attr}")
            if called.value.id == "hashlib" and called.attr in HASHES:
                wrong.append(f"hashes by {called.attr}")
        wrong += [
            f"sets {each.arg}"
            for each in node.keywords
            if (
                each.arg in ("shell", "debug")
                and not (isinstance(each.value, ast.Constant) and each.value.value is False)
            )
            or (
                each.arg in ("verify", "check_hostname")
                and isinstance(each.value, ast.Constant)
                and not each.value.value
            )
        ]
    return wrong


def test_nothing_runs_what_was_typed_and_nothing_weak_is_used() -> None:
    wrong = {file.relative_to(ROOT).as_posix(): found for file in OURS if (found := found_in(file.read_text("utf-8")))}
    assert wrong == {}
    assert len(OURS) > 300


@pytest.mark.parametrize(
    "source",
    [
        "eval(x)", "import pickle", "from marshal import loads", "yaml.load(x)", "os.system(x)", "subprocess.run(x, shell=True)",
        "from flask import render_template_string", "hashlib.md5(x)", "import random", "app.run(debug=True)", "requests.get(x, verify=False)",
        "modes.ECB()", "padding.PKCS1v15()",
    ],
)  # fmt: skip
def test_the_reader_sees_each(source: str) -> None:
    assert found_in(source) != []


def test_requests_are_read_from_one_place_each() -> None:
    """``request.values`` mixes address and form: what counts would be chosen by whoever sends."""
    wrong = [
        f"{file.relative_to(ROOT)}: {said}"
        for file in OURS
        for said in re.findall(r"request\.(?:values|get_json\(force|data\b).*", file.read_text("utf-8"))
    ]
    assert wrong == []


def test_no_script_makes_markup_of_words_or_keeps_what_it_is_given_in_plain() -> None:
    scripts = sorted((ROOT / "app" / "static").glob("*.js"))
    assert len(scripts) >= 6
    ways = (
        r"\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function|setTimeout\(['\"`]"
        r"|localStorage|sessionStorage|document\.cookie|document\.domain|window\.name"
        r"|https?://|//cdn|importScripts\(['\"]http"
    )
    wrong = [
        f"{file.name}:{number} {line.strip()[:80]}"
        for file in scripts
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(ways, line.split(" // ")[0])
    ]
    assert wrong == []


def test_no_page_asks_another_host_for_anything() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {found}"
        for file in sorted((ROOT / "templates").rglob("*.html"))
        for found in re.findall(
            r"<(?:script|link|img|iframe|object|embed)[^>]*(?:src|href|data)=\"(?:https?:)?//[^>]*>",
            file.read_text("utf-8"),
        )
    ]
    assert wrong == []


def test_the_web_server_runs_without_debugging_and_reads_no_keys_from_the_code() -> None:
    served = (ROOT / "script" / "supervisord.conf").read_text("utf-8")
    assert "--reload" not in served
    assert "debug" not in served.lower()
    wrong = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in OURS
        for found in re.findall(
            r"(?i)(\b(?:secret_key|password|api_key|token)\s*=\s*['\"][^'\"{}<>\s]{8,}['\"])", file.read_text("utf-8")
        )
    ]
    assert [w for w in wrong if "settings.py" not in w] == []
