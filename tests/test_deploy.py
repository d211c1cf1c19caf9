"""What stands in ``deploy`` is true: the unit, the image's steps, the services."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.__main__ import main

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
HARDENED = {"DynamicUser", "NoNewPrivileges", "ProtectSystem", "PrivateTmp", "StateDirectory", "UMask", "Restart"}


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = (DEPLOY / "torikeshi.service").read_text(encoding="utf-8")
    assert {line.partition("=")[0] for line in unit.splitlines()} >= HARDENED
    assert re.findall(r"^ExecStart=/opt/torikeshi/bin/torikeshi run$", unit, re.MULTILINE)
    if (analyze := shutil.which("systemd-analyze")) is not None:
        here = tmp_path / "torikeshi.service"
        here.write_text(unit.replace("/opt/torikeshi/bin/torikeshi", sys.executable), encoding="utf-8")
        looked = subprocess.run([analyze, "verify", here], capture_output=True, text=True, check=False)
        assert (looked.returncode, looked.stderr) == (0, "")


def test_the_services_keep_the_bot_poor_in_rights_and_its_chats_in_the_database() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    bot, database = services["bot"], services["database"]
    assert (bot["read_only"], bot["cap_drop"]) == (True, ["ALL"])
    assert bot["environment"]["TORIKESHI_STORE"].startswith("postgresql://torikeshi:")
    assert bot["environment"]["TORIKESHI_STORE"].endswith("@database/torikeshi")
    assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"} == {*database["environment"]}
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).is_file()


def test_the_images_steps_make_a_bot_that_starts_and_knows_its_content(tmp_path: Path) -> None:
    """Do in a clean folder what the image does when it is built."""
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    build, final = image.rsplit("\nFROM ", 1)
    there = {"/tool": str(tmp_path / "tool"), "/opt/torikeshi": str(tmp_path / "opt")}
    work = tmp_path / "build"
    work.mkdir()
    for source, target in re.findall(r"^COPY (.+) (\S+)$", build, re.MULTILINE):
        for name in source.split():
            path = ROOT / name
            if path.is_dir():
                shutil.copytree(path, work / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, work)
    for step in re.findall(r"^RUN (.+)$", build, re.MULTILINE):
        for name, here in there.items():
            step = step.replace(name, here)  # noqa: PLW2901  # the same step, elsewhere
        subprocess.run(step.replace("python -m venv", f"{sys.executable} -m venv"), shell=True, cwd=work, check=True)  # noqa: S602  # our own file
    made = tmp_path / "opt" / "bin" / "torikeshi"
    told = subprocess.run([made, "ask", "--json", "手数料は"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert '"id": "fees"' in told.stdout
    assert "USER torikeshi" in final
    assert "HEALTHCHECK" in final
    assert "sklearn" not in str([*(tmp_path / "opt").rglob("site-packages/*")])


def test_what_the_files_start_is_a_command_that_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["run", "--help"])
    assert "--webhook" in capsys.readouterr().out
